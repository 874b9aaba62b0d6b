using HitSong.Evaluation;

namespace HitSong.Experiments;

/// <summary>How often a class is met in training and in other data, and how often the model expects it there.</summary>
/// <param name="Name">The class.</param>
/// <param name="Trained">Its share of the training songs; null where that is not known.</param>
/// <param name="Observed">Its share of the other songs.</param>
/// <param name="Predicted">Its mean probability on these, calibrated where the run can be.</param>
/// <param name="LabelShift">Observed less trained, both by artist; null where one side has one artist alone.</param>
/// <param name="Miscalibration">Predicted less observed, by artist (calibration in the large); null likewise.</param>
public sealed record ClassShift(
    string Name,
    double? Trained,
    double Observed,
    double Predicted,
    ClusteredMean? LabelShift,
    ClusteredMean? Miscalibration
);
