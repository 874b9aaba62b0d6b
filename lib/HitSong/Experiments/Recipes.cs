using HitSong.Audio;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Features;
using HitSong.Features.Descriptors;
using HitSong.Models;
using HitSong.Numerics;
using HitSong.Training;

namespace HitSong.Experiments;

/// <summary>The published experiments (EXPERIMENTS), each as published and audited, and what is our own.</summary>
/// <example><code>
/// int published = Recipes.TikTokLstm.Training.Epochs; // 1000
/// Recipes.Find("tiktok-lstm", "audited").Features.Coefficients // 13
/// </code></example>
public static class Recipes
{
    // What Keras' Adam has; PyTorch's has 1e-8.
    private const double KerasEpsilon = 1e-7;

    // Kingma and Ba (2015) have both: in their Algorithm 1 ε, and in what they say of its efficiency ε̂.
    private const string UnlikeKeras =
        "Keras' defaults, but that Adam adds ε after the correction of bias (in Keras before it)";

    /// <summary>Will a song pass 300 million views? A ResNet-34 on mel spectrograms of four clips.</summary>
    public static Recipe ViewsResNet { get; } =
        new()
        {
            Experiment = "views-resnet",
            Variant = "published",
            Question = "Will a song pass 300 million views?",
            Features = FeatureSettings.ViewsResNet,
            Label = new() { Target = Target.Views, Edges = [300_000_000] },
            // 12 of 75 songs test; of the other 252 clips 41 validate.
            Split = new(SplitUnit.Track, Test: 0.16, Validation: 0.1625, ValidationUnit: SplitUnit.Clip),
            Model = new ResNet34Settings(),
            SongVote = Vote.AtLeastHalf,
            Training = new()
            {
                Epochs = 50,
                BatchSize = 32,
                Optimizer = Optimizer.Adam,
                LearningRate = 2e-4,
                KeepBest = true,
                Threads = 2,
            },
            Demo = new(Epochs: 3, Clips: ClipSettings.ViewsResNet with { Seconds = 0.75 }, Songs: 240),
            Ours =
            [
                "fresh weights (published: ImageNet's; give torchvision's resnet34 as Model.Weights)",
                "the 12 test songs are drawn at random (which ones they were was not published)",
            ],
        };

    /// <summary>The same; no artist stands on both sides.</summary>
    public static Recipe ViewsResNetAudited { get; } =
        ViewsResNet with
        {
            Variant = "audited",
            Split = new(SplitUnit.Artist, Test: 0.25, Validation: 0.2, Stratified: true),
            Ours =
            [
                ViewsResNet.Ours[0],
                "split by artist: no song and no artist stands on both sides; a quarter of the songs "
                    + "test, for a narrower interval",
            ],
        };

    private static Recipe HipHop { get; } =
        new()
        {
            Experiment = "",
            Variant = "published",
            Question = "Is a hip hop track popular?",
            Features = FeatureSettings.HipHop,
            Scaling = Scaling.MinMax,
            Label = new() { Target = Target.Popularity, Edges = [39] },
            Split = new(SplitUnit.Track, Test: 0.10, Validation: 0.15 / 0.90),
            Model = new HipHopMlpSettings { Initialization = Initialization.Keras },
            Training = new()
            {
                Epochs = 60,
                BatchSize = 100,
                Optimizer = Optimizer.Adam,
                LearningRate = 1e-3,
                Epsilon = KerasEpsilon,
                KeepBest = false,
                Threads = 2,
            },
            Demo = new(Epochs: 8, Clips: new() { Seconds = 3, Placement = ClipPlacement.Centre }),
        };

    /// <summary>Is a hip hop track popular? A multilayer perceptron on the whole mel spectrogram.</summary>
    public static Recipe HipHopMlp { get; } =
        HipHop with
        {
            Experiment = "hiphop-mlp",
            Training = HipHop.Training with { BatchSize = 30 },
            Ours = HipHopOurs(),
        };

    /// <summary>The first convolutional network of the same authors.</summary>
    public static Recipe HipHopCnn1 { get; } =
        HipHop with
        {
            Experiment = "hiphop-cnn1",
            Model = new HipHopCnn1Settings { Initialization = Initialization.Keras },
            Ours = HipHopOurs("dropout after the layer of 128 (its place was not published)"),
        };

    /// <summary>The second.</summary>
    public static Recipe HipHopCnn2 { get; } =
        HipHop with
        {
            Experiment = "hiphop-cnn2",
            Model = new HipHopCnn2Settings { Initialization = Initialization.Keras },
            Ours = HipHopOurs("batches of 100 and 60 epochs, as for the first (not published for this one)"),
        };

    /// <summary>The convolutional recurrent one, their best.</summary>
    public static Recipe HipHopCrnn { get; } =
        HipHop with
        {
            Experiment = "hiphop-crnn",
            Model = new HipHopCrnnSettings { Initialization = Initialization.Keras },
            Training = HipHop.Training with { Epochs = 100 },
            Demo = HipHop.Demo! with { Epochs = 5 },
            Ours = HipHopOurs("the GRUs' dropout draws a new mask for every step"),
        };

    private static string[] HipHopOurs(params string[] more) =>
        ["the last epoch's weights are kept (which were, was not published)", .. more, UnlikeKeras];

    private static Recipe Audited(Recipe published) =>
        published with
        {
            Variant = "audited",
            Split = new(SplitUnit.Artist, Test: 0.25, Validation: 0.2, Stratified: true),
            Training = published.Training with { KeepBest = true },
            Ours =
            [
                .. published.Ours.Where(choice => !choice.StartsWith("the last epoch", StringComparison.Ordinal)),
                "split by artist: no song and no artist stands on both sides; a quarter of the songs "
                    + "test, for a narrower interval",
                "the weights of the lowest validation loss are kept",
            ],
        };

    /// <summary>Will a sound be popular on TikTok? Every choice as its authors made it.</summary>
    public static Recipe TikTokLstm { get; } =
        new()
        {
            Experiment = "tiktok-lstm",
            Variant = "published",
            Question = "Will a sound be popular on TikTok?",
            Features = FeatureSettings.TikTok,
            Label = new()
            {
                Target = Target.Plays,
                Binning = Binning.TopQuantile,
                Quantile = 0.75,
                FromTraining = false,
            },
            Split = new(SplitUnit.Clip),
            Model = new TikTokLstmSettings { RecurOverTime = false },
            Training = new()
            {
                Epochs = 1000,
                BatchSize = null,
                Optimizer = Optimizer.Sgd,
                LearningRate = 0.01,
                KeepBest = false,
            },
            Demo = new(Epochs: 30),
            Ours =
            [
                "seed 42 (none was published)",
                "one run from fresh weights (the published weights came from an unknown number of runs)",
            ],
        };

    /// <summary>The same network and features; it recurs over time, and no artist stands on both sides.</summary>
    public static Recipe TikTokLstmAudited { get; } =
        TikTokLstm with
        {
            Variant = "audited",
            Scaling = Scaling.Standard,
            Label = TikTokLstm.Label with { FromTraining = true },
            Split = new(SplitUnit.Artist, Stratified: true),
            Model = new TikTokLstmSettings { RecurOverTime = true, OpenRelu = true },
            Training = new()
            {
                Epochs = 15,
                BatchSize = 32,
                Optimizer = Optimizer.Adam,
                LearningRate = 1e-3,
                KeepBest = true,
            },
            Demo = null,
            Ours =
            [
                "split by artist: no song and no artist stands on both sides; about as many hits on each",
                "the LSTM recurs over time; one clip's prediction does not depend on its neighbours",
                "the threshold is taken over the training songs",
                "the bias before the ReLU starts at 1: with some seeds the ReLU is shut from the start, "
                    + "and the network answers with a constant",
                "Adam, batches and standard scores: with the published training the network does not "
                    + "leave the majority",
                "scored by song as well: the segments of one song are not independent",
            ],
        };

    /// <summary>Low, medium or high? A small convolutional network on spectrogram pictures.</summary>
    public static Recipe SpectrogramCnn { get; } =
        new()
        {
            Experiment = "spectrogram-cnn",
            Variant = "published",
            Question = "Will a track's popularity be low, medium or high?",
            Features = FeatureSettings.HipHop with { Decibels = DecibelSettings.RelativeToMax },
            Label = new() { Target = Target.Popularity, Edges = [100 / 3.0, 200 / 3.0] },
            Split = new(SplitUnit.Track, Test: 0.2, Validation: 0.2),
            Model = new SpectrogramCnnSettings { Initialization = Initialization.Keras },
            Training = new()
            {
                Epochs = 10,
                BatchSize = 32,
                Optimizer = Optimizer.Adam,
                LearningRate = 1e-3,
                Epsilon = KerasEpsilon,
                KeepBest = false,
                Threads = 2,
            },
            Demo = new(
                Epochs: 6,
                Clips: new()
                {
                    Seconds = 3,
                    Count = 1,
                    Placement = ClipPlacement.Centre,
                }
            ),
            Ours =
            [
                "three bins of equal width of 0…100 (the edges were not published)",
                "the picture: 128 × 128, the mel spectrogram in viridis",
                "Adam's defaults, batches of 32, 20% test, 20% of the rest validation (not published)",
                UnlikeKeras,
            ],
        };

    /// <summary>The same network; bins that part the songs evenly, and no artist on both sides.</summary>
    public static Recipe SpectrogramCnnAudited { get; } =
        Audited(SpectrogramCnn) with
        {
            Label = new()
            {
                Target = Target.Popularity,
                Binning = Binning.Quantiles,
                Classes = 3,
            },
            Ours =
            [
                "three bins of equal size, fitted to the training songs: no class can be answered to all",
                .. Audited(SpectrogramCnn).Ours.Skip(1),
            ],
        };

    private static Recipe Spotify { get; } =
        new()
        {
            Experiment = "",
            Variant = "published",
            Question = "How popular is a track, from a catalogue's audio features?",
            Columns = [.. TabularSettings.CatalogueNumbers.Where(name => name != "duration_ms")],
            Label = new()
            {
                Target = Target.Popularity,
                Edges = [25, 50, 75],
                EdgeBelow = true,
            },
            Split = new(SplitUnit.Track, Test: 0.25, Validation: 0, Stratified: true),
            Model = new SpotifyMlpSettings { Initialization = Initialization.Keras },
            Training = new()
            {
                Epochs = 10,
                BatchSize = 32,
                Optimizer = Optimizer.Adam,
                LearningRate = 1e-3,
                Epsilon = KerasEpsilon,
                KeepBest = false,
            },
            Ours = [UnlikeKeras],
        };

    private static IReadOnlyList<string> WithArtist { get; } = [.. Spotify.Columns!, TabularSettings.ArtistPopularity];

    /// <summary>Eleven bins of ten from a catalogue's columns.</summary>
    public static Recipe SpotifyBins11 { get; } =
        Spotify with
        {
            Experiment = "spotify-mlp-bins11",
            Label = Spotify.Label with { Edges = [10, 20, 30, 40, 50, 60, 70, 80, 90, 99.5], EdgeBelow = false },
        };

    /// <summary>The same with the artist's popularity.</summary>
    public static Recipe SpotifyBins11Artist { get; } =
        SpotifyBins11 with
        {
            Experiment = "spotify-mlp-bins11-artist",
            Columns = WithArtist,
        };

    /// <summary>Four bins.</summary>
    public static Recipe SpotifyBins4 { get; } =
        Spotify with
        {
            Experiment = "spotify-mlp-bins4",
            Columns = WithArtist,
        };

    /// <summary>The same with the duration; the one that was shipped as a web form.</summary>
    public static Recipe SpotifyBins4Duration { get; } =
        Spotify with
        {
            Experiment = "spotify-mlp-bins4-duration",
            Columns = [.. TabularSettings.CatalogueNumbers, TabularSettings.ArtistPopularity],
            Training = Spotify.Training with { Epochs = 50 },
        };

    private static Recipe SpotifyAudited(Recipe published) =>
        Audited(published) with
        {
            Columns = [.. published.Columns!.Where(name => name != TabularSettings.ArtistPopularity)],
            Split = new(SplitUnit.Artist, Test: 0.25, Validation: 0.1, Stratified: true),
            Ours =
            [
                .. Audited(published).Ours,
                .. published.Columns!.Contains(TabularSettings.ArtistPopularity)
                    ? ["without the artist's popularity, which is made of the very tracks that are asked about"]
                    : Array.Empty<string>(),
            ],
        };

    /// <summary>
    /// Our own baseline: descriptors of the sound and a small network, on the question and the audited split of the hip
    /// hop experiments.
    /// </summary>
    public static Recipe DescriptorMlp { get; } =
        Audited(HipHop) with
        {
            Experiment = "descriptor-mlp",
            Question = "Is a track popular, by descriptors of its sound?",
            Features = DescriptorExtractor.Descriptors,
            Columns =
            [
                "loudness_integrated",
                "loudness_range",
                "true_peak",
                "dynamic_complexity",
                "tempo",
                "tempo_confidence",
                "tempo_stability",
                "beat_strength",
                "onset_rate",
                "key_minor",
                "key_correlation",
                "key_confidence",
                "spectral_centroid_mean",
                "spectral_centroid_deviation",
                "spectral_spread_mean",
                "spectral_spread_deviation",
                "spectral_rolloff_mean",
                "spectral_rolloff_deviation",
                "spectral_flatness_mean",
                "spectral_flatness_deviation",
                "zero_crossings_mean",
                "zero_crossings_deviation",
                "harmonic_share",
                "percussive_share",
                "sections_per_minute",
                "intro",
            ],
            Scaling = Scaling.Standard,
            Demo = null,
            Model = new DescriptorMlpSettings(),
            Training = new()
            {
                Epochs = 60,
                BatchSize = 32,
                Optimizer = Optimizer.AdamW,
                LearningRate = 5e-3,
                WeightDecay = 0.05,
                Schedule = Schedule.Cosine,
                KeepBest = true,
            },
            Ours =
            [
                "all of it is ours: what the field measures of a sound, of the whole recording; few parameters, for "
                    + "few songs",
                "descriptors, units, dropout and weight decay were chosen by the mean validation loss of five folds of "
                    + "the demo corpus's songs that do not test (seed 42)",
            ],
        };

    /// <summary>All recipes.</summary>
    public static IReadOnlyList<Recipe> All { get; } =
    [
        ViewsResNet,
        ViewsResNetAudited,
        .. new[] { HipHopMlp, HipHopCnn1, HipHopCnn2, HipHopCrnn }.SelectMany(published =>
            new[] { published, Audited(published) }
        ),
        TikTokLstm,
        TikTokLstmAudited,
        SpectrogramCnn,
        SpectrogramCnnAudited,
        .. new[] { SpotifyBins11, SpotifyBins11Artist, SpotifyBins4, SpotifyBins4Duration }.SelectMany(published =>
            new[] { published, SpotifyAudited(published) }
        ),
        DescriptorMlp,
    ];

    /// <summary>
    /// Whether a recipe is one of these as the notebooks train it: at the demo corpus's scale, nothing else changed.
    /// </summary>
    public static bool IsAtDemoScale(Recipe recipe) =>
        All.Any(one =>
            one.Experiment == recipe.Experiment
            && one.Variant == recipe.Variant
            && one.AtDemoScale().ToFields().SequenceEqual(recipe.ToFields())
        );

    /// <summary>The recipe of an experiment in a variant.</summary>
    /// <exception cref="HitSongException">There is none; the message names the nearest.</exception>
    public static Recipe Find(string experiment, string variant)
    {
        if (All.FirstOrDefault(r => r.Experiment == experiment && r.Variant == variant) is { } found)
            return found;
        var nearest = All.Select(r => $"{r.Experiment} {r.Variant}").NearestTo($"{experiment} {variant}");
        throw new HitSongException(
            $"There is no recipe \"{experiment}\" in the variant \"{variant}\". The nearest: "
                + $"{string.Join(", ", nearest)}."
        );
    }
}
