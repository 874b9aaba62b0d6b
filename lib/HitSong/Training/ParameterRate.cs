namespace HitSong.Training;

/// <summary>The learning rate of some of a network's parameters.</summary>
/// <param name="Parameters">
/// Which, by their names in the state dict: one (<c>fc.weight</c>), all of a module (<c>layer1</c>), or, with * and ?,
/// all that match.
/// </param>
/// <param name="Rate">Their step size, above 0.</param>
public sealed record ParameterRate(string Parameters, double Rate);
