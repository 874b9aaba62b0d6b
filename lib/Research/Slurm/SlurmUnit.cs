namespace Research.Slurm;

/// <summary>A piece of work that knows nothing of the others.</summary>
/// <param name="Number">Which, for the command that does it.</param>
/// <param name="Result">The file or folder that is there, whole, once it is done.</param>
/// <param name="Name">What it is called, where its number says little.</param>
internal sealed record SlurmUnit(int Number, string Result, string? Name = null)
{
    /// <summary>Whether it is done.</summary>
    public bool IsDone => Path.Exists(Result);
}
