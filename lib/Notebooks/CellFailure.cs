namespace Notebooks;

/// <summary>The cell that a run stopped at.</summary>
/// <param name="Cell">The code cell, counted from 1, as in <c>In [3]</c>.</param>
/// <param name="CellId">The cell's id.</param>
/// <param name="Error">What it failed with.</param>
public sealed record CellFailure(int Cell, string CellId, OutputEvent.Error Error);
