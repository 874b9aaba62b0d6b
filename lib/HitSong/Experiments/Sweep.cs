using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using HitSong.Corpus;
using HitSong.Numerics;
using HitSong.Training;

namespace HitSong.Experiments;

/// <summary>
/// Trainings of one recipe with other values of some fields, of which validation chooses one: a grid, so many at random
/// (Bergstra and Bengio 2012), or either by successive halving (Jamieson and Talwalkar 2016), where all train for a few
/// epochs and only the best for more. Each is a run in a store, named by its settings, the songs' content and
/// the code: what is there is not trained again, so a sweep that was killed goes on where it was, to the same numbers,
/// and a larger one takes over what a smaller one has done; what was made from other songs or by other code is not
/// taken for it.
/// </summary>
/// <example><code>
/// Recipe start = Recipes.Find("hiphop-mlp", "audited").AtDemoScale();
/// Sweep sweep = Sweep.Grid(start, [SweepField.Parse("Training.LearningRate=0.001,0.0003")]);
/// SweepResults results = sweep.Execute(source, new RunStore("artifacts/sweeps"));
/// </code></example>
public sealed class Sweep
{
    private Sweep(Recipe start, IReadOnlyList<SweepField> fields, IEnumerable<string[]> values, int? halving)
    {
        if (fields.Count == 0)
            throw new HitSongException(
                "There is nothing to try: name a field and its values, as in Training.LearningRate=0.001,0.0003."
            );
        if (halving < 2)
            throw new HitSongException($"Halving keeps one trial in {halving}: it must be one in 2 or more.");
        string[] known = [.. start.ToFields().Keys];
        Fields = [.. fields.Select(field => field with { Name = AsKnown(field.Name) })];
        if (Fields.CountBy(field => field.Name).FirstOrDefault(field => field.Value > 1).Key is { } twice)
            throw new HitSongException($"{twice} is given twice: list all of its values once.");
        if (halving is not null && Fields.Any(field => field.Name == "Training.Epochs"))
            throw new HitSongException(
                "Halving gives each trial its epochs: leave Training.Epochs away, or do without halving."
            );
        // 0.001 and 1e-3 are one trial.
        Trials =
        [
            .. values
                .Select(trial => (Values: trial, Recipe: With(trial)))
                .DistinctBy(trial => string.Join('\n', trial.Recipe.ToFields().Values))
                .Select((trial, i) => new Trial(i + 1, trial.Recipe, trial.Values)),
        ];
        Rungs = halving is int keep ? [.. Halved(start.Training.Epochs, Trials.Count, keep).Reverse()] : [null];
        Keep = halving ?? 1;

        string AsKnown(string field) =>
            known.FirstOrDefault(name => name.Equals(field, StringComparison.OrdinalIgnoreCase)) ?? field;

        Recipe With(string[] trial) =>
            Fields.Zip(trial).Aggregate(start, (recipe, pair) => recipe.With(pair.First.Name, pair.Second));

        static IEnumerable<int?> Halved(int epochs, int trials, int keep)
        {
            for (; ; epochs = Math.Max(1, epochs / keep), trials = (trials + keep - 1) / keep)
            {
                yield return epochs;
                if (epochs == 1 || trials <= keep)
                    yield break;
            }
        }
    }

    /// <summary>Every choice of the fields' values.</summary>
    /// <param name="start">The recipe.</param>
    /// <param name="fields">The fields, each with values.</param>
    /// <param name="halving">
    /// One trial in so many goes on to the next rung, which has so many times the epochs; null: all train as long as
    /// the recipe says.
    /// </param>
    /// <exception cref="HitSongException">
    /// A field is not known or cannot have a value, only a range is given, or the recipe validates nothing.
    /// </exception>
    public static Sweep Grid(Recipe start, IReadOnlyList<SweepField> fields, int? halving = null)
    {
        if (fields.FirstOrDefault(field => field.Range is not null) is { } range)
            throw new HitSongException(
                $"{range.Name} has a range, of which there is no grid: list its values, or let so many "
                    + "trials be drawn at random."
            );
        CheckValidation(start);
        IEnumerable<string[]> grid = [Array.Empty<string>()];
        foreach (SweepField field in fields)
            grid = grid.SelectMany(trial => field.Values.Select(value => (string[])[.. trial, value]));
        return new(start, fields, grid, halving);
    }

    /// <summary>So many choices at random, no two alike; fewer where there are not so many.</summary>
    /// <inheritdoc cref="Grid"/>
    /// <param name="start">The recipe.</param>
    /// <param name="fields">The fields, each with values or a range.</param>
    /// <param name="trials">How many.</param>
    /// <param name="seed">The same seed draws the same; with more trials, the same and others.</param>
    /// <param name="halving">As for a grid.</param>
    public static Sweep Random(
        Recipe start,
        IReadOnlyList<SweepField> fields,
        int trials,
        ulong seed = 0,
        int? halving = null
    )
    {
        if (trials < 1)
            throw new HitSongException($"{trials} trials are none: at least 1 can be drawn.");
        CheckValidation(start);
        var drawn = Enumerable
            .Range(0, 100 * trials)
            .Select(draw => new SeededRandom(seed, "sweep", draw))
            .Select(random => fields.Select(field => field.Draw(random)).ToArray())
            .DistinctBy(values => string.Join('\n', values))
            .Take(trials);
        return new(start, fields, drawn, halving);
    }

    /// <summary>Every value of one field, of which nothing is chosen.</summary>
    internal static Sweep Every(Recipe start, SweepField field) =>
        new(start, [field], field.Values.Select(value => new[] { value }), halving: null);

    /// <summary>What differs between the trials.</summary>
    public IReadOnlyList<SweepField> Fields { get; }

    /// <summary>The trials.</summary>
    public IReadOnlyList<Trial> Trials { get; }

    /// <summary>Epochs of each rung, the fewest first; null: as many as each trial's recipe says.</summary>
    public IReadOnlyList<int?> Rungs { get; }

    /// <summary>From rung to rung one trial in so many goes on.</summary>
    public int Keep { get; }

    /// <summary>
    /// The name of a trial's run: its settings in short, and a hash of all of them, of the songs' content and of the
    /// code.
    /// </summary>
    public string NameOf(Trial trial, int? epochs, Source source, RunStore store) =>
        NameOf(trial, epochs, new ContentKey(source, store.Features));

    private string NameOf(Trial trial, int? epochs, ContentKey key)
    {
        IEnumerable<string> settings = Fields.Zip(trial.Values, (field, value) => $"{LastPart(field.Name)}={value}");
        if (epochs is int e)
            settings = settings.Append($"Epochs={e}");
        string safe = string.Concat(string.Join(',', settings).Select(letter => IsSafe(letter) ? letter : '_'));
        return $"{key.Of(Of(trial, epochs))}-{safe[..Math.Min(safe.Length, 120)]}";

        static string LastPart(string field) => field[(field.LastIndexOf('.') + 1)..];

        static bool IsSafe(char letter) => char.IsAsciiLetterOrDigit(letter) || "=.,-".Contains(letter);
    }

    /// <summary>
    /// Those of some trials of a rung that are not done, each with the folder that its run will have.
    /// </summary>
    /// <param name="trials">The trials.</param>
    /// <param name="epochs">The rung, one of <see cref="Rungs"/>.</param>
    /// <param name="source">The songs.</param>
    /// <param name="store">Where each trial's run is kept.</param>
    public IReadOnlyList<(Trial Trial, string Path)> Missing(
        IEnumerable<Trial> trials,
        int? epochs,
        Source source,
        RunStore store
    ) => Missing(trials, epochs, new ContentKey(source, store.Features), store);

    private IReadOnlyList<(Trial Trial, string Path)> Missing(
        IEnumerable<Trial> trials,
        int? epochs,
        ContentKey key,
        RunStore store
    ) =>
        [
            .. trials
                .Select(trial => (Trial: trial, Path: store.PathOf(NameOf(trial, epochs, key))))
                .Where(run => !Directory.Exists(run.Path)),
        ];

    /// <summary>Trains one trial, or goes on with it where it was cut off; the run where it is done.</summary>
    /// <exception cref="HitSongException">It cannot be trained, or what was kept of it cannot be read.</exception>
    public Run Train(
        Trial trial,
        int? epochs,
        Source source,
        RunStore store,
        Action<ExperimentProgress>? progress = null
    )
    {
        string name = NameOf(trial, epochs, source, store),
            path = store.PathOf(name);
        try
        {
            return Directory.Exists(path)
                ? RunStore.Load(path)
                : Experiment.Execute(Of(trial, epochs), source, store, progress, CancellationToken.None, name);
        }
        // It counts as what it was before.
        catch (DivergenceException) when (Directory.Exists(path))
        {
            return RunStore.Load(path);
        }
    }

    /// <summary>Trains what is not yet trained, and reads what all trials gave.</summary>
    /// <param name="source">The songs.</param>
    /// <param name="store">Where each trial's run is kept.</param>
    /// <param name="start">
    /// How a process that trains one trial (<see cref="Train"/>) is started; it prints how far it is, 0…1, a line each
    /// time. Null: all are trained in this one.
    /// </param>
    /// <param name="jobs">Processes side by side; 1 where there are none.</param>
    /// <param name="which">
    /// Which trials this call trains, as a share of a job array; null: all. Not with halving, whose rungs need all
    /// results.
    /// </param>
    /// <param name="progress">Told how much is done, 0…1, and what is being done; from several threads.</param>
    /// <param name="cancellation">
    /// Stops the processes, or after the trial that is training in this one. The next call goes on.
    /// </param>
    /// <param name="elsewhere">
    /// Trains what a rung lacks on other machines, in place of all the above; null: nobody does.
    /// </param>
    /// <exception cref="HitSongException">Shares are asked for with halving.</exception>
    public SweepResults Execute(
        Source source,
        RunStore store,
        Func<Trial, int?, ProcessStartInfo>? start = null,
        int jobs = 1,
        Func<Trial, bool>? which = null,
        Action<double, string>? progress = null,
        CancellationToken cancellation = default,
        TrainElsewhere? elsewhere = null
    )
    {
        if (which is not null && Rungs.Count > 1)
            throw new HitSongException(
                "Shares of a sweep know nothing of each other, and halving needs all results of a rung: "
                    + "leave one of them away."
            );
        ContentKey key = new(source, store.Features, Reading, cancellation);
        // Once for each kind of features, so that no two trials read the same audio at the same time.
        foreach (var alike in Trials.Where(trial => trial.Recipe.Features is not null).GroupBy(t => t.Recipe.Features))
        {
            if (alike.All(trial => Directory.Exists(store.PathOf(NameOf(trial, Rungs[0], key)))))
                continue;
            Dataset.Prepare(alike.First().Recipe, source, store.Features, Reading, cancellation).Dispose();
        }

        var failures = new ConcurrentDictionary<string, Failure>();
        IReadOnlyList<Trial> left = [.. Trials.Where(trial => which?.Invoke(trial) ?? true)];
        double whole = Rungs
            .Select((epochs, rung) => Math.Ceiling(left.Count / Math.Pow(Keep, rung)) * (epochs ?? 1))
            .Sum();
        double done = 0;
        foreach (int? epochs in Rungs)
        {
            var parts = new ConcurrentDictionary<int, double>();
            IReadOnlyDictionary<int, string> reasons = new Dictionary<int, string>();
            if (elsewhere is not null && Missing(left, epochs, key, store) is { Count: > 0 } missing)
            {
                TellDone(left.Except(missing.Select(run => run.Trial)));
                reasons = elsewhere(missing, epochs, TellDone);
            }
            Parallel.ForEach(
                Partitioner.Create(left, EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = start is null ? 1 : jobs,
                    CancellationToken = cancellation,
                },
                TrainOrNote
            );
            done += left.Count * (epochs ?? 1);
            int goOn = (left.Count + Keep - 1) / Keep;
            left = [.. Read(left, epochs, key, store).Select(result => result.Trial).Take(goOn)];

            void TrainOrNote(Trial trial)
            {
                string path = store.PathOf(NameOf(trial, epochs, key));
                try
                {
                    bool isDone = Directory.Exists(path);
                    if (!isDone && elsewhere is not null)
                        throw new HitSongException(reasons.GetValueOrDefault(trial.Number, "is not there"));
                    if (!isDone && start is not null)
                        Watch(start(trial, epochs), part => Tell(trial, part), cancellation);
                    else if (!isDone)
                        Train(trial, epochs, source, store, p => Tell(trial, PartOf(p)));
                    RunStore.Load(path);
                }
                catch (HitSongException e)
                {
                    string reason =
                        e.InnerException is not null && Directory.Exists(path)
                            ? $"cannot be read: {e.InnerException.Message}. Remove {path}, and the same sweep trains "
                                + "it again"
                            : $"gave nothing: {e.Message}";
                    failures[path] = new(Path.GetFileName(path), reason);
                }
                Tell(trial, 1);
            }

            static double PartOf(ExperimentProgress progress) =>
                progress.Epoch is null ? 0 : (double)progress.Done / progress.Total;

            void Tell(Trial trial, double part)
            {
                parts[trial.Number] = part;
                TellAll();
            }

            void TellDone(IEnumerable<Trial> trials)
            {
                foreach (Trial trial in trials)
                    parts[trial.Number] = 1;
                TellAll();
            }

            void TellAll()
            {
                double all = done + parts.Values.Sum() * (epochs ?? 1);
                int finished = parts.Values.Count(p => p >= 1);
                string ofEpochs = epochs is int e && Rungs.Count > 1 ? $" of {e} epochs" : "";
                progress?.Invoke(Math.Min(1, all / whole), $"{finished} of {left.Count} trials{ofEpochs}");
            }
        }
        return Results(key, store, failures.Values);

        void Reading(ExperimentProgress p) => progress?.Invoke(0, $"{p.Stage}, {p.Done} of {p.Total}");
    }

    /// <summary>What the trials gave that are done, in this process or any other.</summary>
    public SweepResults Results(Source source, RunStore store) =>
        Results(new ContentKey(source, store.Features), store, []);

    private SweepResults Results(ContentKey key, RunStore store, IEnumerable<Failure> failures) =>
        new(
            this,
            [.. Rungs.SelectMany(epochs => Read(Trials, epochs, key, store))],
            [.. failures.OrderBy(failure => failure.Path, StringComparer.Ordinal)]
        );

    private static void CheckValidation(Recipe start)
    {
        if (start.Split.Validation <= 0)
            throw new HitSongException(
                $"{start.Experiment} {start.Variant} has no validation set to choose by, and the test "
                    + "must not choose: take the audited variant, or set Split.Validation."
            );
    }

    private static Recipe Of(Trial trial, int? epochs) => epochs is int e ? trial.At(e) : trial.Recipe;

    // By validation loss, the lowest first.
    private IReadOnlyList<SweepResult> Read(IEnumerable<Trial> trials, int? epochs, ContentKey key, RunStore store)
    {
        List<SweepResult> results = [];
        foreach (Trial trial in trials)
        {
            string path = store.PathOf(NameOf(trial, epochs, key));
            if (!Directory.Exists(path))
                continue;
            try
            {
                results.Add(SweepResult.Of(trial, RunStore.Load(path)));
            }
            catch (HitSongException)
            {
                // Execute names it.
            }
        }
        return [.. results.OrderBy(result => result.ValidationLoss).ThenBy(result => result.Trial.Number)];
    }

    private static void Watch(ProcessStartInfo start, Action<double> progress, CancellationToken cancellation)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        using CancellationTokenRegistration stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        while (process.StandardOutput.ReadLine() is { } line)
            if (double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out double part))
                progress(part);
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
            throw new HitSongException(
                errors.Result.Trim() is { Length: > 0 } said ? said : $"its process ended with {process.ExitCode}"
            );
    }
}
