using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using CsvHelper;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Features;
using HitSong.Models;
using HitSong.Training;
using Tables;
using TorchSharp;

namespace HitSong.Experiments;

/// <summary>
/// Finished runs, a folder each, in plain files: <c>config.json</c> (the recipe, the data, what was fitted),
/// <c>metrics.csv</c> (by epoch), <c>predictions.csv</c> and <c>validation.csv</c> (the items' probabilities),
/// <c>result.json</c> (the verdict), <c>environment.json</c> (when, how long, on what), <c>scaler.json</c> where the
/// recipe scales, <c>columns.json</c> where it reads a catalogue, <c>failures.csv</c> where a file failed, the weights
/// as <c>checkpoint.safetensors</c> and, for Python, <c>checkpoint.pth</c>, and <c>model-card.md</c>
/// (<see cref="ModelCard"/>), whose essentials stand in the <c>.safetensors</c> too. A folder is written beside and
/// renamed into place: it is whole, or it is not there.
/// </summary>
/// <param name="folder">Where the runs lie; made when the first is kept.</param>
/// <example>
/// All runs as one table, which <c>#!share --from csharp runs</c> brings into a <c>#!sql</c> or <c>#!python</c> cell:
/// <code>
/// Table runs = new RunStore("artifacts/runs").ToTable();
/// </code>
/// </example>
public sealed partial class RunStore(string folder)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    // A score as result.json has it.
    private sealed record Figures(
        int Tested,
        double Accuracy,
        Interval Interval,
        Interval? ArtistInterval,
        double MajorityBaseline,
        double? RocAuc,
        double? AveragePrecision,
        double LogLoss,
        double Brier,
        double CalibrationError,
        double BalancedAccuracy,
        double F1,
        int[][] Confusion
    )
    {
        public static Figures Of(Score score) =>
            new(
                score.Confusion.Total,
                score.Accuracy,
                score.Interval,
                score.ArtistInterval,
                score.MajorityBaseline,
                score.RocAuc,
                score.AveragePrecision,
                score.LogLoss,
                score.Brier,
                score.CalibrationError,
                score.Confusion.BalancedAccuracy,
                score.Confusion.F1,
                score.Confusion.Counts
            );

        public Score ToScore() =>
            new(
                new(Confusion),
                Interval,
                ArtistInterval,
                MajorityBaseline,
                RocAuc,
                AveragePrecision,
                LogLoss,
                Brier,
                CalibrationError
            );
    }

    private sealed record KeptBaseline(string Name, string Note, Figures ByClip, Figures BySong)
    {
        public static KeptBaseline Of(Baseline baseline) =>
            new(baseline.Name, baseline.Note, Figures.Of(baseline.ByClip), Figures.Of(baseline.BySong));

        public Baseline ToBaseline() => new(Name, Note, ByClip.ToScore(), BySong.ToScore());
    }

    // What of result.json does not follow from the predictions.
    private sealed record Result(Figures ByClip, IReadOnlyList<KeptBaseline>? Baselines = null);

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
        IReadOnlyList<int>? TrainCounts = null
    );

    /// <summary>The folder of all feature stores, beside the runs.</summary>
    public string Features { get; } = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(folder))!, "features");

    /// <summary>Where a run lies.</summary>
    public string PathOf(Run run) => PathOf(run.Id);

    /// <summary>Where a run of a name lies or would lie.</summary>
    public string PathOf(string id) => Path.Combine(folder, id);

    /// <summary>
    /// A name that no run has: experiment, variant and time, numbered where two began in the same second.
    /// </summary>
    public string NewId(Recipe recipe, DateTime started)
    {
        string time = started.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        string id = $"{recipe.Experiment}-{recipe.Variant}-{time}";
        return Enumerable
            .Range(1, int.MaxValue)
            .Select(n => n == 1 ? id : $"{id}-{n}")
            .First(name => !Directory.Exists(Path.Combine(folder, name)));
    }

    /// <summary>
    /// Where the state of a training lies until its run is kept: always the same for the same recipe and source, so
    /// that one that was cut off is found again.
    /// </summary>
    public string StateOf(Recipe recipe, Source source) => Path.Combine(folder, $".training-{Key(recipe, source)}");

    // Always the same for the same recipe and source, and another for any other.
    internal static string Key(Recipe recipe, Source source)
    {
        IEnumerable<string> settings = recipe.ToFields().Select(field => $"{field.Key} {field.Value}"),
            songs = source.Tracks.Select(t => $"{t.Id} {t.Popularity} {t.Views} {t.Plays}");
        string what = string.Join('\n', [.. settings, .. songs, source.Catalogue ?? ""]);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)));
        return $"{recipe.Experiment}-{recipe.Variant}-{hash[..12]}";
    }

    /// <summary>Keeps a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="model">Its trained model.</param>
    /// <param name="scaler">The scaler that was fitted, if one was.</param>
    /// <param name="preparation">How a catalogue's columns were prepared, if they were.</param>
    /// <returns>The run, under another name where another process has kept one under its name meanwhile.</returns>
    /// <exception cref="HitSongException">The folder cannot be written.</exception>
    public Run Save(Run run, torch.nn.Module model, Scaler? scaler, TabularPreparation? preparation)
    {
        string beside = Path.Combine(folder, $".{run.Id}.{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(beside);
            WriteJson(
                "config.json",
                new Config(
                    run.Recipe,
                    run.Source,
                    run.IsDemo,
                    run.Ceiling,
                    run.Bins,
                    run.Train,
                    run.Majority,
                    run.Parameters,
                    run.Leaks,
                    run.TrainCounts
                )
            );
            WriteJson("result.json", Summary(run));
            WriteJson("environment.json", run.Environment);
            if (scaler is not null)
                WriteJson("scaler.json", scaler);
            preparation?.Save(Path.Combine(beside, "columns.json"));
            WriteCsv("metrics.csv", run.History);
            WritePredictionsTo(Path.Combine(beside, "predictions.csv"), run.Predictions);
            if (run.Validation.Count > 0)
                WritePredictionsTo(Path.Combine(beside, "validation.csv"), run.Validation);
            if (run.Failures.Count > 0)
                WriteCsv("failures.csv", run.Failures);
            ModelCard card = new(run);
            Checkpoint.Save(model, Path.Combine(beside, "checkpoint.safetensors"), card.ToMetadata());
            Checkpoint.Save(model, Path.Combine(beside, "checkpoint.pth"));
            File.WriteAllText(Path.Combine(beside, "model-card.md"), card.ToString());
            while (true)
            {
                try
                {
                    Directory.Move(beside, PathOf(run));
                    return run;
                }
                catch (IOException) when (Directory.Exists(PathOf(run)))
                {
                    run = run with { Id = NewId(run.Recipe, run.Environment.Started) };
                }
            }
        }
        // The last is .NET's for EFBIG: a limit to what a file may hold.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            throw new HitSongException($"The run cannot be kept in {folder}: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(beside))
                Directory.Delete(beside, recursive: true);
        }

        void WriteJson(string name, object value) =>
            File.WriteAllText(Path.Combine(beside, name), JsonSerializer.Serialize(value, Json) + "\n");

        void WriteCsv<T>(string name, IEnumerable<T> rows)
        {
            CsvWriterOptions options = CsvWriterOptions.Default with { NewLine = "\n" };
            using CsvWriter writer = CsvWriter.ToFile(Path.Combine(beside, name), options);
            writer.WriteRecords(rows);
        }
    }

    // track, artist, clip, label, then the probability of each class, to the bit.
    private static void WritePredictionsTo(string path, IReadOnlyList<Prediction> predictions)
    {
        using CsvWriter csv = CsvWriter.ToFile(path, CsvWriterOptions.Default with { NewLine = "\n" });
        csv.WriteHeader([
            "track",
            "artist",
            "clip",
            "label",
            .. predictions[0].Probabilities.Select((_, c) => $"p{c}"),
        ]);
        foreach (Prediction prediction in predictions)
        {
            csv.WriteField(prediction.Track);
            csv.WriteField(prediction.Artist);
            csv.WriteField(prediction.Clip);
            csv.WriteField(prediction.Label);
            foreach (double probability in prediction.Probabilities)
                csv.WriteField(probability.ToString("R", CultureInfo.InvariantCulture));
            csv.EndRecord();
        }
    }

    private static Prediction[] ReadPredictionsFrom(string path)
    {
        using CsvReader csv = CsvReader.FromFile(path);
        csv.ReadHeader();
        int classes = csv.Headers.Count(name => name.Length > 1 && name[0] == 'p' && name[1..].All(char.IsAsciiDigit));
        List<Prediction> predictions = [];
        while (csv.Read())
            predictions.Add(
                new(
                    csv.GetString("track"),
                    csv.GetString("artist"),
                    Number("clip", 0, int.MaxValue),
                    Number("label", 0, classes - 1),
                    [.. Enumerable.Range(0, classes).Select(c => Number($"p{c}", 0.0, 1.0))]
                )
            );
        return predictions.Count > 0 && classes > 1
            ? [.. predictions]
            : throw new InvalidDataException($"{Path.GetFileName(path)} holds no predictions");

        T Number<T>(string column, T least, T most)
            where T : INumber<T> =>
            T.TryParse(csv.GetString(column), CultureInfo.InvariantCulture, out T? value)
            && value >= least
            && value <= most
                ? value
                : throw new InvalidDataException(
                    $"{Path.GetFileName(path)}, row {predictions.Count + 1}: {column} is "
                        + $"\"{csv.GetString(column)}\", and must be a number from {least} to {most}"
                );
    }

    /// <summary>The kept runs, in the order in which they began, and those that cannot be read.</summary>
    /// <param name="which">Which, by their names; all where null.</param>
    public (IReadOnlyList<Run> Runs, IReadOnlyList<Failure> Damaged) Read(Func<string, bool>? which = null)
    {
        var runs = new List<Run>();
        var damaged = new List<Failure>();
        foreach (string path in Directory.Exists(folder) ? Directory.GetDirectories(folder) : [])
        {
            // A name that begins with a dot is of a run that is being written, or whose writing was cut off.
            if (Path.GetFileName(path).StartsWith('.') || which?.Invoke(Path.GetFileName(path)) == false)
                continue;
            try
            {
                runs.Add(Load(path));
            }
            catch (HitSongException e)
            {
                damaged.Add(new(path, $"cannot be read: {e.InnerException!.Message}"));
            }
        }
        return ([.. runs.OrderBy(r => r.Environment.Started)], damaged);
    }

    /// <summary>
    /// All runs as one table, a row each, in the order in which they began, as DuckDB reads it in their files. Scores
    /// are by song where the name says nothing else; <c>low</c> and <c>high</c> are the ends of the 95% interval;
    /// <c>recipe</c> is JSON, of which SQL takes a field by <c>recipe ->> '$.training.learningRate'</c>. A run that
    /// lacks a file, or has one that is no JSON, is passed over: <see cref="Read"/> names it.
    /// </summary>
    public Table ToTable()
    {
        // DuckDB takes these for patterns in a path.
        string files = Path.Combine(GlobSigns().Replace(Path.GetFullPath(folder), "[$0]"), "*", "*.json");
        using Database database = Database.InMemory();
        return database.Query(
            $"""
            WITH
                files AS (
                    SELECT parse_path(filename)[-2] AS run, parse_filename(filename, true) AS name,
                        TRY(decode(content)::JSON) AS json
                    FROM read_blob({Database.Text(files)})
                ),
                runs AS (
                    SELECT run,
                        any_value(json) FILTER (name = 'result') AS result,
                        any_value(json) FILTER (name = 'config') AS config,
                        any_value(json) FILTER (name = 'environment') AS environment
                    FROM files WHERE NOT starts_with(run, '.')
                    GROUP BY run HAVING count(json) FILTER (name IN ('result', 'config', 'environment')) = 3
                )
            SELECT run,
                result ->> '$.experiment' AS experiment,
                result ->> '$.variant' AS variant,
                result ->> '$.source' AS source,
                {Typed("BIGINT", "result", "seed", "epochs", "train", "validation", "parameters")},
                {Typed("BIGINT", "result", "bySong.tested")},
                {Typed("DOUBLE", "result", "bySong.accuracy", "bySong.interval.low", "bySong.interval.high")},
                {Typed("DOUBLE", "result", "bySong.majorityBaseline", "bySong.balancedAccuracy", "bySong.f1")},
                {Typed("DOUBLE", "result", "bySong.rocAuc", "bySong.averagePrecision", "bySong.logLoss")},
                {Typed("DOUBLE", "result", "bySong.brier", "bySong.calibrationError", "ceiling", "skill")},
                TRY_CAST(result ->> '$.byClip.accuracy' AS DOUBLE) AS accuracy_by_clip,
                {Typed("BOOLEAN", "result", "leaks")},
                {Typed("TIMESTAMP", "environment", "started")},
                {Typed("DOUBLE", "environment", "seconds")},
                {Typed("BIGINT", "environment", "threads")},
                environment ->> '$.device' AS device,
                environment ->> '$.commit' AS commit,
                {Typed("BOOLEAN", "environment", "changed")},
                config ->> '$.recipe' AS recipe
            FROM runs ORDER BY started, run
            """
        );

        // Columns are named by the last part of the path, as SQL has it: majority_baseline.
        static string Typed(string type, string file, params string[] paths) =>
            string.Join(", ", paths.Select(path => $"TRY_CAST({file} ->> '$.{path}' AS {type}) AS {NameOf(path)}"));

        static string NameOf(string path) => JsonNamingPolicy.SnakeCaseLower.ConvertName(path.Split('.')[^1]);
    }

    /// <summary>
    /// What could go: runs that are neither among the newest nor among the best (by skill, else ROC-AUC, else accuracy)
    /// of their experiment, variant and source; those that cannot be read; what is left of trainings that were cut off
    /// and of runs that were half written. What a living process works on is not among it.
    /// </summary>
    /// <param name="keep">How many of the newest and of the best stay; 0: none.</param>
    /// <param name="which">Which folders are looked at, by their names; all where null.</param>
    public IReadOnlyList<Superfluous> FindSuperfluous(int keep = 1, Func<string, bool>? which = null)
    {
        var (runs, damaged) = Read(which);
        List<Superfluous> found = [.. damaged.Select(failure => Of(failure.Path, failure.Reason))];
        foreach (var alike in runs.GroupBy(run => (run.Recipe.Experiment, run.Recipe.Variant, run.Source)))
        {
            Run[] newestFirst = [.. alike.Reverse()];
            HashSet<string> stay =
            [
                .. newestFirst.Take(keep).Select(run => run.Id),
                .. newestFirst.OrderByDescending(Merit).Take(keep).Select(run => run.Id),
            ];
            var (experiment, variant, _) = alike.Key;
            string reason =
                keep == 0
                    ? "is a run"
                    : $"is neither among the {keep} newest nor among the {keep} best of {experiment} {variant} on its "
                        + "source";
            found.AddRange(alike.Where(run => !stay.Contains(run.Id)).Select(run => Of(PathOf(run), reason)));
        }
        string[] hidden = Directory.Exists(folder)
            ? Directory.GetDirectories(folder, ".*", new EnumerationOptions { AttributesToSkip = 0 })
            : [];
        foreach (string path in hidden)
        {
            string name = Path.GetFileName(path);
            if (which?.Invoke(name) == false)
                continue;
            if (name.StartsWith(".training-", StringComparison.Ordinal))
            {
                if (TrainingLock.IsHeld(path))
                    continue;
                string time = $"{Directory.GetLastWriteTimeUtc(path):yyyy-MM-dd HH:mm} UTC";
                found.Add(Of(path, $"is of a training that was cut off {time}; the same command would go on with it"));
            }
            else if (HalfWritten().Match(name) is { Success: true } match)
            {
                int process = int.Parse(match.Groups["process"].Value, CultureInfo.InvariantCulture);
                if (!Lives(process))
                    found.Add(Of(path, "is half written, by a process that ended"));
            }
        }
        return [.. found.OrderBy(folder => folder.Path, StringComparer.Ordinal)];

        static Superfluous Of(string path, string reason) => new(path, reason, SizeOf(path));

        static (double, double, double) Merit(Run run) =>
            (run.Verdict.Skill ?? double.NegativeInfinity, run.Verdict.BySong.RocAuc ?? 0, run.Verdict.BySong.Accuracy);

        static bool Lives(int process)
        {
            try
            {
                using Process found = Process.GetProcessById(process);
                return !found.HasExited;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
    }

    /// <summary>Removes a folder that <see cref="FindSuperfluous"/> found.</summary>
    /// <returns>Whether it is gone; not where a training has taken it up since.</returns>
    /// <exception cref="HitSongException">It cannot be removed.</exception>
    public static bool Remove(Superfluous superfluous)
    {
        if (TrainingLock.IsHeld(superfluous.Path))
            return false;
        try
        {
            if (Directory.Exists(superfluous.Path))
                Directory.Delete(superfluous.Path, recursive: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HitSongException($"{superfluous.Path} cannot be removed: {e.Message}", e);
        }
    }

    /// <summary>Bytes of all files below a folder.</summary>
    public static long SizeOf(string path)
    {
        EnumerationOptions all = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return new DirectoryInfo(path).EnumerateFiles("*", all).Sum(file => file.Length);
    }

    [GeneratedRegex(@"[\[*?]")]
    private static partial Regex GlobSigns();

    [GeneratedRegex(@"^\..+\.(?<process>\d{1,9})$")]
    private static partial Regex HalfWritten();

    /// <summary>The runs that this process has kept since <paramref name="start"/>.</summary>
    public IReadOnlyList<Run> OfThisProcess(DateTime start) =>
        [
            .. Read(id => Directory.GetLastWriteTimeUtc(Path.Combine(folder, id)) >= start)
                .Runs.Where(r => r.Environment.ProcessId == Environment.ProcessId && r.Environment.Started >= start),
        ];

    /// <summary>Reads a run.</summary>
    /// <param name="path">Its folder.</param>
    /// <exception cref="HitSongException">A file of it is missing or damaged.</exception>
    public static Run Load(string path)
    {
        try
        {
            var config = ReadJson<Config>("config.json");
            var result = ReadJson<Result>("result.json");
            Run run = new()
            {
                Id = Path.GetFileName(path),
                Recipe = config.Recipe,
                Source = config.Source,
                IsDemo = config.IsDemo,
                Ceiling = config.Ceiling,
                Bins = config.Bins,
                Train = config.Train,
                TrainCounts = config.TrainCounts ?? [],
                Majority = config.Majority,
                Parameters = config.Parameters,
                Leaks = config.Leaks,
                Environment = ReadJson<RunEnvironment>("environment.json"),
                History = ReadCsv<EpochMetrics>("metrics.csv"),
                Predictions = ReadPredictionsFrom(Path.Combine(path, "predictions.csv")),
                Validation = File.Exists(Path.Combine(path, "validation.csv"))
                    ? ReadPredictionsFrom(Path.Combine(path, "validation.csv"))
                    : [],
                Baselines = [.. (result.Baselines ?? []).Select(kept => kept.ToBaseline())],
                Failures = File.Exists(Path.Combine(path, "failures.csv")) ? ReadCsv<Failure>("failures.csv") : [],
            };
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
            return run;
        }
        // Whatever a damaged file leads to.
        catch (Exception e)
        {
            throw new HitSongException($"The run in {path} cannot be read: {e.Message}", e);
        }

        T ReadJson<T>(string name) =>
            JsonSerializer.Deserialize<T>(File.ReadAllText(Path.Combine(path, name)), Json)
            ?? throw new JsonException($"{name} is empty");

        T[] ReadCsv<T>(string name)
        {
            using CsvReader reader = CsvReader.FromFile(Path.Combine(path, name));
            return [.. reader.GetRecords<T>()];
        }
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

    /// <summary>What runs gave, as JSON: of each what its <c>result.json</c> holds.</summary>
    public static string ToJson(IEnumerable<Run> runs) => JsonSerializer.Serialize(runs.Select(Summary), Json) + "\n";

    // No times, so that equal runs are equal.
    private static object Summary(Run run)
    {
        Verdict verdict = run.Verdict;
        return new
        {
            run.Recipe.Experiment,
            run.Recipe.Variant,
            run.Source,
            run.IsDemo,
            run.Recipe.Seed,
            Epochs = run.History.Count,
            Classes = run.Bins.Names,
            run.Train,
            Validation = run.Validation.Count,
            run.Parameters,
            Shared = run.Leaks,
            ByClip = Figures.Of(verdict.ByClip),
            BySong = Figures.Of(verdict.BySong),
            AccuracyByMeanVote = run.AccuracyBy(Vote.Mean),
            AccuracyByMajorityVote = run.AccuracyBy(Vote.Majority),
            Baselines = run.Baselines.Select(KeptBaseline.Of),
            verdict.Ceiling,
            verdict.Skill,
            verdict.Leaks,
            verdict.Published,
            InWords = verdict.InWords(),
        };
    }
}
