namespace Research.Serve.Answers;

/// <summary>A model, what it learned from and what it is worth.</summary>
internal sealed record ModelAnswer(
    string Id,
    string Experiment,
    string Variant,
    string Question,
    string Network,
    bool Listens,
    bool IsDefault,
    string Source,
    bool IsDemo,
    DateTime Trained,
    int TrainingItems,
    int TestSongs,
    long Parameters,
    string Target,
    IReadOnlyList<string> Classes,
    double Accuracy,
    double Low,
    double High,
    double Majority,
    double? Ceiling,
    double? Skill,
    double? RocAuc,
    bool Leaks,
    string InWords,
    string Verdict,
    IReadOnlyList<CalibrationCurve> Calibration
);
