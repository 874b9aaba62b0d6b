namespace Research.Serve.Answers;

/// <summary>
/// A clip that the model heard: where it begins and how long it is, s (null where the recipe counts samples), what the
/// model alone says of it (none where the song is <see cref="SongAnswer.Unlike"/>) and what it was given.
/// </summary>
internal sealed record ClipAnswer(double Start, double? Seconds, double[] Probabilities, Picture Features);
