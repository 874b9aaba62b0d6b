namespace TorchSharp;

/// <summary>What an <see cref="Modules.EmbeddingBag"/> makes of the rows of a bag, numbered as in libtorch.</summary>
public enum EmbeddingBagMode { Sum = 0, Mean = 1, Max = 2 }
