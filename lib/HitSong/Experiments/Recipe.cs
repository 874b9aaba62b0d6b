using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Features;
using HitSong.Features.Descriptors;
using HitSong.Models;
using HitSong.Training;
using Tables;

namespace HitSong.Experiments;

/// <summary>
/// One variant of an experiment, whole: data, label, features, split, model and training as values. It prints as the
/// table that a paper would have.
/// </summary>
/// <example><code>
/// var recipe = Recipes.Find("hiphop-crnn", "audited").AtDemoScale().With("Training.LearningRate", "0.0003");
/// double rate = recipe.Training.LearningRate; // 0.0003
/// recipe.SplitInWords // by artist, stratified, 25% test, 20% of the rest validation, seed 42
/// </code></example>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed record Recipe
{
    /// <summary>The experiment, as <c>./research train</c> knows it.</summary>
    public required string Experiment { get; init; }

    /// <summary>
    /// <c>published</c>: every weakness kept. <c>audited</c>: the same model and features, the weaknesses removed.
    /// </summary>
    public required string Variant { get; init; }

    /// <summary>The question that the experiment asks.</summary>
    public required string Question { get; init; }

    /// <summary>
    /// The clips of each song and their features; null where the experiment looks at a catalogue's columns instead.
    /// </summary>
    public FeatureSettings? Features { get; init; }

    /// <summary>
    /// The catalogue's numbers (<see cref="TabularSettings.Numbers"/>) that are looked at, beside the genre; where the
    /// features are descriptors, those that are looked at (<see cref="Descriptor.All"/>), null: all of them; null where
    /// it is clips.
    /// </summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>How features are scaled. Columns always become standard scores.</summary>
    public Scaling Scaling { get; init; }

    /// <summary>What is predicted.</summary>
    public required LabelRule Label { get; init; }

    /// <summary>What is kept together, and the shares.</summary>
    public required SplitRule Split { get; init; }

    /// <summary>The network.</summary>
    public required ModelSettings Model { get; init; }

    /// <summary>The training.</summary>
    public required TrainingSettings Training { get; init; }

    /// <summary>How a song's class follows from its clips.</summary>
    public Vote SongVote { get; init; } = Vote.Mean;

    /// <summary>At most so many songs of the source, its first; null: all.</summary>
    public int? Songs { get; init; }

    /// <summary>What changes on the demo corpus; null: nothing.</summary>
    public DemoScale? Demo { get; init; }

    /// <summary>Seed of the split, the initial weights, the order of batches and dropout; 0 or above.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Choices that were not published, or that the audit changed: ours, each with its reason.</summary>
    public IReadOnlyList<string> Ours { get; init; } = [];

    /// <summary>[bands, frames] that the network is given; of a catalogue without its genres.</summary>
    [JsonIgnore]
    public (int Bands, int Frames) Shape =>
        PicturePixels is int pixels ? (3 * pixels, pixels)
        : Features is null ? (Columns!.Count, 1)
        : Features.Descriptors is null ? Features.Shape
        : (Descriptors.Count, 1);

    /// <summary>Height and width of the pictures that are looked at; null where it listens or reads.</summary>
    [JsonIgnore]
    public int? PicturePixels => Model is SpectrogramCnnSettings { LooksAtPictures: true } m ? m.Pixels : null;

    /// <summary>The descriptors that are looked at; none where it is clips or a catalogue.</summary>
    [JsonIgnore]
    public IReadOnlyList<Descriptor> Descriptors =>
        Features?.Descriptors is null ? []
        : Columns is null ? Descriptor.All
        : [.. Columns.Select(name => Descriptor.All[Descriptor.PlaceOf(name)])];

    /// <summary>What is trained on and tested: <c>clip</c>, or of a catalogue <c>row</c>.</summary>
    [JsonIgnore]
    public string Item => Features is null ? "row" : "clip";

    /// <summary>What a figure is of where a song's clips vote: <c>song</c>, or of a catalogue <c>row</c>.</summary>
    [JsonIgnore]
    public string Voter => Features is null ? "row" : "song";

    /// <summary>The split in words, with its seed.</summary>
    [JsonIgnore]
    public string SplitInWords => $"{(Features is null ? Split.Of("row") : Split)}, seed {Seed}";

    /// <summary>
    /// The recipe as a source allows it: where all songs are by one artist, a split by artist has nothing to part, and
    /// is one by album.
    /// </summary>
    /// <exception cref="CorpusException">There is one artist, and not two albums are known.</exception>
    public Recipe For(Source source)
    {
        if (source.ArePictures && PicturePixels is null)
            return LookingAt(source).For(source);
        if (Features is null || Split.Unit != SplitUnit.Artist)
            return this;
        Track[] tracks =
        [
            .. source.Tracks.Take(Songs ?? int.MaxValue).Where(track => track.Of(Label.Target) is not null),
        ];
        if (tracks.Length == 0 || tracks.Any(track => track.Artist == ""))
            return this;
        if (tracks.DistinctBy(track => SongKey.OfArtist(track.Artist)).Count() > 1)
            return this;
        if (tracks.DistinctBy(track => track.AlbumKey).Count() < 2)
            throw new CorpusException(
                (tracks.Length == 1 ? "the one song of " : $"all {tracks.Length} songs of ")
                    + $"{source.Name} {(tracks.Length == 1 ? "is" : "are")} by {tracks[0].Artist}, and no two albums "
                    + "are known: a split by artist or album has nothing to part. Collect the albums with them, or "
                    + "split by song (Split.Unit Song), which tells nothing of other albums"
            );
        return this with
        {
            Split = Split with { Unit = SplitUnit.Album },
            Ours =
            [
                .. Ours.Where(choice => !choice.StartsWith("split by artist", StringComparison.Ordinal)),
                $"split by album, as all songs are by {tracks[0].Artist}: no album stands on both sides; of other "
                    + "artists the figure tells nothing",
            ],
        };
    }

    /// <summary>The recipe for pictures, in the place of the clips that it would draw.</summary>
    /// <exception cref="CorpusException">Its network looks at none.</exception>
    internal Recipe LookingAt(Source source) =>
        Model is SpectrogramCnnSettings model && Training.Waveform is null
            ? this with
            {
                Model = model with { LooksAtPictures = true },
                Ours = [.. Ours, $"pictures from {source.Name}, as somebody made them"],
            }
            : throw new CorpusException(
                $"{source.Name} holds pictures, and {Experiment} looks at none (nor has one a waveform to alter): "
                    + "take spectrogram-cnn"
            );

    /// <summary>The same experiment at a scale at which it shows on the demo corpus how it behaves.</summary>
    public Recipe AtDemoScale()
    {
        if (Demo is not { } demo)
            return this;
        string?[] scale =
        [
            demo.Songs is int songs ? $"{songs} songs" : null,
            demo.Clips is { } clips ? InWords(clips) : null,
            demo.Epochs is int epochs ? $"{epochs} of {Training.Epochs} epochs" : null,
        ];
        return this with
        {
            Training = Training with { Epochs = demo.Epochs ?? Training.Epochs },
            Features = demo.Clips is null || Features is null ? Features : Features with { Clips = demo.Clips },
            Songs = demo.Songs ?? Songs,
            Demo = null,
            Ours = [.. Ours, $"demo scale: {string.Join(", ", scale.OfType<string>())}"],
        };

        static string InWords(HitSong.Audio.ClipSettings clips)
        {
            string unit = clips.Count == 1 ? "clip" : "clips";
            return FormattableString.Invariant($"{clips.Count} {unit} of {clips.Seconds:0.##} s");
        }
    }

    /// <summary>The same with a notebook's parameters.</summary>
    /// <param name="epochs">Passes over the training set; 0: as many as the demo scale has.</param>
    /// <param name="seed">The recipe's <see cref="Seed"/>.</param>
    public Recipe AtDemoScale(int epochs, int seed)
    {
        Recipe recipe = AtDemoScale() with { Seed = seed };
        return epochs == 0 ? recipe : recipe.With("Training.Epochs", $"{epochs}");
    }

    /// <summary>
    /// The fields that <see cref="With"/> can change, such as <c>Training.LearningRate</c>, and their values as JSON.
    /// </summary>
    public IReadOnlyDictionary<string, string> ToFields() =>
        Leaves(JsonSerializer.SerializeToNode(this, Json)!.AsObject(), "").ToDictionary();

    /// <summary>The recipe with one field changed; the change stands among what is <see cref="Ours"/>.</summary>
    /// <param name="field">One of <see cref="ToFields"/>, in any case.</param>
    /// <param name="value">Its new value; a list as JSON, such as <c>[25, 50, 75]</c>.</param>
    /// <exception cref="HitSongException">
    /// There is no such field, and the nearest are named; or it cannot have that value.
    /// </exception>
    public Recipe With(string field, string value)
    {
        (string name, string before) = FieldOf(field);
        if (before == value)
            return this;
        JsonObject changed = JsonSerializer.SerializeToNode(this, Json)!.AsObject();
        string[] path = name.Split('.');
        JsonObject parent = path[..^1].Aggregate(changed, (at, part) => at[part]!.AsObject());
        // Another network has fields of its own.
        if (name == "Model.Network")
            foreach (
                string other in parent.Select(field => field.Key).Where(field => !IsOfEveryNetwork(field)).ToArray()
            )
                parent.Remove(other);
        try
        {
            parent[path[^1]] = parent[path[^1]]?.GetValueKind() == JsonValueKind.String ? value : Parse(value);
            Recipe recipe = changed.Deserialize<Recipe>(Json)!;
            if (name == "Model.Network" && recipe.Model is MissingNetworkSettings)
                throw new JsonException($"there is no network {value}");
            return recipe.Checked() with { Ours = [.. Ours, $"{name} {value} instead of {before}"] };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            string[] names = [.. NamesFor(name).NearestTo(value)];
            string nearest = names.Length > 0 ? $" The nearest: {string.Join(", ", names)}." : "";
            throw new HitSongException($"{name} cannot be {value}; it is {before}.{nearest}", e);
        }

        static bool IsOfEveryNetwork(string field) => typeof(ModelSettings).GetProperty(field) is not null;
    }

    /// <summary>A field, by its name in any case, and its value.</summary>
    /// <exception cref="HitSongException">There is no such field, and the nearest are named.</exception>
    internal (string Name, string Value) FieldOf(string field)
    {
        IReadOnlyDictionary<string, string> fields = ToFields();
        string name =
            fields.Keys.FirstOrDefault(f => f.Equals(field, StringComparison.OrdinalIgnoreCase))
            ?? throw new HitSongException(
                $"A recipe has no field {field}. The nearest: {string.Join(", ", fields.Keys.NearestTo(field))}."
            );
        return (name, fields[name]);
    }

    /// <summary>The property that a field of <see cref="ToFields"/> is.</summary>
    internal PropertyInfo PropertyOf(string field)
    {
        Type owner = typeof(Recipe);
        PropertyInfo? property = null;
        foreach (string part in field.Split('.'))
        {
            property = owner.GetProperty(part)!;
            Type type = TypeOf(property);
            owner = type == typeof(ModelSettings) ? Model.GetType() : type;
        }
        return property!;
    }

    /// <summary>What a property holds where it is not null.</summary>
    internal static Type TypeOf(PropertyInfo property) =>
        Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;

    /// <summary>What a field of names can be; none where it is no such field.</summary>
    internal IEnumerable<string> NamesFor(string field)
    {
        if (field == $"{nameof(Model)}.{nameof(ModelSettings.Network)}")
            return ModelSettings.Networks.Keys;
        Type type = TypeOf(PropertyOf(field));
        return type.IsEnum ? Enum.GetNames(type) : [];
    }

    // What is null now may become a word, such as the path of weights.
    private static JsonNode? Parse(string value)
    {
        try
        {
            return JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            return JsonValue.Create(value);
        }
    }

    // Throws for what no training can use.
    private Recipe Checked()
    {
        (bool Holds, string What)[] rules =
        [
            (Features is null || Features.Shape.Frames >= 1, "a clip must hold a frame"),
            (
                Features?.Descriptors is null
                    || (Descriptors.Count > 0 && Scaling == Scaling.Standard && Training.Waveform is null),
                "there must be a descriptor (Columns), as standard scores (Scaling Standard), and of recordings as "
                    + "they are, not of altered ones"
            ),
            (
                Label.Quantile is > 0 and < 1 && Label.Classes >= 2,
                "Label.Quantile must lie between 0 and 1, and there must be two classes or more"
            ),
            (
                Split.Test is > 0 and < 1 && Split.Validation is >= 0 and < 1,
                "the shares of a split must lie between 0 and 1"
            ),
            (
                Split.Folds is null || (Split.Folds >= 2 && Split.Fold >= 1 && Split.Fold <= Split.Folds),
                "folds must be 2 or more, and the one that tests one of them, the first being 1"
            ),
            (
                Split.Validation > 0 || !Training.KeepBest,
                "without a validation set no epoch can be told to be the best"
            ),
            (
                Training.Epochs >= 1 && Training.BatchSize is null or >= 1 && Training.Threads >= 1,
                "epochs, batch size and threads must be at least 1"
            ),
            (Training.LearningRate > 0 && Training.Epsilon > 0, "the learning rate and ε must be above 0"),
            (
                Training.Rates is null || Training.Rates.All(own => own is { Parameters.Length: > 0, Rate: > 0 }),
                "each of Training.Rates names Parameters and a Rate above 0"
            ),
            (Model.Freeze?.Contains(null!) != true, "each of Model.Freeze is a name"),
            (Training.Momentum is >= 0 and < 1, "momentum must be at least 0 and below 1"),
            (Songs is null or >= 1, "there must be a song"),
            (
                Training.WeightDecay is null or >= 0 && Training.GradientClip is null or > 0,
                "weight decay must be at least 0, and a gradient clip above 0"
            ),
            (
                Training.LabelSmoothing is >= 0 and < 1 && Training.ScheduleFactor is > 0 and < 1,
                "label smoothing must be at least 0 and below 1, and the schedule's factor between 0 and 1"
            ),
            (
                Training.ScheduleEpochs >= 1 && Training.WarmUpEpochs >= 0 && Training.Patience is null or >= 1,
                "the schedule's epochs and the patience must be at least 1, and the epochs to warm up at least 0"
            ),
            (
                Training.Waveform is null
                    || (Training.Waveform.Copies >= 1 && Training.Waveform.Alteration(0).IsPossible),
                "an altered copy of each clip at least, stretched to 0.5 to 2 of its time, the least first, and "
                    + "shifted by 0 to 12 semitones"
            ),
            (Training.Waveform is null || Features is not null, "a catalogue's columns have no waveform to alter"),
            (Training.Mixup is null or { Alpha: > 0 }, "mixup's alpha must be above 0"),
            (Seed >= 0 && Split.Seed is null or >= 0, "the seed must be at least 0"),
        ];
        foreach (var (holds, what) in rules)
            if (!holds)
                throw new HitSongException($"This recipe cannot be trained: {what}.");
        (int bands, int frames) = Shape;
        Model.Check(bands, frames);
        return this;
    }

    private static IEnumerable<KeyValuePair<string, string>> Leaves(JsonObject node, string prefix)
    {
        foreach (var (name, value) in node)
        {
            if (prefix == "" && IsFixed(name))
                continue;
            if (value is JsonObject inner)
            {
                foreach (var leaf in Leaves(inner, $"{prefix}{name}."))
                    yield return leaf;
            }
            else
            {
                string? text = value is JsonArray list ? list.ToJsonString() : value?.ToString();
                yield return KeyValuePair.Create(prefix + name, text ?? "null");
            }
        }
    }

    // What With leaves alone.
    private static bool IsFixed(string field) =>
        field is nameof(Experiment) or nameof(Variant) or nameof(Question) or nameof(Ours) or nameof(Demo);

    /// <summary>How a recipe stands in files.</summary>
    internal static readonly JsonSerializerOptions Json = new()
    {
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
    };

    /// <summary>The table that a paper would have: setting and value.</summary>
    public IReadOnlyList<(string Setting, string Value)> ToTable() =>
        [
            ("question", Question),
            .. PicturePixels is int pixels ? [("pictures", $"{pixels} × {pixels} in three colours, as they were given")]
            : Descriptors.Count > 0
                ? [("audio", "the whole recording, every channel at its own rate"), ("features", InWords(Descriptors))]
            : Features is { } features ? new[] { ("audio", Audio(features)), ("features", Describe(features)) }
            : [("columns", $"genre (one-hot), {string.Join(", ", Columns ?? [])}; standard scores")],
            ("label", $"{Label}"),
            ("split", SplitInWords),
            ("model", $"{Model}"),
            ("training", $"{Training}"),
            .. Ours.Select(choice => ("ours", choice)),
        ];

    /// <summary>The recipe as a table, by MIME type.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() =>
        new DrawnTable(
            [new(""), new("")],
            ToTable().Select(row => new[] { new DrawnTable.Heading(row.Setting), new DrawnTable.Cell(row.Value) })
        )
        {
            Caption = $"{Experiment}, {Variant}",
        }.ToMimeBundle();

    private static string InWords(IReadOnlyList<Descriptor> descriptors) =>
        $"{descriptors.Count} descriptors, standard scores; one that a song lacks is as in the mean song: "
        + string.Join(", ", descriptors.Select(descriptor => descriptor.Name));

    private static string Audio(FeatureSettings features)
    {
        string channels = features.Audio.Channels == HitSong.Audio.ChannelMode.First ? "first channel" : "mono";
        string rate = features.Audio.SampleRate is int hertz ? $"{hertz:N0} Hz" : "the file's own rate";
        return $"{channels} at {rate}; {features.Clips}";
    }

    private string Describe(FeatureSettings features) =>
        (features.Coefficients is int count ? $"{count} MFCC" : $"mel spectrogram of {features.Mel.Bands} bands, dB")
        + $", n_fft {features.Mel.FftLength}, hop {features.Mel.HopLength}; [{features.Shape.Bands}, "
        + $"{features.Shape.Frames}]"
        + Scaling switch
        {
            Scaling.Standard => "; standard scores by band",
            Scaling.MinMax => "; 0…1 by the training clips' least and greatest value",
            _ => "",
        };
}
