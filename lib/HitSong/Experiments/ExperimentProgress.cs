using HitSong.Training;

namespace HitSong.Experiments;

/// <summary>How far an experiment is.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Done">Files or epochs done.</param>
/// <param name="Total">Files or epochs in all.</param>
/// <param name="Epoch">The epoch that just ended, while training.</param>
public sealed record ExperimentProgress(string Stage, int Done, int Total, EpochMetrics? Epoch = null);
