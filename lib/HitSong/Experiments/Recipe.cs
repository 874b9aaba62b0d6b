using HitSong.Corpus;
using HitSong.Features;
using HitSong.Training;

namespace HitSong.Experiments;

/// <summary>One variant of an experiment, whole: data, label, features, split, model and training as values.</summary>
public sealed record Recipe
{
    /// <summary>The experiment, as <c>./research train</c> knows it.</summary>
    public required string Experiment { get; init; }

    /// <summary><c>published</c>: every weakness kept. <c>audited</c>: the same model and features, the weaknesses removed.</summary>
    public required string Variant { get; init; }

    /// <summary>The question that the experiment asks.</summary>
    public required string Question { get; init; }

    /// <summary>How the audio is cut.</summary>
    public required SegmentSettings Segments { get; init; }

    /// <summary>The features of a clip.</summary>
    public required MfccSettings Features { get; init; }

    /// <summary>Whether coefficients become standard scores, fitted on the training clips.</summary>
    public bool Standardize { get; init; }

    /// <summary>A hit is a track whose plays reach this quantile.</summary>
    public required double HitQuantile { get; init; }

    /// <summary>Whether the quantile is taken over the training clips alone, or over all.</summary>
    public bool ThresholdFromTraining { get; init; }

    /// <summary>What is kept together, and the shares.</summary>
    public required SplitRule Split { get; init; }

    /// <summary>Whether the LSTM recurs over a clip's frames (<c>true</c>) or over the clips of a batch (<c>false</c>).</summary>
    public required bool RecurOverTime { get; init; }

    /// <summary>The training.</summary>
    public required TrainingSettings Training { get; init; }

    /// <summary>Epochs on the demo corpus, where fewer show the same.</summary>
    public int? DemoEpochs { get; init; }

    /// <summary>Seed of the split, the initial weights, the order of batches and dropout; 0 or above.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Choices that were not published, or that the audit changed: ours, each with its reason.</summary>
    public IReadOnlyList<string> Ours { get; init; } = [];

    /// <summary>The table that a paper would have: setting and value.</summary>
    public IReadOnlyList<(string Setting, string Value)> ToTable() =>
    [
        ("question", Question),
        ("audio", $"first channel at the file's own rate; {Segments.Count} segments of {Segments.Samples:N0} samples from the start"),
        ("features", $"{Features.Coefficients} MFCC, n_fft {Features.Mel.FftLength}, hop {Features.Mel.HopLength}{(Standardize ? ", standard scores" : "")}"),
        ("label", $"plays in the top {1 - HitQuantile:0%}, the threshold taken over {(ThresholdFromTraining ? "the training clips" : "all clips")}"),
        ("split", $"by {Split.Unit.ToString().ToLowerInvariant()}, {Split.Test:0%} test, {Split.Validation:0%} of the rest validation, seed {Seed}"),
        ("model", $"LSTM 13→64, 2 layers, bidirectional, over {(RecurOverTime ? "the frames of a clip" : "the clips of a batch")}; dropout 0.5; 128→1; 44→1"),
        ("training", $"binary cross entropy, {Training.Optimizer} {Training.LearningRate}, {(Training.BatchSize is int size ? $"batches of {size}" : "the whole training set as one batch")}, "
            + $"{Training.Epochs} epochs, {(Training.KeepBest ? "the lowest validation loss kept" : "the last epoch kept")}"),
        .. Ours.Select(choice => ("ours", choice)),
    ];

    /// <summary>The recipe as a table, by MIME type.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() => new Dictionary<string, object>
    {
        ["text/html"] = $"<table><caption>{Experiment}, {Variant}</caption>{string.Concat(ToTable().Select(row =>
            $"<tr><th style=\"text-align:left\">{row.Setting}</th><td style=\"text-align:left\">{System.Net.WebUtility.HtmlEncode(row.Value)}</td></tr>"))}</table>",
        ["text/plain"] = string.Join('\n', ToTable().Select(row => $"{row.Setting,-10}{row.Value}").Prepend($"{Experiment}, {Variant}")),
    };
}
