using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Training;

namespace HitSong.Experiments;

/// <summary>One training and what it gave. The same recipe, seed and data on the same machine give the same, to the last digit.</summary>
public sealed record Run
{
    /// <summary>Name of its folder in the run store.</summary>
    public required string Id { get; init; }

    /// <summary>The recipe, as it was run.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>Name of the data.</summary>
    public required string Source { get; init; }

    /// <summary>Whether the data is the demo corpus.</summary>
    public bool IsDemo { get; init; }

    /// <summary>Best accuracy by song that any model could reach, artists known where the split shows them; null where nobody can know.</summary>
    public double? Ceiling { get; init; }

    /// <summary>Plays from which a track is a hit.</summary>
    public required double Threshold { get; init; }

    /// <summary>Clips for training.</summary>
    public required int TrainClips { get; init; }

    /// <summary>Clips for validation.</summary>
    public required int ValidationClips { get; init; }

    /// <summary>Whether hits are more frequent than the rest among the training clips.</summary>
    public required bool MajorityIsHit { get; init; }

    /// <summary>Metrics by epoch.</summary>
    public required IReadOnlyList<EpochMetrics> History { get; init; }

    /// <summary>The test clips' predictions.</summary>
    public required IReadOnlyList<Prediction> Predictions { get; init; }

    /// <summary>Files that could not be used, with the reason.</summary>
    public IReadOnlyList<Failure> Failures { get; init; } = [];

    /// <summary>When it began, how long it took and on what.</summary>
    public required RunEnvironment Environment { get; init; }

    /// <summary>What its figure is worth.</summary>
    public Verdict Verdict => field ??= Verdict.Of(this);

    /// <summary>The verdict as a table, by MIME type.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() => new VerdictTable(this).ToMimeBundle();
}
