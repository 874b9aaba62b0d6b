using HitSong.Corpus;
using HitSong.Features;
using HitSong.Training;

namespace HitSong.Experiments;

/// <summary>The published experiments, each as published and audited.</summary>
public static class Recipes
{
    /// <summary>Will a sound be popular on TikTok? Every choice as its authors made it.</summary>
    public static Recipe TikTokLstm { get; } = new()
    {
        Experiment = "tiktok-lstm",
        Variant = "published",
        Question = "Will a sound be popular on TikTok?",
        Segments = new(),
        Features = MfccSettings.Torchaudio with { Coefficients = 13, Mel = MelSettings.Torchaudio with { FftLength = 2048, HopLength = 512 } },
        HitQuantile = 0.75,
        Split = new(SplitUnit.Clip),
        RecurOverTime = false,
        Training = new() { Epochs = 1000, BatchSize = null, Optimizer = Optimizer.Sgd, LearningRate = 0.01, KeepBest = false },
        DemoEpochs = 30,
        Ours = ["seed 42 (none was published)", "one run from fresh weights (the published weights came from an unknown number of runs)"],
    };

    /// <summary>The same network and features; it recurs over time, and no artist stands on both sides.</summary>
    public static Recipe TikTokLstmAudited { get; } = TikTokLstm with
    {
        Variant = "audited",
        Standardize = true,
        ThresholdFromTraining = true,
        Split = new(SplitUnit.Artist, Stratified: true),
        RecurOverTime = true,
        OpenRelu = true,
        Training = new() { Epochs = 15, BatchSize = 32, Optimizer = Optimizer.Adam, LearningRate = 1e-3, KeepBest = true },
        DemoEpochs = null,
        Ours =
        [
            "split by artist: no song and no artist stands on both sides; about as many hits on each",
            "the LSTM recurs over time; one clip's prediction does not depend on its neighbours",
            "the threshold is taken over the training clips",
            "the bias before the ReLU starts at 1: with some seeds the ReLU is shut from the start, and the network answers with a constant",
            "Adam, batches and standard scores: with the published training the network does not leave the majority",
            "scored by song as well: the segments of one song are not independent",
        ],
    };

    /// <summary>All recipes.</summary>
    public static IReadOnlyList<Recipe> All { get; } = [TikTokLstm, TikTokLstmAudited];

    /// <summary>The recipe of an experiment in a variant.</summary>
    /// <exception cref="HitSongException">There is none; the message names those that there are.</exception>
    public static Recipe Find(string experiment, string variant) =>
        All.FirstOrDefault(r => r.Experiment == experiment && r.Variant == variant)
        ?? throw new HitSongException($"There is no recipe \"{experiment}\" in the variant \"{variant}\". There are: {string.Join(", ", All.Select(r => $"{r.Experiment} {r.Variant}"))}.");
}
