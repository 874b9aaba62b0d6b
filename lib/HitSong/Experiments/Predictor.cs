using System.Text.Json;
using HitSong.Attribution;
using HitSong.Audio;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Features;
using HitSong.Features.Descriptors;
using HitSong.Models;
using HitSong.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Experiments;

/// <summary>
/// A kept run's model, asked about songs that it never met. Its probabilities are calibrated on the run's validation
/// songs (<see cref="Calibrator"/>), and their intervals are what the choice of those leaves open
/// (<see cref="CalibratorWithInterval"/>). Of a recording that is unlike all that the model learned from
/// (<see cref="SoundRange"/>) nothing is told.
/// </summary>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var store = new RunStore("../artifacts/runs");
/// var recipe = Recipes.Find("hiphop-mlp", "audited").AtDemoScale(epochs: 1, seed: 42) with { Songs = 12 };
/// var run = Experiment.Execute(recipe, source, store);
/// using var predictor = Predictor.Load(store.PathOf(run));
/// predictor.Predict("../data/demo/corpus/audio/demo-0300.mp3").Classes // [below 39, 39 and more]
/// </code></example>
public sealed class Predictor : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> model;
    private readonly Scaler? scaler;
    private readonly FeatureExtractor? extractor;
    private readonly CalibratorWithInterval? calibration;
    private readonly int[] places; // of the descriptors that it is given; none where it is given clips

    /// <param name="run">The run.</param>
    /// <param name="model">Its model, which goes with this.</param>
    /// <param name="scaler">Its scaler, if it has one.</param>
    /// <param name="preparation">How a catalogue's columns are prepared, if it reads one.</param>
    internal Predictor(Run run, nn.Module<Tensor, Tensor> model, Scaler? scaler, TabularPreparation? preparation)
    {
        (Run, this.model, this.scaler, Preparation) = (run, model, scaler, preparation);
        if (run.Recipe.Features is { } features)
            extractor = DescriptorExtractor.For(features);
        calibration = CalibratorWithInterval.Fit(ValidationSongs(run));
        places = [.. run.Recipe.Descriptors.Select(descriptor => Descriptor.PlaceOf(descriptor.Name))];
    }

    /// <summary>The run.</summary>
    public Run Run { get; }

    /// <summary>How a catalogue's columns are prepared; null where the model listens.</summary>
    public TabularPreparation? Preparation { get; }

    /// <summary>
    /// Whether probabilities are calibrated; false where the run kept no validation songs, or songs of one class alone.
    /// </summary>
    public bool IsCalibrated => calibration is not null;

    /// <summary>What the probabilities and their intervals are worth, or why there are none.</summary>
    public string CalibrationInWords =>
        RangeInWords
        + (
            Run.Sound is not null || extractor is null ? ""
            : Run.Imported is null ? NoSound
            : NoSoundOfOthers
        );

    private string RangeInWords =>
        calibration is { HasInterval: true }
            ? "The range is the 95% interval that the few validation songs leave on which the probabilities were "
                + "calibrated; it says nothing of songs unlike those that the model learned from."
        : calibration is not null
            ? "The probabilities are calibrated on validation songs of too few artists to tell a range."
        : "The probabilities are not calibrated, for this run "
            + (Run.Validation.Count == 0 ? "kept no validation songs" : "kept validation songs of one class alone")
            + ": they are as the model has them, and how far they may be off is not known.";

    private const string NoSound =
        " This run was kept before it was measured how its songs sound: of what is unlike them silence alone is "
        + "noticed.";

    private const string NoSoundOfOthers =
        " How the songs sound that trained these weights is not known: of what is unlike them silence alone is "
        + "noticed.";

    /// <summary>
    /// Whether a run's model can be asked about one song: not where it recurs over the clips of a batch, as
    /// <c>tiktok-lstm</c> does as published, nor where it looks at pictures, nor where this program does not have the
    /// network, or no more.
    /// </summary>
    public static bool CanAsk(Run run) =>
        !RecursOverClips(run)
        && run.Recipe.PicturePixels is null
        && !IsOfNineDescriptors(run)
        && run.Recipe.Model is not MissingNetworkSettings;

    // As descriptor-mlp was once kept: it found its descriptors in a spectrogram.
    private static bool IsOfNineDescriptors(Run run) =>
        run.Recipe is { Model: DescriptorMlpSettings, Features.Descriptors: null };

    /// <summary>Loads a run's model.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="HitSongException">
    /// A file of it is missing, damaged or of another model, or the model cannot be asked about one song.
    /// </exception>
    public static Predictor Load(string folder)
    {
        Predictor predictor = LoadForMany(folder);
        if (CanAsk(predictor.Run))
            return predictor;
        predictor.Dispose();
        if (predictor.Run.Recipe.PicturePixels is not null)
            throw new HitSongException(
                $"{predictor.Run.Id} looks at pictures and does not listen; ./research evaluate {predictor.Run.Id} "
                    + "--pictures FOLDER asks it about others."
            );
        throw new HitSongException(
            $"{predictor.Run.Id} recurs over the clips of a batch: what it says of one song depends on the "
                + "songs beside it, so it cannot be asked about one; ./research evaluate asks it about many. Train the "
                + "audited variant: ./research train tiktok-lstm --variant audited"
        );
    }

    /// <summary>The same, of a model that can be asked about many songs together, if not about one.</summary>
    /// <inheritdoc cref="Load"/>
    public static Predictor LoadForMany(string folder)
    {
        Run run = RunStore.Load(folder);
        if (IsOfNineDescriptors(run))
            throw new HitSongException(
                $"{run.Id} was kept by an older version, whose network is no more. Train it again: ./research train "
                    + $"{run.Recipe.Experiment} --variant {run.Recipe.Variant}"
            );
        Scaler? scaler = RunFiles.ReadScaler(folder);
        TabularPreparation? preparation = run.Recipe.Features is null
            ? TabularPreparation.Load(Path.Combine(folder, "columns.json"))
            : null;
        (int bands, int frames) = preparation is null ? run.Recipe.Shape : (preparation.Inputs, 1);
        // The weights that were kept stand for those that the recipe began with.
        nn.Module<Tensor, Tensor> model = (run.Recipe.Model with { Weights = null }).Create(
            bands,
            frames,
            run.Bins.Count
        );
        try
        {
            Checkpoint.Load(model, Path.Combine(folder, "checkpoint.safetensors"));
            model.eval();
            return new(run, model, scaler, preparation);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>What the model says of a recording.</summary>
    /// <param name="path">An audio file.</param>
    /// <exception cref="AudioException">The file cannot be read or is too short for a clip.</exception>
    /// <exception cref="HitSongException">The model reads a catalogue, not audio.</exception>
    public SongPrediction Predict(string path) => Predict(Listen(path));

    /// <summary>What the model says of clips that were listened to elsewhere, such as by another process.</summary>
    /// <param name="clips">Each clip's start, s, and features of the recipe's settings; at least one.</param>
    public SongPrediction Predict(IReadOnlyList<(double Start, FeatureMatrix Values)> clips) =>
        // One by one: all at once would take many times the memory, and no less time.
        Predict(
            [.. clips.Select(clip => (clip.Start, Ask(clip.Values)))],
            [.. clips.Select(clip => UnlikeTraining(clip.Values))]
        );

    /// <summary>What the model says of a song, of whose clips it has been asked one by one.</summary>
    /// <param name="clips">Each clip's start, s, and what <see cref="Ask(FeatureMatrix)"/> gave; at least one.</param>
    /// <param name="unlike">
    /// [clips] what <see cref="UnlikeTraining"/> said of each; where it names half of them, nothing is told of the
    /// song.
    /// </param>
    public SongPrediction Predict(
        IReadOnlyList<(double Start, double[] Probabilities)> clips,
        IReadOnlyList<string?> unlike
    )
    {
        int named = unlike.Count(reason => reason is not null);
        if (2 * named >= clips.Count)
            return Untold(clips, unlike.First(reason => reason is not null)!, named);
        IEnumerable<Prediction> answers = clips.Select((clip, i) => new Prediction("", "", i, 0, clip.Probabilities));
        return Answered(Prediction.BySong(answers, Run.Recipe.SongVote)[0].Probabilities, clips);
    }

    /// <summary>
    /// In what a clip is unlike all that the model learned from (<see cref="SoundRange"/>), as the end of a sentence;
    /// null where it is not.
    /// </summary>
    /// <param name="clip">Features of the recipe's settings, [bands × frames].</param>
    public string? UnlikeTraining(FeatureMatrix clip)
    {
        if (places.Length == 0)
            return SoundRange.Unlike(clip, Run.Sound);
        int lacking = places.Count(place => !float.IsFinite(clip.Values[place]));
        return 2 * lacking > places.Length
            ? $"{lacking} of the {places.Length} descriptors cannot be measured of it, as of silence or of a moment"
            : SoundRange.Unlike(Chosen(clip), Run.Sound, Run.Recipe.Columns);
    }

    /// <summary>What the model itself says of a clip, before calibration.</summary>
    /// <param name="clip">Features of the recipe's settings, [bands × frames].</param>
    /// <returns>[classes] probabilities.</returns>
    public double[] Ask(FeatureMatrix clip)
    {
        clip = Chosen(clip);
        using Tensor values = tensor(clip.Values, [1, clip.Bands, clip.Frames]);
        return Ask(values)[0];
    }

    /// <summary>What the model itself says of clips that are one batch, before calibration.</summary>
    /// <param name="clips">Features of the recipe's settings, [bands × frames] each.</param>
    /// <returns>[clips][classes] probabilities.</returns>
    internal double[][] Ask(IReadOnlyList<FeatureMatrix> clips)
    {
        using Tensor batch = Stack([.. clips.Select(clip => (0.0, clip))]);
        return Ask(batch);
    }

    /// <summary>What the model says of a catalogue's numbers.</summary>
    /// <param name="numbers">In the order of <see cref="TabularPreparation.Numbers"/>.</param>
    /// <param name="genre">One of <see cref="TabularPreparation.Genres"/>.</param>
    /// <exception cref="HitSongException">The model listens instead, or a value is none that it knows.</exception>
    public SongPrediction Predict(IReadOnlyList<double> numbers, string genre)
    {
        using Tensor inputs = tensor(Inputs(numbers, genre), [1, Preparation!.Inputs, 1]);
        return Answered(Ask(inputs)[0], []);
    }

    /// <summary>
    /// How <see cref="Attention(string, int)"/> looks inside: <c>Grad-CAM</c> where the network ends in convolutions,
    /// else <c>occlusion</c>.
    /// </summary>
    public string AttentionMethod => model is ConvolutionalNetwork ? "Grad-CAM" : "occlusion";

    /// <summary>
    /// Where in a recording the model finds what speaks for a class: <see cref="GradCam"/>, or <see cref="Occlusion"/>
    /// by patches of an eighth of the bands and of the frames, covered by the training clips' mean where the recipe
    /// takes standard scores, else by the clip's own.
    /// </summary>
    /// <param name="path">An audio file.</param>
    /// <param name="target">The class.</param>
    /// <returns>
    /// Of each clip its start, s, its features and their map, [bands, frames] both; the map 0…1, where 0 does not speak
    /// for the class and 1 does most of all places in the clip.
    /// </returns>
    /// <exception cref="AudioException">The file cannot be read or is too short for a clip.</exception>
    /// <exception cref="HitSongException">The model reads a catalogue, not audio, or has no such class.</exception>
    public IReadOnlyList<(double Start, FeatureMatrix Clip, FeatureMatrix Map)> Attention(string path, int target) =>
        Attention(Listen(path), target);

    /// <summary><see cref="Attention(string, int)"/> on clips that were listened to elsewhere.</summary>
    /// <param name="clips">Each clip's start, s, and features of the recipe's settings; at least one.</param>
    /// <param name="target">The class.</param>
    public IReadOnlyList<(double Start, FeatureMatrix Clip, FeatureMatrix Map)> Attention(
        IReadOnlyList<(double Start, FeatureMatrix Values)> clips,
        int target
    )
    {
        CheckClass(target);
        if (places.Length > 0)
            throw new HitSongException(
                $"{Run.Id} is given descriptors of the whole recording, which stand nowhere in it; what each adds is "
                    + "told by Contributions"
            );
        return
        [
            .. clips.Zip(
                model is ConvolutionalNetwork network ? Cam(network) : clips.Select(clip => Occluded(clip.Values)),
                (clip, map) => (clip.Start, clip.Values, map)
            ),
        ];

        IEnumerable<FeatureMatrix> Cam(ConvolutionalNetwork network)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor maps = GradCam.Maps(network, Arrange(Stack(clips)), target, extractor!.Bands, extractor.Frames);
            return
            [
                .. maps.data<float>()
                    .ToArray()
                    .Chunk(extractor.Bands * extractor.Frames)
                    .Select(map => new FeatureMatrix(map, extractor.Bands, extractor.Frames)),
            ];
        }

        FeatureMatrix Occluded(FeatureMatrix clip)
        {
            IReadOnlyList<float> reference =
                Run.Recipe.Scaling == Scaling.Standard
                    ? scaler!.Offset
                    : [.. Enumerable.Repeat(clip.Values.Average(), clip.Bands)];
            (int Bands, int Frames) window = (Math.Max(1, clip.Bands / 8), Math.Max(1, clip.Frames / 8));
            FeatureMatrix drops = Occlusion.Drops(
                clip,
                reference,
                values => [.. Ask(values).Select(p => p[target])],
                window,
                (Math.Max(1, window.Bands / 2), Math.Max(1, window.Frames / 2))
            );
            float greatest = Math.Max(drops.Values.Max(), 1e-30f);
            return drops with { Values = Array.ConvertAll(drops.Values, drop => Math.Max(0, drop) / greatest) };
        }
    }

    /// <summary>
    /// What each number and the genre contribute to a class's calibrated probability: <see cref="Shapley"/> values,
    /// where an input that is not in yet has its mean over the training songs (of the genre, the mix of all). They sum
    /// exactly to the song's probability less that of the mean of all songs; each alone is the mean of 64 orders.
    /// </summary>
    /// <param name="numbers">In the order of <see cref="TabularPreparation.Numbers"/>.</param>
    /// <param name="genre">One of <see cref="TabularPreparation.Genres"/>.</param>
    /// <param name="target">The class.</param>
    /// <exception cref="HitSongException">
    /// The model listens instead, a value is none that it knows, or it has no such class.
    /// </exception>
    public Contributions Contributions(IReadOnlyList<double> numbers, string genre, int target)
    {
        CheckClass(target);
        float[] song = Inputs(numbers, genre);
        double typical = 0;
        double[] changes = Shapley.Values(
            numbers.Count + 1,
            coalitions =>
            {
                // A standard score of 0 is the training songs' mean.
                double[] answers = Coalitions(coalitions, song, new float[song.Length], target);
                typical = answers[0];
                return answers;
            }
        );
        return new(typical, [.. Preparation!.Numbers.Append("genre").Zip(changes)]);
    }

    /// <summary>
    /// What each descriptor of a recording contributes to a class's calibrated probability, in the same way.
    /// </summary>
    /// <param name="path">An audio file.</param>
    /// <param name="target">The class.</param>
    /// <exception cref="AudioException">The file cannot be read.</exception>
    /// <exception cref="HitSongException">The model is given no descriptors, or has no such class.</exception>
    public Contributions Contributions(string path, int target) => Contributions(Listen(path)[0].Values, target);

    /// <summary><see cref="Contributions(string, int)"/> of descriptors that were measured elsewhere.</summary>
    /// <param name="sound">All descriptors, [descriptors × 1].</param>
    /// <param name="target">The class.</param>
    public Contributions Contributions(FeatureMatrix sound, int target)
    {
        CheckClass(target);
        if (places.Length == 0)
            throw new HitSongException(
                $"{Run.Id} is given no descriptors; name a model that is, such as descriptor-mlp"
            );
        float[] song = Chosen(sound).Values,
            mean = scaler!.Offset;
        double typical = 0;
        double[] changes = Shapley.Values(
            song.Length,
            coalitions =>
            {
                double[] answers = Coalitions(coalitions, song, mean, target);
                typical = answers[0];
                return answers;
            }
        );
        return new(typical, [.. Run.Recipe.Descriptors.Select(descriptor => descriptor.Name).Zip(changes)]);
    }

    // The probability of the class where some inputs are the song's and the others typical; inputs beyond the last are
    // together one.
    private double[] Coalitions(IReadOnlyList<bool[]> coalitions, float[] song, float[] typical, int target)
    {
        var rows = new float[coalitions.Count * song.Length];
        for (int row = 0; row < coalitions.Count; row++)
        for (int i = 0; i < song.Length; i++)
            rows[row * song.Length + i] = coalitions[row][Math.Min(i, coalitions[row].Length - 1)]
                ? song[i]
                : typical[i];
        using Tensor inputs = tensor(rows, [coalitions.Count, song.Length, 1]);
        return [.. Ask(inputs).Select(p => Calibrated(p)[target])];
    }

    /// <summary>
    /// How much the test items' mean log loss rises where each number, the genre, or each of eight ranges of bands is
    /// shuffled among them: <see cref="PermutationImportance"/>. All test items are held in memory twice.
    /// </summary>
    /// <param name="data">What the run's recipe makes of its songs.</param>
    /// <param name="repeats">Shuffles of each.</param>
    /// <exception cref="HitSongException">The data is another recipe's.</exception>
    public IReadOnlyList<PermutationImportance> Importance(Dataset data, int repeats = 10)
    {
        (int Bands, int Frames) own = Preparation is null ? Run.Recipe.Shape : (Preparation.Inputs, 1);
        if (data.Shape != own || data.Bins.Count != Run.Bins.Count)
            throw new HitSongException(
                $"{Run.Id} takes {own.Bands} × {own.Frames} and tells {Run.Bins.Count} classes apart; "
                    + $"this data has {data.Shape.Bands} × {data.Shape.Frames} and {data.Bins.Count}. Prepare "
                    + "it by the run's own recipe: Dataset.Prepare(run.Recipe, …)"
            );
        using Tensor items = data.Values(data.Split.Test);
        return PermutationImportance.Of(
            items,
            Groups(),
            values => [.. Ask(values).Zip(data.Split.Test, (p, i) => Math.Log(Math.Max(p[data.Labels[i]], 1e-15)))],
            repeats
        );

        IReadOnlyList<(string, IReadOnlyList<int>)> Groups()
        {
            if (Preparation is { } table)
                return
                [
                    .. table.Numbers.Select((name, i) => (name, (IReadOnlyList<int>)[i])),
                    ("genre", [.. Enumerable.Range(table.Numbers.Count, table.Genres.Count)]),
                ];
            if (places.Length > 0)
                return [.. Run.Recipe.Descriptors.Select((d, i) => (d.Name, (IReadOnlyList<int>)[i]))];
            double[] centres = Run.Recipe.Features is { Coefficients: null } features
                ? features.MelOfClips.CentreFrequencies()
                : [];
            string NameOf(int[] bands) =>
                centres.Length == 0
                    ? $"{bands[0]} to {bands[^1]}"
                    : $"{centres[bands[0]]:0} to {centres[bands[^1]]:0} Hz";
            return
            [
                .. Enumerable
                    .Range(0, own.Bands)
                    .Chunk((own.Bands + 7) / 8)
                    .Select(bands => (NameOf(bands), (IReadOnlyList<int>)bands)),
            ];
        }
    }

    /// <summary>
    /// What <c>hiphop-crnn</c> would say of each clip of a recording if it ended after each of the network's steps:
    /// <see cref="HipHopCrnn.AnswerOverTime"/>.
    /// </summary>
    /// <param name="path">An audio file.</param>
    /// <returns>
    /// Where each step ends, s, and the probability (as the model has it) of being popular, clip after clip.
    /// </returns>
    /// <exception cref="AudioException">The file cannot be read or is too short for a clip.</exception>
    /// <exception cref="HitSongException">The model is another.</exception>
    public IReadOnlyList<(double Time, double Probability)> OverTime(string path)
    {
        if (model is not HipHopCrnn crnn)
            throw new HitSongException($"{Run.Id} answers a clip as a whole; over time answers hiphop-crnn");
        IReadOnlyList<(double Start, FeatureMatrix Values)> clips = Listen(path);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        Tensor answers = crnn.AnswerOverTime(Arrange(Stack(clips)));
        int steps = (int)answers.shape[1];
        double step =
            (double)(extractor!.Frames / steps)
            * extractor.Settings.Mel.HopLength
            / extractor.Settings.MelOfClips.SampleRate;
        return
        [
            .. answers
                .contiguous()
                .data<float>()
                .ToArray()
                .Select((p, i) => (clips[i / steps].Start + (i % steps + 1) * step, (double)p)),
        ];
    }

    /// <summary>
    /// What the model said of a run's test songs, calibrated where it can be: by these a reliability curve shows what
    /// <see cref="Predict(string)"/> is worth.
    /// </summary>
    public static IReadOnlyList<Prediction> Tested(Run run)
    {
        IReadOnlyList<Prediction> validation = ValidationSongs(run),
            tested = Prediction.BySong(run.Predictions, run.Recipe.SongVote);
        return Calibrator.CanFit(validation) ? [.. tested.Select(Calibrator.Fit(validation).Apply)] : tested;
    }

    /// <summary>
    /// Writes the model as ONNX (<see cref="OnnxFile"/>), its scaler in the graph: it takes features as they are
    /// stored, [N, bands, frames], or a catalogue's columns, [N, columns], numbers first, then the genres' 0 and 1;
    /// <c>spectrogram-cnn</c> its pictures, [N, 3, height, width], 0…1. It answers probabilities before calibration.
    /// The file's metadata name the classes and the columns.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="HitSongException">
    /// The network recurs, is of one's own with layers or an order of clips that are not known here, or the file cannot
    /// be written.
    /// </exception>
    public void SaveOnnx(string path)
    {
        ModelSettings settings = Run.Recipe.Model;
        Type owner = settings.GetType().GetMethod(nameof(ModelSettings.Arrange))!.DeclaringType!;
        if (owner.Assembly != typeof(ModelSettings).Assembly)
            throw new HitSongException($"{settings.Network} arranges clips in its own way, which ONNX does not know.");
        (long bands, long frames) = Preparation is null ? Run.Recipe.Shape : (Preparation.Inputs, 1);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        Tensor arranged = settings.Arrange(zeros(1, bands, frames));
        bool isPicture = settings is SpectrogramCnnSettings;
        string[] columns = Preparation is not null
            ? [.. Preparation.Numbers, .. Preparation.Genres.Select(genre => $"genre {genre}")]
            : [.. Run.Recipe.Descriptors.Select(descriptor => descriptor.Name)];
        Dictionary<string, string> metadata = new()
        {
            ["run"] = Run.Id,
            ["experiment"] = $"{Run.Recipe.Experiment}, {Run.Recipe.Variant}",
            ["classes"] = JsonSerializer.Serialize(Run.Bins.Names),
            ["input"] =
                isPicture ? "pictures, 0 to 1, of clips that are scaled already where the recipe scales"
                : columns.Length > 0 ? JsonSerializer.Serialize(columns)
                : Run.Recipe.ToTable().First(row => row.Setting == "features").Value,
            ["output"] = "probabilities before calibration: of each class, or of class 1 where there is one number",
            ["verdict"] = Run.Verdict.InWords(),
        };
        (float[], float[])? first =
            isPicture ? null
            : Preparation is null ? (scaler is null ? null : (scaler.Offset, scaler.Scale))
            : (
                Array.ConvertAll(Preparation.Mean, mean => (float)mean),
                Array.ConvertAll(Preparation.Deviation, deviation => (float)deviation)
            );
        try
        {
            OnnxFile.Save(
                model,
                isPicture ? arranged.shape[1..]
                    : Preparation is null ? [bands, frames]
                    : [bands],
                path,
                first,
                isProbability: model.call(arranged).dim() == 1,
                metadata
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HitSongException($"{path} cannot be written: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    private void CheckClass(int target)
    {
        if (target < 0 || target >= Run.Bins.Count)
        {
            string classes = string.Join(", ", Run.Bins.Names.Select((name, c) => $"{c} ({name})"));
            throw new HitSongException($"There is no class {target}: {Run.Id} tells apart {classes}");
        }
    }

    private IReadOnlyList<(double Start, FeatureMatrix Values)> Listen(string path) =>
        extractor?.Extract(path)
        ?? throw new HitSongException(
            $"{Run.Id} reads a catalogue's numbers and cannot listen; name a model that does"
        );

    // Of descriptors those that the model is given; one that the recording lacks is the training songs' mean.
    private FeatureMatrix Chosen(FeatureMatrix clip) =>
        places.Length == 0
            ? clip
            : new(
                [
                    .. places.Select(
                        (place, i) => float.IsFinite(clip.Values[place]) ? clip.Values[place] : scaler?.Offset[i] ?? 0
                    ),
                ],
                places.Length,
                1
            );

    private float[] Inputs(IReadOnlyList<double> numbers, string genre) =>
        Preparation?.Apply(numbers, genre)
        ?? throw new HitSongException(
            $"{Run.Id} listens to audio and reads no catalogue; name a model that does, such as "
                + "spotify-mlp-bins4-duration"
        );

    // [N, bands, frames].
    private Tensor Stack(IReadOnlyList<(double, FeatureMatrix Values)> clips)
    {
        using DisposeScope scope = NewDisposeScope();
        return stack([.. clips.Select(clip => tensor(clip.Values.Values, [extractor!.Bands, extractor.Frames]))])
            .MoveToOuterDisposeScope();
    }

    /// <summary>Whether what is said of a clip depends on the clips beside it.</summary>
    internal static bool RecursOverClips(Run run) => run.Recipe.Model is TikTokLstmSettings { RecurOverTime: false };

    private Tensor Arrange(Tensor clips) => Run.Recipe.Model.Arrange(scaler?.Apply(clips) ?? clips);

    /// <summary>What the model itself says of items, [N, bands, frames] → [N][classes], before calibration.</summary>
    internal double[][] Ask(Tensor clips)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor answer = model.call(Arrange(clips));
        bool isBinary = answer.dim() == 1;
        float[] rows = (isBinary ? answer : answer.softmax(1)).contiguous().data<float>().ToArray();
        return
        [
            .. rows.Chunk(isBinary ? 1 : Run.Bins.Count)
                .Select(row => isBinary ? [1.0 - row[0], row[0]] : Array.ConvertAll(row, p => (double)p)),
        ];
    }

    private SongPrediction Untold(IReadOnlyList<(double, double[])> clips, string reason, int named)
    {
        double[] shares =
            Run.TrainCounts.Count == 0
                ? [.. Enumerable.Repeat(1.0 / Run.Bins.Count, Run.Bins.Count)]
                : [.. Run.TrainCounts.Select(count => count / (double)Run.TrainCounts.Sum())];
        string known = string.Join(
                ", ",
                Run.Bins.Names.Zip(shares, (name, share) => FormattableString.Invariant($"{name} {share:0%}"))
            ),
            where = named < clips.Count ? $"in {named} of its {clips.Count} clips " : "";
        return new(Run.Bins.Names, shares, Low: null, High: null, clips)
        {
            Unlike =
                $"It is unlike all that the model learned from: {where}{reason}. So nothing is told of it"
                + (
                    Run.TrainCounts.Count == 0
                        ? "."
                        : $"; without hearing it, there are only the classes' shares in training: {known}."
                ),
        };
    }

    private SongPrediction Answered(double[] song, IReadOnlyList<(double, double[])> clips)
    {
        Interval[]? intervals = calibration?.Intervals(song);
        return new(
            Run.Bins.Names,
            Calibrated(song),
            intervals is null ? null : [.. intervals.Select(interval => interval.Low)],
            intervals is null ? null : [.. intervals.Select(interval => interval.High)],
            clips
        );
    }

    private double[] Calibrated(double[] probabilities) =>
        calibration?.Calibrator.Apply(probabilities) ?? probabilities;

    private static IReadOnlyList<Prediction> ValidationSongs(Run run) =>
        Prediction.BySong(run.Validation, run.Recipe.SongVote);
}
