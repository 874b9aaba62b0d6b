using System.Text.Json;
using System.Text.Json.Serialization;
using CsvHelper;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Features;
using HitSong.Models;
using HitSong.Training;
using TorchSharp;

namespace HitSong.Experiments;

/// <summary>The files of a run (<see cref="RunStore"/> names them), written into a folder and read from it.</summary>
internal static class RunFiles
{
    /// <summary>How JSON is written and read.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The list of a run's tracks.</summary>
    public const string TracksFile = "tracks.parquet";

    // What config.json holds.
    private sealed record Config(
        Recipe Recipe,
        string Source,
        bool IsDemo,
        double? Ceiling,
        Bins Bins,
        int Train,
        int Majority,
        long Parameters,
        IReadOnlyList<LeakCount> Leaks,
        IReadOnlyList<int>? TrainCounts = null,
        RunData? Data = null,
        IReadOnlyList<LeftOut>? LeftOut = null,
        SoundRange? Sound = null,
        IReadOnlyList<DescriptorSpread>? TopSongs = null,
        string? Continues = null,
        ImportedWeights? Imported = null
    );

    /// <summary>Writes all of them.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="run">The run.</param>
    /// <param name="model">Its trained model.</param>
    /// <param name="scaler">The scaler that was fitted, if one was.</param>
    /// <param name="preparation">How a catalogue's columns were prepared, if they were.</param>
    /// <param name="tracks">The tracks that it was made from.</param>
    /// <param name="state">The file with the state of its training, if one was kept.</param>
    public static void Write(
        string folder,
        Run run,
        torch.nn.Module model,
        Scaler? scaler,
        TabularPreparation? preparation,
        IReadOnlyList<UsedTrack> tracks,
        string? state
    )
    {
        Config config = new(
            run.Recipe,
            run.Source,
            run.IsDemo,
            run.Ceiling,
            run.Bins,
            run.Train,
            run.Majority,
            run.Parameters,
            run.Leaks,
            run.TrainCounts,
            run.Data,
            run.LeftOut,
            run.Sound,
            run.TopSongs.Count == 0 ? null : run.TopSongs,
            run.Continues,
            run.Imported
        );
        WriteJson("config.json", config);
        WriteJson("result.json", RunResult.Of(run));
        WriteJson("environment.json", run.Environment);
        if (scaler is not null)
            WriteJson("scaler.json", scaler);
        preparation?.Save(Path.Combine(folder, "columns.json"));
        if (run.Recipe.Model.Source is { } source)
            File.WriteAllText(Path.Combine(folder, "network.cs"), source);
        WriteCsv("metrics.csv", run.History);
        PredictionsFile.Write(Path.Combine(folder, "predictions.csv"), run.Predictions);
        if (run.Validation.Count > 0)
            PredictionsFile.Write(Path.Combine(folder, "validation.csv"), run.Validation);
        if (tracks.Count > 0)
            UsedTrack.Write(Path.Combine(folder, TracksFile), tracks);
        if (run.Failures.Count > 0)
            WriteCsv("failures.csv", run.Failures);
        if (state is not null)
            File.Copy(state, Path.Combine(folder, TrainingState.FileName));
        ModelCard card = new(run);
        Checkpoint.Save(model, Path.Combine(folder, "checkpoint.safetensors"), card.ToMetadata());
        Checkpoint.Save(model, Path.Combine(folder, "checkpoint.pth"));
        File.WriteAllText(Path.Combine(folder, "model-card.md"), card.ToString());

        void WriteJson(string name, object value) =>
            File.WriteAllText(Path.Combine(folder, name), JsonSerializer.Serialize(value, Json) + "\n");

        void WriteCsv<T>(string name, IEnumerable<T> rows)
        {
            CsvWriterOptions options = CsvWriterOptions.Default with { NewLine = "\n" };
            using CsvWriter writer = CsvWriter.ToFile(Path.Combine(folder, name), options);
            writer.WriteRecords(rows);
        }
    }

    /// <summary>Reads a run; what is missing or damaged leads to one exception or another.</summary>
    /// <param name="path">Its folder.</param>
    public static Run Read(string path)
    {
        var config = ReadJson<Config>("config.json");
        var result = ReadJson<RunResult>("result.json");
        Run run = new()
        {
            Id = Path.GetFileName(path),
            Recipe = config.Recipe,
            Continues = config.Continues,
            Source = config.Source,
            IsDemo = config.IsDemo,
            Ceiling = config.Ceiling,
            Data = config.Data,
            LeftOut = config.LeftOut ?? [],
            Bins = config.Bins,
            Train = config.Train,
            TrainCounts = config.TrainCounts ?? [],
            Majority = config.Majority,
            Parameters = config.Parameters,
            Leaks = config.Leaks,
            Sound = config.Sound,
            TopSongs = config.TopSongs ?? [],
            Imported = config.Imported,
            Environment = ReadJson<RunEnvironment>("environment.json"),
            History = ReadCsv<EpochMetrics>("metrics.csv"),
            Predictions = PredictionsFile.Read(Path.Combine(path, "predictions.csv")),
            Validation = File.Exists(Path.Combine(path, "validation.csv"))
                ? PredictionsFile.Read(Path.Combine(path, "validation.csv"))
                : [],
            Baselines = [.. (result.Baselines ?? []).Select(kept => kept.ToBaseline())],
            Failures = File.Exists(Path.Combine(path, "failures.csv")) ? ReadCsv<Failure>("failures.csv") : [],
        };
        Check(run, result);
        return run;

        T ReadJson<T>(string name) =>
            JsonSerializer.Deserialize<T>(File.ReadAllText(Path.Combine(path, name)), Json)
            ?? throw new JsonException($"{name} is empty");

        T[] ReadCsv<T>(string name)
        {
            using CsvReader reader = CsvReader.FromFile(Path.Combine(path, name));
            return [.. reader.GetRecords<T>()];
        }
    }

    private static void Check(Run run, RunResult result)
    {
        if (run.Predictions.Count != result.ByClip.Tested)
            throw new InvalidDataException(
                $"predictions.csv has {run.Predictions.Count} rows, and result.json tells of {result.ByClip.Tested}"
            );
        Prediction? other = run
            .Predictions.Concat(run.Validation)
            .FirstOrDefault(p => p.Probabilities.Length != run.Bins.Count);
        if (other is not null)
            throw new InvalidDataException(
                $"predictions are of {other.Probabilities.Length} classes, and config.json names {run.Bins.Count}"
            );
        // What cannot be scored or shown is damaged too.
        _ = (run.Verdict.InWords(), run.MissingClasses, run.Recipe.ToTable());
    }

    /// <summary>A run's scaler; null where its recipe scales nothing.</summary>
    /// <param name="path">The run's folder.</param>
    /// <exception cref="HitSongException">It is damaged.</exception>
    public static Scaler? ReadScaler(string path)
    {
        string file = Path.Combine(path, "scaler.json");
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<Scaler>(File.ReadAllText(file), Json) : null;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            throw new HitSongException($"{file} cannot be read: {e.Message}", e);
        }
    }
}
