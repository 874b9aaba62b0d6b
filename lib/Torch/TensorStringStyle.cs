namespace TorchSharp;

/// <summary>How a tensor is written. The default is Python's.</summary>
public enum TensorStringStyle { Metadata, Julia, Numpy, CSharp, Default }
