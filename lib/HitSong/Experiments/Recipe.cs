using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
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

    /// <summary>Whether the bias before the network's ReLU starts at 1, which keeps it from being shut from the start.</summary>
    public bool OpenRelu { get; init; }

    /// <summary>The training.</summary>
    public required TrainingSettings Training { get; init; }

    /// <summary>Epochs on the demo corpus, where fewer show the same.</summary>
    public int? DemoEpochs { get; init; }

    /// <summary>Seed of the split, the initial weights, the order of batches and dropout; 0 or above.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Choices that were not published, or that the audit changed: ours, each with its reason.</summary>
    public IReadOnlyList<string> Ours { get; init; } = [];

    /// <summary>The fields that <see cref="With"/> can change, such as <c>Training.LearningRate</c>, and their values as JSON.</summary>
    public IReadOnlyDictionary<string, string> ToFields() => Leaves(JsonSerializer.SerializeToNode(this, Json)!.AsObject(), "").ToDictionary();

    /// <summary>The recipe with one field changed; the change stands among what is <see cref="Ours"/>.</summary>
    /// <param name="field">One of <see cref="ToFields"/>, in any case.</param>
    /// <param name="value">Its new value.</param>
    /// <exception cref="HitSongException">There is no such field, and the nearest are named; or it cannot have that value.</exception>
    public Recipe With(string field, string value)
    {
        IReadOnlyDictionary<string, string> fields = ToFields();
        string name = fields.Keys.FirstOrDefault(f => f.Equals(field, StringComparison.OrdinalIgnoreCase))
            ?? throw new HitSongException($"A recipe has no field {field}. The nearest: {string.Join(", ", fields.Keys.OrderBy(f => Distance(f, field)).Take(3))}.");
        JsonObject changed = JsonSerializer.SerializeToNode(this, Json)!.AsObject();
        string[] path = name.Split('.');
        JsonObject parent = path[..^1].Aggregate(changed, (at, part) => at[part]!.AsObject());
        try
        {
            parent[path[^1]] = parent[path[^1]]?.GetValueKind() == JsonValueKind.String ? value : JsonNode.Parse(value);
            return changed.Deserialize<Recipe>(Json)!.Checked() with { Ours = [.. Ours, $"{name} {value} instead of {fields[name]}"] };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new HitSongException($"{name} cannot be {value}; it is {fields[name]}.", e);
        }
    }

    // Throws for what no training can use.
    private Recipe Checked()
    {
        (bool Holds, string What)[] rules =
        [
            (Segments.Count >= 1 && Segments.Samples >= Features.Mel.FftLength, "there must be a segment, and it must hold one FFT window"),
            (HitQuantile is > 0 and < 1, "HitQuantile must lie between 0 and 1"),
            (Split.Test is > 0 and < 1 && Split.Validation is > 0 and < 1, "the shares of a split must lie between 0 and 1"),
            (Training.Epochs >= 1 && Training.BatchSize is null or >= 1 && Training.Threads >= 1, "epochs, batch size and threads must be at least 1"),
            (Training.LearningRate > 0, "the learning rate must be above 0"),
            (Training.WeightDecay is null or >= 0 && Training.GradientClip is null or > 0, "weight decay must be at least 0, and a gradient clip above 0"),
            (Training.LabelSmoothing is >= 0 and < 1 && Training.ScheduleFactor is > 0 and < 1, "label smoothing must be at least 0 and below 1, and the schedule's factor between 0 and 1"),
            (Training.ScheduleEpochs >= 1 && Training.WarmUpEpochs >= 0 && Training.Patience is null or >= 1, "the schedule's epochs and the patience must be at least 1, and the epochs to warm up at least 0"),
            (Training.Mixup is null or { Alpha: > 0 }, "mixup's alpha must be above 0"),
            (Seed >= 0, "the seed must be at least 0"),
        ];
        foreach (var (holds, what) in rules)
            if (!holds) throw new HitSongException($"This recipe cannot be trained: {what}.");
        return this;
    }

    private static IEnumerable<KeyValuePair<string, string>> Leaves(JsonObject node, string prefix) => node.SelectMany(field => field.Value switch
    {
        JsonObject inner => Leaves(inner, $"{prefix}{field.Key}."),
        JsonArray => [],
        _ when prefix == "" && field.Key is nameof(Experiment) or nameof(Variant) or nameof(Question) => [],
        _ => [KeyValuePair.Create(prefix + field.Key, field.Value?.ToString() ?? "null")],
    });

    // Levenshtein's, in any case.
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        foreach (char letter in a)
        {
            int diagonal = row[0]++;
            for (int j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (char.ToLowerInvariant(letter) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1)));
        }
        return row[^1];
    }

    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>The table that a paper would have: setting and value.</summary>
    public IReadOnlyList<(string Setting, string Value)> ToTable() =>
    [
        ("question", Question),
        ("audio", $"first channel at the file's own rate; {Segments.Count} segments of {Segments.Samples:N0} samples from the start"),
        ("features", $"{Features.Coefficients} MFCC, n_fft {Features.Mel.FftLength}, hop {Features.Mel.HopLength}{(Standardize ? ", standard scores" : "")}"),
        ("label", $"plays in the top {1 - HitQuantile:0%}, the threshold taken over {(ThresholdFromTraining ? "the training clips" : "all clips")}"),
        ("split", $"by {Split.Unit.ToString().ToLowerInvariant()}{(Split.Stratified ? ", stratified" : "")}, {Split.Test:0%} test, {Split.Validation:0%} of the rest validation, seed {Seed}"),
        ("model", $"LSTM 13→64, 2 layers, bidirectional, over {(RecurOverTime ? "the frames of a clip" : "the clips of a batch")}; dropout 0.5; 128→1, ReLU{(OpenRelu ? " with a bias of 1 at first" : "")}; 44→1, sigmoid"),
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
