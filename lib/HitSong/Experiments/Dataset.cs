using HitSong.Corpus;
using HitSong.Features;
using HitSong.Models;
using HitSong.Training;
using static TorchSharp.torch;

namespace HitSong.Experiments;

/// <summary>
/// What a recipe makes of a source: items with their classes, split and ready for a network. An item is a clip, or a
/// row of a catalogue.
/// </summary>
public sealed class Dataset : IDisposable
{
    private readonly ClipSet? clips;
    private readonly float[] columns = [];

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

    /// <summary>What the split lets a test item share with training: a song, an artist.</summary>
    public LeakAudit Leaks => field ??= LeakAudit.Of(Split, Tracks);

    /// <summary>An item's artist; its track's id where none is known.</summary>
    public string ArtistOf(int item) => Tracks[item].Artist is { Length: > 0 } artist ? artist : Tracks[item].Id;

    /// <summary>The items, for a network.</summary>
    public Examples For(ModelSettings model) =>
        new(
            Labels.Count,
            items =>
            {
                using var scope = NewDisposeScope();
                Tensor batch = Values(items);
                return model.Arrange(Scaler is null ? batch : Scaler.Apply(batch)).MoveToOuterDisposeScope();
            }
        );

    /// <summary>Some items before they are scaled, [items, bands, frames].</summary>
    public Tensor Values(IReadOnlyList<int> items)
    {
        var values = GC.AllocateUninitializedArray<float>(items.Count * Shape.Bands * Shape.Frames);
        for (int i = 0; i < items.Count; i++)
            Read(items[i], values.AsSpan(i * Shape.Bands * Shape.Frames, Shape.Bands * Shape.Frames));
        return tensor(values, [items.Count, Shape.Bands, Shape.Frames]);
    }

    /// <summary>
    /// A short description of an item, for baselines: the mean over time of a clip's MFCC (20 of a mel spectrogram); a
    /// row's columns.
    /// </summary>
    public double[] Summary(int item)
    {
        if (clips is null)
            return Array.ConvertAll(columns.AsSpan(item * Shape.Bands, Shape.Bands).ToArray(), value => (double)value);
        FeatureMatrix features = clips.Features(item);
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
    /// No song can be used, a class is missing from a side, or the items are too few to split.
    /// </exception>
    public static Dataset Prepare(
        Recipe recipe,
        Source source,
        string features,
        Action<ExperimentProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
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
    public void Dispose() => clips?.Dispose();

    private void Read(int item, Span<float> values)
    {
        if (clips is not null)
            clips.Features(item, values);
        else
            columns.AsSpan(item * values.Length, values.Length).CopyTo(values);
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
        string measure = recipe.Label.Measure.ToString().ToLowerInvariant();
        Failure[] unlabelled =
        [
            .. tracks
                .Where(track => track.Of(recipe.Label.Measure) is null)
                .Select(track => new Failure(track.AudioPath, $"has no {measure}")),
        ];
        if (unlabelled.Length == tracks.Length)
            throw new CorpusException($"no song of {source.Name} has {measure}, which {recipe.Experiment} predicts");
        ClipSet clips = ClipSet.Read(
            [.. tracks.Where(track => track.Of(recipe.Label.Measure) is not null)],
            settings,
            features,
            new ImmediateProgress<ExtractionProgress>(done =>
                progress?.Invoke(new("reading audio", done.Done, Math.Max(1, done.Total)))
            ),
            cancellation
        );
        Track[] ofItems = [.. Enumerable.Range(0, clips.Clips.Count).Select(clips.TrackOf)];
        double[] values = [.. ofItems.Select(track => track.Of(recipe.Label.Measure)!.Value)];
        // The classes that spread a stratified split are those of all items; what a class means is settled by the
        // training items.
        Split split = recipe.Split.Assign(ofItems, recipe.Label.Fit(values).Assign(values), (ulong)recipe.Seed);
        Bins bins = recipe.Label.Fit(recipe.Label.FromTraining ? split.Train.Select(i => values[i]) : values);
        IEnumerable<FeatureMatrix> training = split.Train.Select(clips.Features);
        return new(clips, [])
        {
            Tracks = ofItems,
            Numbers = [.. clips.Clips.Select(clip => clip.Number)],
            Labels = bins.Assign(values),
            Bins = bins,
            Split = split,
            Shape = (clips.Bands, clips.Frames),
            Scaler = recipe.Scaling switch
            {
                Scaling.Standard => Scaler.Standard(training),
                Scaling.MinMax => Scaler.MinMax(training),
                _ => null,
            },
            Failures = [.. source.Rejected, .. unlabelled, .. clips.Failures],
        };
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
                RandomState = (uint)recipe.Seed,
                ByArtist = recipe.Split.Unit == SplitUnit.Artist,
            }
        );
        int trained = table.TrainLabels.Length;
        int[] artists = [.. table.TrainArtists, .. table.TestArtists],
            rows = [.. table.TrainRows, .. table.TestRows],
            labels = [.. table.TrainLabels, .. table.TestLabels];
        Track[] tracks =
        [
            .. rows.Zip(artists, (row, artist) => new Track($"row {row}", $"row {row}", $"artist {artist}", "")),
        ];
        // The test's rows are settled; of the rest some validate.
        int[] rest = [.. Enumerable.Range(0, trained)],
            test = [.. Enumerable.Range(trained, rows.Length - trained)];
        Split inner =
            recipe.Split.Validation == 0
                ? new(rest, [], [])
                : (recipe.Split with { Test = recipe.Split.Validation, Validation = 0 }).Assign(
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
        };
    }
}
