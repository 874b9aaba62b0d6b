using HitSong.Audio;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Features;
using HitSong.Models;
using HitSong.Training;
using TorchSharp;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace HitSong.Experiments;

/// <summary>What a trained model says of a song.</summary>
/// <param name="Classes">The classes, in words.</param>
/// <param name="Song">[classes] calibrated probabilities of the song.</param>
/// <param name="Low">[classes] lower ends of the 95% intervals that the calibration allows.</param>
/// <param name="High">[classes] upper ends.</param>
/// <param name="Clips">Each clip's start, s, and the model's own [classes] probabilities.</param>
public sealed record SongPrediction(IReadOnlyList<string> Classes, double[] Song, double[] Low, double[] High, IReadOnlyList<(double Start, double[] Probabilities)> Clips)
{
    /// <summary>The likeliest class.</summary>
    public int Answer => Array.IndexOf(Song, Song.Max());
}

/// <summary>
/// A kept run's model, asked about songs that it never met. Its probabilities are calibrated on the run's validation songs (a power of them, scaled to sum to 1: temperature scaling,
/// Guo et al. 2017); the range is that of 200 calibrations, each fitted to validation artists drawn anew.
/// </summary>
/// <example><code>
/// using Predictor predictor = Predictor.Load("artifacts/runs/descriptor-mlp-audited-20261121-031430");
/// SongPrediction song = predictor.Predict("song.mp3");
/// </code></example>
public sealed class Predictor : IDisposable
{
    private const int Draws = 200;

    private readonly nn.Module<Tensor, Tensor> model;
    private readonly Scaler? scaler;
    private readonly FeatureExtractor? extractor;
    private readonly double[] powers;

    private Predictor(Run run, nn.Module<Tensor, Tensor> model, Scaler? scaler, TabularPreparation? preparation)
    {
        (Run, this.model, this.scaler, Preparation) = (run, model, scaler, preparation);
        if (run.Recipe.Features is { } features) extractor = new(features);
        IReadOnlyList<Prediction> songs = Prediction.BySong(run.Validation, run.Recipe.SongVote);
        powers = songs.Count == 0 ? [1] : [Power(songs), .. Resampled(songs)];
    }

    /// <summary>The run.</summary>
    public Run Run { get; }

    /// <summary>How a catalogue's columns are prepared; null where the model listens.</summary>
    public TabularPreparation? Preparation { get; }

    /// <summary>Loads a run's model.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="HitSongException">A file of it is missing, damaged or of another model, or the model cannot be asked about one song.</exception>
    public static Predictor Load(string folder)
    {
        Run run = RunStore.Load(folder);
        if (run.Recipe is { Model: { Network: Network.TikTokLstm, RecurOverTime: false } })
            throw new HitSongException($"{run.Id} recurs over the clips of a batch: what it says of one song depends on the songs beside it, so it cannot be asked about one. Train the audited variant: ./research train tiktok-lstm --variant audited");
        Scaler? scaler = RunStore.ReadScaler(folder);
        TabularPreparation? preparation = run.Recipe.Features is null ? TabularPreparation.Load(Path.Combine(folder, "columns.json")) : null;
        (int bands, int frames) = run.Recipe.Features?.Shape ?? (preparation!.Inputs, 1);
        // The weights that were kept stand for those that the recipe began with.
        nn.Module<Tensor, Tensor> model = (run.Recipe.Model with { Weights = null }).Create(bands, frames, run.Bins.Count);
        try
        {
            model.load_safetensors(Path.Combine(folder, "checkpoint.safetensors"));
            model.eval();
            return new(run, model, scaler, preparation);
        }
        catch (Exception e) when (e is not HitSongException)
        {
            model.Dispose();
            throw new HitSongException($"{Path.Combine(folder, "checkpoint.safetensors")} is not this run's model: {e.Message}", e);
        }
    }

    /// <summary>What the model says of a recording.</summary>
    /// <param name="path">An audio file.</param>
    /// <exception cref="AudioException">The file cannot be read or is too short for a clip.</exception>
    /// <exception cref="HitSongException">The model reads a catalogue, not audio.</exception>
    public SongPrediction Predict(string path)
    {
        if (extractor is null) throw new HitSongException($"{Run.Id} reads a catalogue's numbers and cannot listen; name a model that does");
        IReadOnlyList<(double Start, FeatureMatrix Values)> clips = extractor.Extract(path);
        double[][] probabilities = Ask([.. clips.SelectMany(clip => clip.Values.Values)], clips.Count, extractor.Bands, extractor.Frames);
        return Calibrated(Prediction.BySong(probabilities.Select((p, i) => new Prediction("", "", i, 0, p)), Run.Recipe.SongVote)[0].Probabilities, [.. clips.Zip(probabilities, (clip, p) => (clip.Start, p))]);
    }

    /// <summary>What the model says of a catalogue's numbers.</summary>
    /// <param name="numbers">In the order of <see cref="TabularPreparation.Numbers"/>.</param>
    /// <param name="genre">One of <see cref="TabularPreparation.Genres"/>.</param>
    /// <exception cref="HitSongException">The model listens instead, or a value is none that it knows.</exception>
    public SongPrediction Predict(IReadOnlyList<double> numbers, string genre)
    {
        if (Preparation is null) throw new HitSongException($"{Run.Id} listens to audio and reads no catalogue; name a model that does, such as spotify-mlp-bins4-duration");
        return Calibrated(Ask(Preparation.Apply(numbers, genre), 1, Preparation.Inputs, 1)[0], []);
    }

    /// <summary>The probability that the first of two songs will do better than the second: the chance that it falls in a higher class, ties counted half, under each calibration.</summary>
    public double Above(SongPrediction first, SongPrediction second)
    {
        double above = 0;
        for (int a = 0; a < first.Song.Length; a++)
            for (int b = 0; b < second.Song.Length; b++)
                above += first.Song[a] * second.Song[b] * (a > b ? 1 : a == b ? 0.5 : 0);
        return above;
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    private double[][] Ask(float[] values, int count, int bands, int frames)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor clips = tensor(values, [count, bands, frames]);
        Tensor answer = model.call(Run.Recipe.Model.Arrange(scaler?.Apply(clips) ?? clips));
        bool isBinary = answer.dim() == 1;
        float[] rows = (isBinary ? answer : answer.softmax(1)).contiguous().data<float>().ToArray();
        return [.. rows.Chunk(isBinary ? 1 : Run.Bins.Count).Select(row => isBinary ? [1.0 - row[0], row[0]] : Array.ConvertAll(row, p => (double)p))];
    }

    private SongPrediction Calibrated(double[] song, IReadOnlyList<(double, double[])> clips)
    {
        double[][] draws = [.. powers.Select(power => Raised(song, power))];
        double[] End(double quantile) => [.. song.Select((_, c) => Quantile.Linear([.. draws.Select(draw => draw[c])], quantile))];
        return new(Run.Bins.Names, draws[0], End(0.025), End(0.975), clips);
    }

    private static double[] Raised(double[] probabilities, double power)
    {
        double[] logs = Array.ConvertAll(probabilities, p => power * Math.Log(Math.Max(p, 1e-12)));
        double[] raised = Array.ConvertAll(logs, log => Math.Exp(log - logs.Max()));
        return [.. raised.Select(r => r / raised.Sum())];
    }

    // The power under which the songs' classes are likeliest; from 1/8 (all alike) to 8, since a few songs cannot tell more from certainty.
    private static double Power(IReadOnlyList<Prediction> songs)
    {
        static double Within(double log) => Math.Exp(Math.Clamp(log, Math.Log(0.125), Math.Log(8)));
        return Within(MathNet.Numerics.FindMinimum.OfScalarFunctionConstrained(log => songs.Average(song => -Math.Log(Math.Max(Raised(song.Probabilities, Within(log))[song.Label], 1e-12))), Math.Log(0.125), Math.Log(8)));
    }

    private static IEnumerable<double> Resampled(IReadOnlyList<Prediction> songs)
    {
        Prediction[][] artists = [.. songs.GroupBy(song => song.Artist).Select(artist => artist.ToArray())];
        var random = new SeededRandom(0, "calibration");
        for (int draw = 0; draw < Draws; draw++)
            yield return Power([.. Enumerable.Range(0, artists.Length).SelectMany(_ => artists[random.Below(artists.Length)])]);
    }
}
