namespace Research.Serve.Answers;

/// <summary>
/// A class and its probability, calibrated where the model can be, with the 95% interval that the calibration leaves;
/// null where there is none.
/// </summary>
internal sealed record ClassChance(string Name, double Probability, double? Low, double? High);
