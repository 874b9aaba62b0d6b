using HitSong.Audio;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Experiments;
using HitSong.Features;
using HitSong.Models;
using HitSong.Training;
using Tests;
using static TorchSharp.torch;

namespace HitSong.Tests.Experiments;

/// <summary>
/// What the five experiments' authors published in text, code and notebooks, as EXPERIMENTS.md has it in words (quoted
/// in the comments), against the recipes that claim to be theirs.
/// </summary>
[Collection(DefaultGenerator.Name)]
public class PublishedFactsTests
{
    private static Recipe Published(string experiment) => Recipes.Find(experiment, "published");

    [Fact]
    public void Views_resnet()
    {
        Recipe recipe = Published("views-resnet");
        // "Label: views ≥ 300,000,000"
        Assert.Equal((Target.Views, Binning.Edges, false), LabelOf(recipe));
        Assert.Equal([300_000_000], recipe.Label.Edges!);
        Assert.Equal([0, 1, 1], recipe.Label.Fit([]).Assign([299_999_999, 300_000_000, 300_000_001]));
        // "mp3, 44,100 Hz, mono, cut into consecutive clips of 15 s; the clips numbered 3, 5, 7 and 11 (from 0)"
        Assert.Equal(new AudioSettings(44_100, ChannelMode.Mono), recipe.Features!.Audio);
        Assert.Equal([45, 75, 105, 165], StartsInSeconds(recipe, clips: 12));
        // "With fewer than 12 clips the fourth is the last but one; with fewer than 9 the third is number 5 again too."
        Assert.Equal([45, 75, 105, 135], StartsInSeconds(recipe, clips: 11));
        Assert.Equal([45, 75, 75, 90], StartsInSeconds(recipe, clips: 8));
        // "mel power spectrogram, librosa defaults (n_fft 2048, hop 512, 128 Slaney bands), power_to_db(ref=max) a
        // clip: [128, 1292]"
        AssertLibrosasMel(recipe.Features);
        Assert.Equal(DecibelSettings.RelativeToMax, recipe.Features.Decibels);
        Assert.Equal((128, 1292), recipe.Features.Shape);
        Assert.Equal(Scaling.None, recipe.Scaling);
        // "ResNet-34 … last layer 512→2. 21,279,426 parameters."
        AssertModel(recipe, "ResNet34", Initialization.PyTorch, 21_279_426);
        // "cross entropy, Adam 2e-4, batch 32, 50 epochs, the checkpoint with the lowest validation loss kept, seed 42"
        AssertTraining(recipe, Optimizer.Adam, 2e-4, 1e-8, batch: 32, epochs: 50, keepBest: true);
        // "clips, at random, some for validation; 12 further songs (48 clips) for the test"; "the published 41
        // validation clips need 16% of 252" (63 songs of 4).
        Split split = Split(recipe, tracks: 75, clips: 4);
        Assert.Equal((211, 41, 48), (split.Train.Count, split.Validation.Count, split.Test.Count));
        // "A song counts as a hit where at least 2 of its 4 clips are predicted so."
        Assert.Equal(Vote.AtLeastHalf, recipe.SongVote);
        Assert.Equal(1, Song(0.6, 0.6, 0.4, 0.4).Answer);
        Assert.Equal(0, Song(0.6, 0.4, 0.4, 0.4).Answer);
        // "validation 36 of 41 clips right (0.8780) … confusion [[23, 4], [1, 13]]; test 36 of 48 (0.75) … confusion
        // [[20, 4], [8, 16]]"
        AssertFigure("views-resnet", "validation accuracy", 36 / 41.0, 41, 5e-7, majority: 27 / 41.0);
        AssertFigure("views-resnet", "accuracy", 36 / 48.0, 48, 0, majority: 24 / 48.0);

        Prediction Song(params double[] hits) =>
            Prediction
                .BySong([.. hits.Select((p, clip) => new Prediction("a", "x", clip, 1, [1 - p, p]))], recipe.SongVote)
                .Single();
    }

    [Theory]
    [InlineData("hiphop-mlp", "HipHopMlp", 21_176_577, 30, 60)] // "60 epochs, batch 30"
    [InlineData("hiphop-cnn1", "HipHopCnn1", 2_718_849, 100, 60)] // "Batch 100, 60 epochs planned."
    [InlineData("hiphop-cnn2", "HipHopCnn2", 2_831_137, 100, 60)] // batch and epochs not published
    [InlineData("hiphop-crnn", "HipHopCrnn", 391_585, 100, 100)] // "Batch 100, 100 epochs"
    public void Hip_hop(string experiment, string network, long parameters, int batch, int epochs)
    {
        Recipe recipe = Published(experiment);
        // "popularity ≥ 39, chosen on the training tracks"
        Assert.Equal((Target.Popularity, Binning.Edges, false), LabelOf(recipe));
        Assert.Equal([39], recipe.Label.Edges!);
        Assert.Equal([0, 1], recipe.Label.Fit([]).Assign([38, 39]));
        // "by track at random, seed 42: hold-out 10%, test 15%, training 75% (12,125 / 2,426 / 1,617 before download
        // failures)", of 16,168 tracks; the test tracks serve as validation.
        Split split = Split(recipe, tracks: 16_168, clips: 1);
        Assert.Equal((12_125, 2_426, 1_617), (split.Train.Count, split.Validation.Count, split.Test.Count));
        // "22,050 Hz mono, 30 s, librosa mel (128 bands, defaults), power_to_db(ref=min) of each track … [128, 1292];
        // scaled by the training set's one minimum and maximum to 0…1"
        Assert.Equal(new AudioSettings(22_050, ChannelMode.Mono), recipe.Features!.Audio);
        Assert.Equal((30, 1), (recipe.Features.Clips.Seconds, recipe.Features.Clips.Count));
        AssertLibrosasMel(recipe.Features);
        Assert.Equal(DecibelSettings.RelativeToMin, recipe.Features.Decibels);
        Assert.Equal((128, 1292), recipe.Features.Shape);
        Assert.Equal(Scaling.MinMax, recipe.Scaling);
        // "published in Keras … Adam with Keras defaults": learning rate 0.001, epsilon 1e-7.
        AssertModel(recipe, network, Initialization.Keras, parameters);
        AssertTraining(recipe, Optimizer.Adam, 1e-3, 1e-7, batch, epochs, keepBest: false);
    }

    [Fact]
    public void Hip_hop_figures()
    {
        // "Collapsed to the majority: 0.5161 on the test tracks", "2,426 test tracks"; popular are 48.4% of them.
        AssertFigure("hiphop-mlp", "accuracy", 0.5161, 2_426, 0, majority: 1 - 0.484);
        // "on the hold-out the CRNN beats the dummy by 9.1 points of accuracy and 0.146 of ROC-AUC (so AUC 0.646 …):
        // accuracy 0.598, that is 965 or 966 of 1,615 tracks"; of the hold-out 49.4% are popular, and the dummy 0.507.
        AssertFigure("hiphop-crnn", "accuracy", 0.507 + 0.091, 1_615, 1e-9, majority: 0.507);
        AssertFigure("hiphop-crnn", "accuracy", 965.5 / 1_615, 1_615, 5e-4, majority: 0.507);
        AssertFigure("hiphop-crnn", "ROC-AUC", 0.5 + 0.146, 1_615, 1e-9);
        // "CNN 2 on the hold-out, read off the published bar chart: accuracy about 0.551"
        AssertFigure("hiphop-cnn2", "accuracy", 0.551, 1_615, 0, majority: 0.507);
    }

    /// <summary>"same" padding, the layers' sizes, and where they pool.</summary>
    [Fact]
    public void Hip_hop_layers()
    {
        // "flatten 165,376 → 128 → 64 → 1"
        Assert.Equal(["128 165376", "128", "64 128", "64", "1 64", "1"], Shapes(Published("hiphop-mlp")));
        // "convolutions 3×3 with 16, 32, 64, 128 filters, ReLU, each followed by max pooling (2,4), (2,4), (2,2), (2,2)
        // (frequency, time); flatten; 128, dropout 0.3; 1": 128 × (128 / 16) × (1292 / 64) = 20,480 values.
        Assert.Equal(
            [
                "16 1 3 3",
                "16",
                "32 16 3 3",
                "32",
                "64 32 3 3",
                "64",
                "128 64 3 3",
                "128",
                "128 20480",
                "128",
                "1 128",
                "1",
            ],
            Shapes(Published("hiphop-cnn1"))
        );
        Assert.Equal([0.3], Dropouts(Published("hiphop-cnn1")));
        // "filters 32, 64, 128 of 2×3 and 128 of 3×3, the same pooling; flatten; 128; 1"
        Assert.Equal(
            [
                "32 1 2 3",
                "32",
                "64 32 2 3",
                "64",
                "128 64 2 3",
                "128",
                "128 128 3 3",
                "128",
                "128 20480",
                "128",
                "1 128",
                "1",
            ],
            Shapes(Published("hiphop-cnn2"))
        );
        Assert.Empty(Dropouts(Published("hiphop-cnn2")));
        // "convolutions 3×3 with 64, 128, 128, 128 filters, ELU, pooling (2,2), (4,2), (4,2), (4,2), dropout 0.1 after
        // each pooling; 80 steps × 128; GRU 32 with dropout 0.3 (sequence), GRU 32 with dropout 0.3 (last); 1"
        string[] crnn = Shapes(Published("hiphop-crnn"));
        Assert.Equal(["64 1 3 3", "128 64 3 3", "128 128 3 3", "128 128 3 3"], crnn.Where(s => s.EndsWith(" 3 3")));
        Assert.Equal(["96 128", "96 32", "96 32", "96 32", "1 32"], crnn.Where(s => s.Count(c => c == ' ') == 1));
        Assert.Equal([0.1, 0.1, 0.1, 0.1, 0.3], Dropouts(Published("hiphop-crnn")).Order());
        using var scope = NewDisposeScope();
        using var network = (HipHopCrnn)Created(Published("hiphop-crnn"), 128, 1292, 2);
        network.eval();
        Assert.Equal([1, 80], network.AnswerOverTime(zeros(1, 128, 1292)).shape);
    }

    [Fact]
    public void Tiktok_lstm()
    {
        Recipe recipe = Published("tiktok-lstm");
        // "play count in the top quarter (≥ 75th percentile over clips)"
        Assert.Equal((Target.Plays, Binning.TopQuantile, false), LabelOf(recipe));
        Assert.Equal((0.75, false), (recipe.Label.Quantile, recipe.Label.FromTraining));
        // "The first channel, at the file's own rate; 5 segments of 22,050 samples from the start."
        Assert.Equal(new AudioSettings(null, ChannelMode.First), recipe.Features!.Audio);
        ClipSettings clips = recipe.Features.Clips;
        Assert.Equal((22_050, 5), (clips.Samples, clips.Count));
        Assert.Equal([0, 22_050, 44_100, 66_150, 88_200], clips.Starts(48_000 * 10, 48_000));
        // "torchaudio MFCC, 13 coefficients, n_fft 2048, hop 512; segments with 44 frames are kept: [44, 13]"
        Assert.Equal(
            (13, 2048, 512, MelScale.Htk, Padding.Reflect),
            (
                recipe.Features.Coefficients,
                recipe.Features.Mel.FftLength,
                recipe.Features.Mel.HopLength,
                recipe.Features.Mel.Scale,
                recipe.Features.Mel.Padding
            )
        );
        Assert.Equal((13, 44), recipe.Features.Shape);
        // "LSTM 13→64, 2 layers, bidirectional; dropout 0.5; linear 128→1, ReLU, squeeze to [N, 44]; linear 44→1;
        // sigmoid. 139,950 parameters"; "given [N, 44, 13] without batch-first".
        AssertModel(recipe, "TikTokLstm", Initialization.PyTorch, 139_950);
        Assert.False(Assert.IsType<TikTokLstmSettings>(recipe.Model).RecurOverTime);
        Assert.Equal([0.5], Dropouts(recipe));
        string[] shapes = Shapes(recipe);
        Assert.Equal(["256 13", "256 64"], shapes[..2]);
        Assert.Equal(["1 128", "1", "1 44", "1"], shapes[^4..]);
        // "BCE, SGD 0.01, the whole training set as one batch, 1,000 epochs a run"
        AssertTraining(recipe, Optimizer.Sgd, 0.01, null, batch: null, epochs: 1000, keepBest: false);
        // "segments at random, 25% test, of the rest 20% validation"
        Assert.Equal(new SplitRule(SplitUnit.Clip, Test: 0.25, Validation: 0.2), recipe.Split);
        // "test accuracy 75.0779%, which is 723 of 963 segments (derived); its 95% interval is 72.2% to 77.7%"; "by the
        // label's own rule 75% of the clips are negative"
        AssertFigure("tiktok-lstm", "accuracy", 0.750779, 963, 0, majority: 0.75);
        AssertFigure("tiktok-lstm", "accuracy", 723 / 963.0, 963, 5e-7, majority: 0.75);
        Interval interval = PublishedFigure.All.Single(figure => figure.Experiment == "tiktok-lstm").Interval!;
        Assert.Equal((0.722, 0.777), (Math.Round(interval.Low, 3), Math.Round(interval.High, 3)));
    }

    [Fact]
    public void Spectrogram_cnn()
    {
        Recipe recipe = Published("spectrogram-cnn");
        // "popularity in three bins (edges not published)"
        Assert.Equal((Target.Popularity, Binning.Edges, false), LabelOf(recipe));
        Assert.Equal(3, recipe.Label.Fit([]).Count);
        // "Keras: convolution 32 of 3×3, ReLU; max pooling 2×2; flatten; 64, ReLU; dropout 0.5; 3, softmax"
        AssertModel(recipe, "SpectrogramCnn", Initialization.Keras, parameters: null);
        Assert.Equal(["32 3 3 3", "32"], Shapes(recipe)[..2]);
        Assert.Equal(["64", "3 64", "3"], Shapes(recipe)[^3..]);
        Assert.Equal([0.5], Dropouts(recipe));
        // "10 epochs"; optimizer and batch size not published: Keras' defaults.
        AssertTraining(recipe, Optimizer.Adam, 1e-3, 1e-7, batch: 32, epochs: 10, keepBest: false);
        // "10,000 sampled"; "test accuracy 96.35%, which is 1,927 of 2,000 (derived: a test of 20%)"
        Assert.Equal(2_000, Split(recipe, tracks: 10_000, clips: 1).Test.Count);
        // "low 96.67%, medium 3.25%, high 0.09%", from "class weights 29.77 (medium) and 1,101 (high) relative to low"
        AssertFigure("spectrogram-cnn", "accuracy", 1_927 / 2_000.0, 2_000, 1e-9, majority: 0.9667);
        Assert.Equal(0.9667, 1 / (1 + 1 / 29.77 + 1 / 1_101.0), 5e-5);
    }

    [Theory]
    [InlineData("spotify-mlp-bins11", 12, 10)] // "no duration, no artist popularity, 10 epochs"
    [InlineData("spotify-mlp-bins11-artist", 13, 10)] // "artist popularity added"
    [InlineData("spotify-mlp-bins4", 13, 10)] // "with artist popularity"
    [InlineData("spotify-mlp-bins4-duration", 14, 50)] // "duration_ms added, 50 epochs", "14 numeric"
    public void Spotify_mlp(string experiment, int numbers, int epochs)
    {
        Recipe recipe = Published(experiment);
        Assert.Equal(numbers, recipe.Columns!.Count);
        Assert.Equal(numbers >= 13, recipe.Columns.Contains("artist_popularity"));
        Assert.Equal(numbers == 14, recipe.Columns.Contains("duration_ms"));
        // "11 bins of ten"; "≤25, ≤50, ≤75, above"
        Assert.Equal((Target.Popularity, Binning.Edges), (recipe.Label.Target, recipe.Label.Binning));
        Bins bins = recipe.Label.Fit([]);
        if (experiment.Contains("bins11"))
            Assert.Equal([0, 0, 1, 1, 2, 9, 9, 10], bins.Assign([0, 9, 10, 19, 20, 90, 99, 100]));
        else
            Assert.Equal([0, 0, 1, 1, 2, 2, 3, 3], bins.Assign([0, 25, 26, 50, 51, 75, 76, 100]));
        Assert.Equal(experiment.Contains("bins11") ? 11 : 4, bins.Count);
        // "Keras, ReLU, softmax, Adam defaults, categorical cross entropy, batch 32"
        AssertTraining(recipe, Optimizer.Adam, 1e-3, 1e-7, batch: 32, epochs, keepBest: false);
        Assert.Equal(("SpotifyMlp", Initialization.Keras), (recipe.Model.Network, recipe.Model.Initialization));
        // "Split: rows, 75/25, stratified by bin, seed 42."
        Assert.Equal(new SplitRule(SplitUnit.Track, Test: 0.25, Validation: 0, Stratified: true), recipe.Split);
    }

    [Fact]
    public void Spotify_mlp_of_the_web_form()
    {
        Recipe recipe = Published("spotify-mlp-bins4-duration");
        // "the 14 numbers"
        Assert.Equal(
            (
                "danceability energy key loudness mode speechiness acousticness instrumentalness liveness valence "
                + "tempo duration_ms time_signature artist_popularity"
            ).Split(' '),
            recipe.Columns!
        );
        // "96 inputs (14 numeric, 82 genres one-hot), 21,044 parameters"; "hidden 80, 80, 80"
        using var model = Created(recipe, 14 + 82, 1, 4);
        Assert.Equal(21_044, model.parameters().Sum(p => p.numel()));
        Assert.Equal(
            ["80 96", "80", "80 80", "80", "80 80", "80", "4 80", "4"],
            model.parameters().Select(p => string.Join(' ', p.shape))
        );
        // "1,069,858 (802,393 train, 267,465 test)", "25,075 steps an epoch". With the classes' sizes a stratified
        // split gives the same sums; these are made up.
        int[] classes = [.. Enumerable.Range(0, 1_069_858).Select(row => row % 100 < 90 ? row % 2 : 2 + row % 2)];
        Split split = HitSong.Corpus.Split.Stratified(classes, recipe.Split.Test, recipe.Split.Validation, 42);
        Assert.Equal((802_393, 267_465), (split.Train.Count, split.Test.Count));
        Assert.Equal(25_075, (split.Train.Count + recipe.Training.BatchSize - 1) / recipe.Training.BatchSize);
        // "accuracy 0.7842"; "0.48"; "just above 0.50"
        AssertFigure("spotify-mlp-bins4-duration", "accuracy", 0.7842, 267_465, 0);
        AssertFigure("spotify-mlp-bins11", "accuracy", 0.48, 267_465, 0);
        AssertFigure("spotify-mlp-bins11-artist", "accuracy", 0.50, 267_465, 0);
    }

    /// <summary>The audit removes weaknesses, and leaves question, features and network.</summary>
    [Fact]
    public void Audited_recipes_have_the_same_model_and_features()
    {
        foreach (Recipe audited in Recipes.All.Where(r => r.Variant == "audited" && r.Experiment != "descriptor-mlp"))
        {
            Recipe published = Published(audited.Experiment);
            Assert.Equal(published.Features, audited.Features);
            Assert.Equal(published.Question, audited.Question);
            Assert.Equal(published.Label.Target, audited.Label.Target);
            Assert.Equal(
                (published.Model.Network, published.Model.Initialization, published.Training.Epsilon, 42),
                (audited.Model.Network, audited.Model.Initialization, audited.Training.Epsilon, audited.Seed)
            );
            if (audited.Model.Initialization == Initialization.Keras)
            {
                string[] settings = [.. audited.ToTable().Select(row => row.Value)];
                Assert.Contains(settings, value => value.Contains("as in Keras"));
                Assert.Contains(settings, value => value.Contains("ε 1e-7"));
            }
        }
    }

    private static (Target, Binning, bool) LabelOf(Recipe recipe) =>
        (recipe.Label.Target, recipe.Label.Binning, recipe.Label.EdgeBelow);

    private static void AssertLibrosasMel(FeatureSettings features)
    {
        Assert.Equal(
            (2048, 512, 128, MelScale.Slaney, MelNorm.Slaney, Window.Hann, true, 0.0, null),
            (
                features.Mel.FftLength,
                features.Mel.HopLength,
                features.Mel.Bands,
                features.Mel.Scale,
                features.Mel.Norm,
                features.Mel.Window,
                features.Mel.Centre,
                features.Mel.MinFrequency,
                features.Mel.MaxFrequency
            )
        );
        Assert.Null(features.Coefficients);
    }

    private static void AssertModel(Recipe recipe, string network, Initialization initialization, long? parameters)
    {
        Assert.Equal((network, initialization), (recipe.Model.Network, recipe.Model.Initialization));
        var (bands, frames) = recipe.Features!.Shape;
        using var model = Created(recipe, bands, frames, recipe.Label.Edges?.Count + 1 ?? 2);
        if (parameters is long count)
            Assert.Equal(count, model.parameters().Sum(p => p.numel()));
    }

    // Where epsilon is null, the optimizer has none.
    private static void AssertTraining(
        Recipe recipe,
        Optimizer optimizer,
        double learningRate,
        double? epsilon,
        int? batch,
        int epochs,
        bool keepBest
    )
    {
        TrainingSettings training = recipe.Training;
        Assert.Equal((optimizer, learningRate), (training.Optimizer, training.LearningRate));
        Assert.Equal((batch, epochs, keepBest), (training.BatchSize, training.Epochs, training.KeepBest));
        Assert.Equal(epsilon ?? training.Epsilon, training.Epsilon);
        // Nothing beside that.
        TrainingSettings plain = new()
        {
            Optimizer = optimizer,
            LearningRate = learningRate,
            Epsilon = training.Epsilon,
            BatchSize = batch,
            Epochs = epochs,
            KeepBest = keepBest,
            Threads = training.Threads,
        };
        Assert.Equal(plain, training);
        Assert.Equal(42, recipe.Seed);
    }

    private static Split Split(Recipe recipe, int tracks, int clips) =>
        recipe.Split.Assign(
            [
                .. Enumerable
                    .Range(0, tracks)
                    .SelectMany(i => Enumerable.Repeat(new Track($"{i}", $"{i}", "", ""), clips)),
            ],
            new int[tracks * clips],
            (ulong)recipe.Seed
        );

    // Of a recording of so many clips.
    private static long[] StartsInSeconds(Recipe recipe, int clips) =>
        [.. recipe.Features!.Clips.Starts(clips * 15L * 44_100, 44_100).Select(start => start / 44_100)];

    private static void AssertFigure(
        string experiment,
        string quantity,
        double value,
        int tested,
        double tolerance,
        double? majority = null
    )
    {
        PublishedFigure figure = PublishedFigure.All.Single(f => (f.Experiment, f.Quantity) == (experiment, quantity));
        Assert.Equal(value, figure.Value, tolerance + 1e-12);
        Assert.Equal(tested, figure.Tested);
        Assert.Equal(majority is null, figure.Majority is null);
        if (majority is double share)
            Assert.Equal(share, figure.Majority!.Value, 5e-7);
    }

    private static TorchSharp.torch.nn.Module<Tensor, Tensor> Created(Recipe recipe, int bands, int frames, int classes)
    {
        manual_seed(1);
        return recipe.Model.Create(bands, frames, classes);
    }

    private static string[] Shapes(Recipe recipe)
    {
        var (bands, frames) = recipe.Features!.Shape;
        using var model = Created(recipe, bands, frames, recipe.Label.Edges?.Count + 1 ?? 2);
        return [.. model.parameters().Select(p => string.Join(' ', p.shape))];
    }

    private static double[] Dropouts(Recipe recipe)
    {
        var (bands, frames) = recipe.Features!.Shape;
        using var model = Created(recipe, bands, frames, recipe.Label.Edges?.Count + 1 ?? 2);
        return [.. model.modules().OfType<TorchSharp.Modules.Dropout>().Select(dropout => dropout.p)];
    }
}
