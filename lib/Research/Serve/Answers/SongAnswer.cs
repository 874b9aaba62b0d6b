namespace Research.Serve.Answers;

/// <summary>
/// What a model says of a song. <paramref name="Calibration"/> says what the probabilities are worth;
/// <paramref name="Frequencies"/> are the bands' centres, Hz; null where it is given coefficients. Where it says in
/// <paramref name="Unlike"/> how the recording is unlike all that the model learned from, there is no answer, no class
/// and no clip's probability. A model that is given descriptors of the whole recording has no clips, but says in
/// <paramref name="Contributions"/> what each adds to the highest class's probability, beside that of a
/// <paramref name="Typical"/> song, and in <paramref name="Advice"/> in what the song is unlike nine of ten hits.
/// </summary>
internal sealed record SongAnswer(
    string File,
    string Model,
    string Target,
    string Verdict,
    int? Answer,
    string? Unlike,
    IReadOnlyList<ClassChance> Classes,
    string Calibration,
    IReadOnlyList<ClipAnswer> Clips,
    IReadOnlyList<double>? Frequencies,
    double? Typical,
    IReadOnlyList<Contribution> Contributions,
    IReadOnlyList<string> Advice
);
