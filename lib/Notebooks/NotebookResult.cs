namespace Notebooks;

/// <summary>What a run gave.</summary>
/// <param name="Notebook">
/// A copy of the notebook with its outputs; those of the cells after a failure are empty.
/// </param>
/// <param name="Failure">Where and why the run stopped; null where it went through.</param>
public sealed record NotebookResult(Notebook Notebook, CellFailure? Failure);
