namespace TorchSharp;

/// <summary>How much a convolution pads: nothing, or so much that with stride 1 the output is as large as the input.</summary>
public enum Padding { Valid, Same }
