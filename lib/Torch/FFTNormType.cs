namespace TorchSharp;

/// <summary>By what a Fourier transform divides: nothing, the square root of the length both ways, or the length; the inverse the other way round.</summary>
public enum FFTNormType { Backward, Ortho, Forward }
