namespace TorchSharp;

/// <summary>How <see cref="torch.index_reduce"/> makes one number of several.</summary>
public enum Reduce { prod, mean, amax, amin }
