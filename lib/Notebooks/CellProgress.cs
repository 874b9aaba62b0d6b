namespace Notebooks;

/// <summary>Where a run of a notebook is: once when a cell begins, and with each output that it gives.</summary>
/// <param name="Cell">The code cell that runs, counted from 1.</param>
/// <param name="Cells">How many code cells the run has.</param>
/// <param name="Heading">The last markdown heading above the cell; empty where there is none.</param>
/// <param name="FirstLine">The first line of the cell's code.</param>
/// <param name="Output">The output just given; null when the cell begins.</param>
public sealed record CellProgress(int Cell, int Cells, string Heading, string FirstLine, OutputEvent? Output);
