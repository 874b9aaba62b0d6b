using CsvHelper;

namespace HitSong.Training;

/// <summary>
/// What one epoch gave. How long it took is told, but is no part of what is compared or kept as CSV, which the same
/// seed gives again to the byte.
/// </summary>
/// <param name="Epoch">Number of the epoch, from 1.</param>
/// <param name="TrainLoss">Mean loss over the training items, dropout and augmentation active.</param>
/// <param name="TrainAccuracy">Share of training items that were right, likewise.</param>
/// <param name="ValidationLoss">Mean loss over the validation items; NaN where there are none.</param>
/// <param name="ValidationAccuracy">Share of validation items that were right; NaN where there are none.</param>
/// <param name="LearningRate">That of the epoch's last step.</param>
[CsvRecord]
public sealed partial record EpochMetrics(
    int Epoch,
    double TrainLoss,
    double TrainAccuracy,
    double ValidationLoss,
    double ValidationAccuracy,
    double LearningRate
)
{
    /// <summary>How long the epoch took, validation included, s.</summary>
    [CsvIgnore]
    public double Seconds { get; init; }

    /// <summary>Share of that time in which the network waited for data.</summary>
    [CsvIgnore]
    public double Waiting { get; init; }

    /// <summary>Whether the epochs gave the same figures, however long they took.</summary>
    public bool Equals(EpochMetrics? other) => other is not null && Figures.Equals(other.Figures);

    /// <inheritdoc/>
    public override int GetHashCode() => Figures.GetHashCode();

    // Compared by Equals: by ==, no NaN equals itself.
    private (int, double, double, double, double, double) Figures =>
        (Epoch, TrainLoss, TrainAccuracy, ValidationLoss, ValidationAccuracy, LearningRate);
}
