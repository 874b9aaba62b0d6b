namespace Research.Serve.Answers;

/// <summary>Of the test songs to which a class was given about so much probability, the share that has it.</summary>
internal sealed record CalibrationCurve(string Class, IReadOnlyList<CalibrationPoint> Points);
