namespace TorchSharp;

/// <summary>Highest is float32 itself, high TensorFloat-32 or better, medium bfloat16 or better.</summary>
public enum Float32MatmulPrecision { highest, high, medium }
