using CsvHelper;

namespace HitSong.Training;

/// <summary>What one epoch gave.</summary>
/// <param name="Epoch">Number of the epoch, from 1.</param>
/// <param name="TrainLoss">Mean loss over the training clips, dropout active.</param>
/// <param name="ValidationLoss">Mean loss over the validation clips.</param>
/// <param name="ValidationAccuracy">Share of validation clips that were right.</param>
[CsvRecord]
public sealed partial record EpochMetrics(int Epoch, double TrainLoss, double ValidationLoss, double ValidationAccuracy);
