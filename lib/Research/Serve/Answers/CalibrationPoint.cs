namespace Research.Serve.Answers;

/// <summary>A point of the curve.</summary>
internal sealed record CalibrationPoint(int Songs, double Predicted, double Observed);
