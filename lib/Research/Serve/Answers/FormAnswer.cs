namespace Research.Serve.Answers;

/// <summary>
/// What a model says of numbers, and what each makes of a class's probability, beside that of a typical song.
/// </summary>
internal sealed record FormAnswer(
    string Model,
    int Answer,
    IReadOnlyList<ClassChance> Classes,
    string Calibration,
    int Class,
    double Typical,
    IReadOnlyList<Contribution> Contributions
);
