using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Features;
using HitSong.Features.Descriptors;
using HitSong.Models;
using HitSong.Numerics;
using HitSong.Training;
using static TorchSharp.torch;

namespace HitSong.Experiments;

/// <summary>
/// What a recipe makes of a source: items with their classes, split and ready for a network. An item is a clip, or a
/// row of a catalogue.
/// </summary>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var recipe = Recipes.Find("hiphop-mlp", "audited").AtDemoScale() with { Songs = 12 };
/// using var data = Dataset.Prepare(recipe, source, "../artifacts/features");
/// (data.Shape, data.Bins.Count) // ((128, 130), 2)
/// </code></example>
public sealed class Dataset : IDisposable
{
    private readonly ClipSet? clips;
    private readonly float[] columns = [];

    private Fingerprint[]? prints;
    private IReadOnlyList<Baseline>? baselines;

    // Each with [N] an item's place in it, where it trains.
    private IReadOnlyList<(ClipSet Clips, int?[] Places)> alteredCopies = [];

    private Dataset(ClipSet? clips, float[] columns) => (this.clips, this.columns) = (clips, columns);

    /// <summary>[N] the track of each item.</summary>
    public required IReadOnlyList<Track> Tracks { get; init; }

    /// <summary>[N] number of each item within its track.</summary>
    public required IReadOnlyList<int> Numbers { get; init; }

    /// <summary>[N] classes.</summary>
    public required IReadOnlyList<int> Labels { get; init; }

    /// <summary>What the classes are.</summary>
    public required Bins Bins { get; init; }

    /// <summary>Who trains, validates and tests.</summary>
    public required Split Split { get; init; }

    /// <summary>Bands and frames of an item; a catalogue's columns are bands of one frame.</summary>
    public required (int Bands, int Frames) Shape { get; init; }

    /// <summary>The scaler that was fitted to the training clips; null where the recipe scales none.</summary>
    public Scaler? Scaler { get; init; }

    /// <summary>How a catalogue's columns were prepared; null for audio.</summary>
    public TabularPreparation? Preparation { get; init; }

    /// <summary>Files that gave nothing, with the reason.</summary>
    public IReadOnlyList<Failure> Failures { get; init; } = [];

    /// <summary>Songs or rows that are not used, by reason.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; init; } = [];

    /// <summary>
    /// What the split lets an item share with another side: a song, an album, an artist, the audio file, and, of up to
    /// 4,000 files, the same music in another file.
    /// </summary>
    public LeakAudit Leaks =>
        field ??= LeakAudit.Of(
            Split,
            Tracks,
            prints,
            hashes: clips is null ? null : [.. Enumerable.Range(0, Tracks.Count).Select(clips.ContentOf)]
        );

    /// <summary>The class that is most frequent in training, of a tie the first.</summary>
    internal int Majority
    {
        get
        {
            var counts = new int[Bins.Count];
            foreach (int i in Split.Train)
                counts[Labels[i]]++;
            return Array.IndexOf(counts, counts.Max());
        }
    }

    /// <summary>What the split leaves to who always gives the training's commonest class, in a sentence.</summary>
    public string MajorityInWords
    {
        get
        {
            int majority = Majority;
            double right = Split.Test.Average(i => Labels[i] == majority ? 1.0 : 0);
            string items = clips is null ? "rows" : "clips";
            return FormattableString.Invariant(
                $"To answer \"{Bins.Names[majority]}\" always is right on {right:0.0%} of the test {items}."
            );
        }
    }

    /// <summary>How the training clips sound; null of a catalogue's rows.</summary>
    internal SoundRange? Sound => clips is null ? null : field ??= SoundRange.Fit(Split.Train.Select(FeaturesOf));

    /// <summary>What little knowledge gets on the test items, whatever they were answered.</summary>
    /// <param name="recipe">The recipe that made the data, or one whose data fields are equal.</param>
    /// <param name="test">The test items.</param>
    internal IReadOnlyList<Baseline> Baselines(Recipe recipe, IReadOnlyList<Prediction> test) =>
        baselines ??= Baseline.Of(recipe, this, test);

    /// <summary>An item's artist; its track's id where none is known.</summary>
    public string ArtistOf(int item) => Tracks[item].Artist is { Length: > 0 } artist ? artist : Tracks[item].Id;

    /// <summary>SHA-256 of an item's audio file, hexadecimal; null of a catalogue's row.</summary>
    public string? ContentOf(int item) => clips?.ContentOf(item);

    /// <summary>The items, for a network.</summary>
    public Examples For(ModelSettings model)
    {
        return new(Labels.Count, items => Arranged(items, random: null))
        {
            Altered = alteredCopies.Count == 0 ? null : Arranged,
        };

        Tensor Arranged(IReadOnlyList<int> items, SeededRandom? random)
        {
            using var scope = NewDisposeScope();
            Tensor batch = Values(items, random);
            return model.Arrange(Scaler is null ? batch : Scaler.Apply(batch)).MoveToOuterDisposeScope();
        }
    }

    /// <summary>Some items before they are scaled, [items, bands, frames].</summary>
    /// <param name="items">Which.</param>
    /// <param name="random">
    /// Decides which of its altered copies (<see cref="TrainingSettings.Waveform"/>) stands in the place of each item
    /// that trains, if any; null: none.
    /// </param>
    public Tensor Values(IReadOnlyList<int> items, SeededRandom? random = null)
    {
        var values = GC.AllocateUninitializedArray<float>(items.Count * Shape.Bands * Shape.Frames);
        for (int i = 0; i < items.Count; i++)
        {
            int copy = random is null ? -1 : random.Below(alteredCopies.Count + 1) - 1;
            Read(items[i], copy, values.AsSpan(i * Shape.Bands * Shape.Frames, Shape.Bands * Shape.Frames));
        }
        return tensor(values, [items.Count, Shape.Bands, Shape.Frames]);
    }

    /// <summary>
    /// A clip's features before they are scaled, [bands × frames]; of descriptors those that are looked at, where one
    /// that a song lacks is as in the mean training song.
    /// </summary>
    /// <param name="item">Which.</param>
    public FeatureMatrix FeaturesOf(int item) =>
        columns.Length == 0
            ? clips!.Features(item)
            : new(columns.AsSpan(item * Shape.Bands, Shape.Bands).ToArray(), Shape.Bands, 1);

    /// <summary>
    /// A short description of an item, for baselines: the mean over time of a clip's MFCC (20 of a mel spectrogram); a
    /// row's columns; a song's descriptors.
    /// </summary>
    public double[] Summary(int item)
    {
        if (columns.Length > 0)
            return Array.ConvertAll(columns.AsSpan(item * Shape.Bands, Shape.Bands).ToArray(), value => (double)value);
        FeatureMatrix features = FeaturesOf(item);
        double[] mean = [.. Enumerable.Range(0, features.Bands).Select(Mean)];
        if (features.Bands <= 20)
            return mean;
        // The cosine transform is linear: that of the mean is the mean of the MFCCs (orthonormal DCT-II).
        return [.. Enumerable.Range(0, 20).Select(Coefficient)];

        double Mean(int band)
        {
            Span<float> values = features.Values.AsSpan(band * features.Frames, features.Frames);
            return (double)System.Numerics.Tensors.TensorPrimitives.Sum<float>(values) / features.Frames;
        }

        double Coefficient(int k)
        {
            double scale = Math.Sqrt((k == 0 ? 1.0 : 2) / mean.Length);
            return scale
                * mean.Select((value, band) => value * Math.Cos(Math.PI * k * (2 * band + 1) / (2 * mean.Length)))
                    .Sum();
        }
    }

    /// <summary>Prepares a source as a recipe has it.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="source">The songs.</param>
    /// <param name="features">
    /// The folder of all feature stores; audio that it does not know is extracted into it.
    /// </param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Stops reading audio.</param>
    /// <exception cref="HitSongException">
    /// No song can be used, more than a tenth of them has gaps and the source does not allow it
    /// (<see cref="Source.AllowGaps"/>), a class is missing from a side, or the items are too few to split.
    /// </exception>
    public static Dataset Prepare(
        Recipe recipe,
        Source source,
        string features,
        Action<ExperimentProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        recipe = recipe.For(source);
        Dataset data = recipe.Features is { } settings
            ? OfAudio(recipe, settings, source, features, progress, cancellation)
            : OfCatalogue(recipe, source);
        foreach (var (side, items) in new[] { ("training", data.Split.Train), ("test", data.Split.Test) })
        {
            bool[] there = new bool[data.Bins.Count];
            foreach (int i in items)
                there[data.Labels[i]] = true;
            // A long tail may leave the rarest classes empty everywhere; two at least must be told apart.
            if (there.Count(t => t) < 2)
                throw new CorpusException(
                    $"the {side} set of {items.Count} items has only the class "
                        + $"\"{data.Bins.Names[Array.IndexOf(there, true)]}\": nothing can be "
                        + $"{(side == "test" ? "measured on" : "learned from")} it. Other songs, other bins "
                        + "(Label.…) or another share (Split.Test) may help"
                );
        }
        return data;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        clips?.Dispose();
        foreach (var (copy, _) in alteredCopies)
            copy.Dispose();
    }

    private void Read(int item, int copy, Span<float> values)
    {
        if (copy >= 0 && alteredCopies[copy].Places[item] is int place)
            alteredCopies[copy].Clips.Features(place, values);
        else if (columns.Length > 0)
            columns.AsSpan(item * values.Length, values.Length).CopyTo(values);
        else
            clips!.Features(item, values);
    }

    private static Dataset OfAudio(
        Recipe recipe,
        FeatureSettings settings,
        Source source,
        string features,
        Action<ExperimentProgress>? progress,
        CancellationToken cancellation
    )
    {
        if (source.Tracks.Count == 0)
            throw new CorpusException(
                $"{source.Name} is a catalogue without audio, and {recipe.Experiment} listens: give it a "
                    + "folder of audio or a collection"
            );
        Track[] tracks = [.. source.Tracks.Take(recipe.Songs ?? int.MaxValue)];
        string target = recipe.Label.Target.ToString().ToLowerInvariant();
        Failure[] unlabelled =
        [
            .. tracks
                .Where(track => track.Of(recipe.Label.Target) is null)
                .Select(track => new Failure(track.AudioPath, $"has no {target}")),
        ];
        LeftOut[] beforehand = [.. source.LeftOut, new($"without {target}", unlabelled.Length)];
        int given = tracks.Length + source.LeftOut.Sum(left => left.Count);
        if (unlabelled.Length == tracks.Length)
            throw new CorpusException($"no song of {source.Name} has {target}, which {recipe.Experiment} predicts");
        source.CheckGaps(beforehand, given);
        Track[] labelled = [.. tracks.Where(track => track.Of(recipe.Label.Target) is not null)];
        ClipSet clips = recipe.PicturePixels is int pixels
            ? ClipSet.ReadPictures(labelled, pixels, features, Progress("reading pictures"), cancellation)
            : ClipSet.Read(labelled, settings, features, Progress("reading audio"), cancellation);
        string gaveNothing = $"whose {(source.ArePictures ? "picture" : "audio")} gave nothing";
        LeftOut[] leftOut = [.. beforehand, new(gaveNothing, clips.Failures.Count)];
        source.CheckGaps(leftOut, given);
        Track[] ofItems = [.. Enumerable.Range(0, clips.Clips.Count).Select(clips.TrackOf)];
        double[] values = [.. ofItems.Select(track => track.Of(recipe.Label.Target)!.Value)];
        // The classes that spread a stratified split are those of all items; what a class means is settled by the
        // training items.
        Split split = recipe.Split.Assign(ofItems, recipe.Label.Fit(values).Assign(values), (ulong)recipe.Seed);
        Bins bins = recipe.Label.Fit(recipe.Label.FromTraining ? split.Train.Select(i => values[i]) : values);
        float[] columns = recipe.Descriptors.Count == 0 ? [] : Described(recipe, clips, split.Train);
        int width = recipe.Descriptors.Count;
        IEnumerable<FeatureMatrix> training = split.Train.Select(i =>
            width == 0 ? clips.Features(i) : new(columns.AsSpan(i * width, width).ToArray(), width, 1)
        );
        return new(clips, columns)
        {
            prints = Prints(),
            alteredCopies = AlteredCopies(),
            Tracks = ofItems,
            Numbers = [.. clips.Clips.Select(clip => clip.Number)],
            Labels = bins.Assign(values),
            Bins = bins,
            Split = split,
            Shape = recipe.Shape,
            Scaler = recipe.Scaling switch
            {
                Scaling.Standard => Scaler.Standard(training),
                Scaling.MinMax => Scaler.MinMax(training),
                _ => null,
            },
            Failures = [.. source.Rejected, .. unlabelled, .. clips.Failures],
            LeftOut = [.. leftOut.Where(left => left.Count > 0)],
        };

        Fingerprint[]? Prints()
        {
            if (source.ArePictures || clips.Tracks.Count > RememberedFingerprints.MostFiles)
                return null;
            (string Path, string Hash)[] files =
            [
                .. Enumerable.Range(0, ofItems.Length).Select(i => (ofItems[i].AudioPath, clips.ContentOf(i))),
            ];
            IReadOnlyDictionary<string, Fingerprint> known = RememberedFingerprints.Of(
                features,
                files,
                (done, total) => progress?.Invoke(new("fingerprints", done, total)),
                cancellation
            );
            return [.. files.Select(file => known[file.Hash])];
        }

        (ClipSet, int?[])[] AlteredCopies() =>
            recipe.Training.Waveform is { } waveform
                ? [.. Enumerable.Range(0, waveform.Copies).Select(copy => AlteredCopy(waveform, copy))]
                : [];

        // Of the songs that train only. A song of which some clips train and others don't is altered whole, and no more
        // is read of it than what trains.
        (ClipSet, int?[]) AlteredCopy(WaveformAugmentation waveform, int copy)
        {
            ClipSet altered = ClipSet.Read(
                [.. split.Train.Select(i => ofItems[i]).Distinct()],
                settings with
                {
                    Alteration = waveform.Alteration(copy),
                },
                features,
                Progress($"altering audio (copy {copy + 1} of {waveform.Copies})"),
                cancellation
            );
            ILookup<(Track, int), int> places = Enumerable
                .Range(0, altered.Clips.Count)
                .ToLookup(place => (altered.TrackOf(place), altered.Clips[place].Number));
            int?[] ofTraining = new int?[ofItems.Length];
            foreach (int i in split.Train)
                ofTraining[i] = places[(ofItems[i], clips.Clips[i].Number)].Cast<int?>().FirstOrDefault();
            return (altered, ofTraining);
        }

        ImmediateProgress<ExtractionProgress> Progress(string stage) =>
            new(done => progress?.Invoke(new(stage, done.Done, Math.Max(1, done.Total))));
    }

    // [songs, descriptors], what a song lacks as the training songs' mean.
    private static float[] Described(Recipe recipe, ClipSet clips, IReadOnlyList<int> training)
    {
        int[] places = [.. recipe.Descriptors.Select(descriptor => Descriptor.PlaceOf(descriptor.Name))];
        float[][] rows =
        [
            .. Enumerable
                .Range(0, clips.Clips.Count)
                .Select(i => clips.Features(i).Values)
                .Select(all => Array.ConvertAll(places, place => all[place])),
        ];
        for (int column = 0; column < places.Length; column++)
        {
            double[] there = [.. training.Select(i => (double)rows[i][column]).Where(double.IsFinite)];
            float mean = there.Length == 0 ? 0 : (float)there.Average();
            foreach (float[] row in rows)
                if (!float.IsFinite(row[column]))
                    row[column] = mean;
        }
        return [.. rows.SelectMany(row => row)];
    }

    private static Dataset OfCatalogue(Recipe recipe, Source source)
    {
        if (source.Catalogue is null)
            throw new CorpusException(
                $"{source.Name} has no catalogue, and {recipe.Experiment} reads one: give it the CSV file "
                    + "and the artists' popularity"
            );
        if (recipe.Label.Binning != Binning.Edges)
            throw new CorpusException(
                "a catalogue's classes are parted by given edges: Label.Binning is Edges, Label.Edges "
                    + "such as [25, 50, 75]"
            );
        TabularData table = TabularData.Read(
            source.Catalogue,
            source.Artists,
            new()
            {
                Numbers = recipe.Columns ?? [],
                Bins = Bins.Custom(recipe.Label.Edges ?? [], recipe.Label.EdgeBelow),
                TestShare = recipe.Split.Test,
                RandomState = (uint)(recipe.Split.Seed ?? recipe.Seed),
                ByArtist = recipe.Split.Unit == SplitUnit.Artist,
                Folds = recipe.Split.Folds,
                Fold = recipe.Split.Fold,
            }
        );
        source.CheckGaps(table.LeftOut, table.Rows);
        int trained = table.TrainLabels.Length;
        int[] artists = [.. table.TrainArtists, .. table.TestArtists],
            rows = [.. table.TrainRows, .. table.TestRows],
            labels = [.. table.TrainLabels, .. table.TestLabels];
        string[] titles = [.. table.TrainTitles, .. table.TestTitles];
        Track[] tracks =
        [
            .. rows.Select((row, i) => new Track($"row {row}", titles[i], table.Artists[artists[i]], "")),
        ];
        // The test's rows are settled; of the rest some validate.
        int[] rest = [.. Enumerable.Range(0, trained)],
            test = [.. Enumerable.Range(trained, rows.Length - trained)];
        Split inner =
            recipe.Split.Validation == 0
                ? new(rest, [], [])
                : (recipe.Split with { Test = recipe.Split.Validation, Validation = 0, Folds = null }).Assign(
                    tracks[..trained],
                    labels[..trained],
                    (ulong)recipe.Seed
                );
        return new(null, [.. table.TrainInputs, .. table.TestInputs])
        {
            Tracks = tracks,
            Numbers = new int[rows.Length],
            Labels = labels,
            Bins = table.Preparation.Bins,
            Split = new(inner.Train, inner.Test, test),
            Shape = (table.Preparation.Inputs, 1),
            Preparation = table.Preparation,
            LeftOut = table.LeftOut,
        };
    }
}
