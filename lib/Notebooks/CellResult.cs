namespace Notebooks;

/// <summary>How a cell ended.</summary>
/// <param name="ExecutionCount">The cell's number, as in <c>In [3]</c>.</param>
/// <param name="Error">What it failed with, which was also emitted as its last output; null where it succeeded.</param>
public sealed record CellResult(int ExecutionCount, OutputEvent.Error? Error);
