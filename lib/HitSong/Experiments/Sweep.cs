using System.Collections.Concurrent;
using System.Diagnostics;
using HitSong.Corpus;
using HitSong.Numerics;
using HitSong.Training;

namespace HitSong.Experiments;

/// <summary>
/// Trainings of one recipe with other values of some fields, of which validation chooses one: a grid, so many at random
/// (Bergstra and Bengio 2012), or so many that are proposed one after another from what those before gave (TPE,
/// Bergstra et al. 2011); of a grid or random ones by successive halving (Jamieson and Talwalkar 2016), where all train
/// for a few epochs and only the best for more, and of any asynchronously (ASHA, Li et al. 2020). Each is a run in a
/// store, named by its settings, the songs' content and the code: what is there is not trained again, so a sweep that
/// was killed goes on where it was, to the same numbers, and a larger one takes over what a smaller one has done; what
/// was made from other songs or by other code is not taken for it. A trial that goes on to more epochs goes on from
/// where it was.
/// </summary>
/// <remarks>
/// What a search tries next depends on what is known by then, and that on how fast each training is. So that the same
/// search gives the same trials to the same bytes on any machine and with any number of processes, killed or not, it
/// goes by a clock of its own, which counts epochs: <see cref="AtOnce"/> trainings are under way on it, each takes as
/// long as it has epochs, and what is next follows from those that have ended on that clock. Where a training takes
/// longer than its epochs say, the others wait for it. A trial that gave nothing counts as the worst.
/// </remarks>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var start = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale(epochs: 1, seed: 42);
/// SweepField[] fields =
/// [
///     SweepField.Parse("Training.LearningRate=0.0001..0.01"),
///     SweepField.Parse("Training.Optimizer=Adam,Sgd"),
///     SweepField.Parse("Training.Momentum=0.5..0.99 when Training.Optimizer=Sgd"),
/// ];
/// var results = Sweep.TreeParzen(start, fields, trials: 2).Execute(source, new RunStore("../artifacts/sweeps"));
/// results.Ranked.Count // 2
/// </code></example>
public sealed class Sweep
{
    /// <summary><see cref="AtOnce"/> of a search where nobody says.</summary>
    public const int UsualAtOnce = 2;

    private readonly SearchSpace space;
    private TreeParzenSearch? search;

    private Sweep(
        Recipe start,
        IReadOnlyList<SweepField> fields,
        Func<SearchSpace, IEnumerable<string[]>> values,
        int? halving,
        int? count = null
    )
    {
        space = new(start, fields);
        if (halving < 2)
            throw new HitSongException($"Halving keeps one trial in {halving}: it must be one in 2 or more.");
        if (halving is not null && Fields.Any(field => field.Name == "Training.Epochs"))
            throw new HitSongException(
                "Halving gives each trial its epochs: leave Training.Epochs away, or do without halving."
            );
        // 0.001 and 1e-3 are one trial.
        Trials =
        [
            .. values(space)
                .Select(trial => (Values: trial, Recipe: space.With(trial)))
                .DistinctBy(trial => string.Join('\n', trial.Recipe.ToFields().Values))
                .Select((trial, i) => new Trial(i + 1, trial.Recipe, trial.Values)),
        ];
        Count = count ?? Trials.Count;
        Rungs = halving is int keep ? [.. Halved(start.Training.Epochs, Count, keep).Reverse()] : [null];
        Keep = halving ?? 1;

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
    /// A field is not known or cannot have a value, only a range is given, a condition cannot hold, or the recipe
    /// validates nothing.
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
        return new(start, fields, space => grid.Select(space.Settled), halving);
    }

    /// <summary>So many choices at random, no two alike; fewer where there are not so many.</summary>
    /// <inheritdoc cref="Grid" path="/exception"/>
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
        CheckCount(trials);
        CheckValidation(start);
        return new(start, fields, space => Drawn(space, trials, seed), halving);
    }

    /// <summary>
    /// So many choices, no two alike, the first ten as <see cref="Random"/> draws them and each other from what the
    /// trials before it gave, by a tree-structured Parzen estimator (Bergstra et al. 2011) with the defaults of Optuna.
    /// </summary>
    /// <inheritdoc cref="Grid" path="/exception"/>
    /// <param name="start">The recipe.</param>
    /// <param name="fields">The fields, each with values or a range.</param>
    /// <param name="trials">How many.</param>
    /// <param name="seed">The same seed proposes the same from the same results.</param>
    /// <param name="halving">
    /// One trial in so many goes on, asynchronously (<see cref="Asynchronous"/>); null: all train as long as the recipe
    /// says.
    /// </param>
    /// <param name="atOnce">See <see cref="AtOnce"/>; the fewer, the more each proposal knows.</param>
    public static Sweep TreeParzen(
        Recipe start,
        IReadOnlyList<SweepField> fields,
        int trials,
        ulong seed = 0,
        int? halving = null,
        int atOnce = UsualAtOnce
    )
    {
        CheckCount(trials);
        CheckValidation(start);
        int first = Math.Min(trials, TreeParzenSearch.AtRandom);
        Sweep sweep = new(start, fields, space => Drawn(space, first, seed), halving, trials);
        sweep.search = new(sweep.space, seed);
        return sweep.Under(atOnce, isAsynchronous: halving is not null);
    }

    /// <summary>
    /// The same with halving as ASHA has it (Li et al., "A system for massively parallel hyperparameter tuning",
    /// MLSys 2020): whenever a training ends, the best one in <see cref="Keep"/> of those that have ended on its rung
    /// goes on, and where none is due a trial begins; none waits for the others of its rung.
    /// </summary>
    /// <param name="atOnce">See <see cref="AtOnce"/>.</param>
    /// <exception cref="HitSongException">There is no halving.</exception>
    public Sweep Asynchronous(int atOnce = UsualAtOnce) =>
        Rungs.Count == 1 && Keep == 1
            ? throw new HitSongException("Without halving no trial waits for another: say one in how many goes on.")
            : Under(atOnce, isAsynchronous: true);

    /// <summary>Every value of one field, of which nothing is chosen.</summary>
    internal static Sweep Every(Recipe start, SweepField field) =>
        new(start, [field], _ => field.Values.Select(value => new[] { value }), halving: null);

    /// <summary>What differs between the trials.</summary>
    public IReadOnlyList<SweepField> Fields => space.Fields;

    /// <summary>The trials; of those that are proposed (<see cref="TreeParzen"/>) the first, at random.</summary>
    public IReadOnlyList<Trial> Trials { get; }

    /// <summary>How many trials there are to be.</summary>
    public int Count { get; }

    /// <summary>Epochs of each rung, the fewest first; null: as many as each trial's recipe says.</summary>
    public IReadOnlyList<int?> Rungs { get; }

    /// <summary>From rung to rung one trial in so many goes on.</summary>
    public int Keep { get; }

    /// <summary>
    /// Trainings that are under way at the same time as far as a search is concerned, whatever the number of processes:
    /// what is tried next knows nothing of them. Of a plain sweep, where nothing depends on it, all.
    /// </summary>
    public int AtOnce { get; private init; } = int.MaxValue;

    /// <summary>Whether what is trained next depends on what was found.</summary>
    public bool Searches => AtOnce < int.MaxValue;

    /// <summary>Whether none waits for the others of its rung (<see cref="Asynchronous"/>).</summary>
    internal bool IsAsynchronous { get; private init; }

    private Sweep Under(int atOnce, bool isAsynchronous) =>
        atOnce < 1
            ? throw new HitSongException($"{atOnce} trainings at once are none: at least 1 must be under way.")
            : new(this) { AtOnce = atOnce, IsAsynchronous = isAsynchronous };

    private Sweep(Sweep other) =>
        (space, search, Trials, Count, Rungs, Keep) = (
            other.space,
            other.search,
            other.Trials,
            other.Count,
            other.Rungs,
            other.Keep
        );

    /// <summary>The trial of some values.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="values">The values, in the order of <see cref="Fields"/>.</param>
    /// <exception cref="HitSongException">The recipe cannot have them.</exception>
    public Trial TrialOf(int number, IReadOnlyList<string> values) => new(number, space.With(values), values);

    /// <summary>
    /// The name of a trial's run: its settings in short, and a hash of all of them, of the songs' content and of the
    /// code.
    /// </summary>
    public string NameOf(Trial trial, int? epochs, Source source, RunStore store) =>
        NameOf(trial, epochs, new ContentKey(source, store.Features));

    private string NameOf(Trial trial, int? epochs, ContentKey key)
    {
        IEnumerable<string> settings = Fields
            .Zip(trial.Values)
            .Where(pair => pair.Second != SweepField.Left)
            .Select(pair => $"{LastPart(pair.First.Name)}={pair.Second}");
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
        using SharedData shared = new(source, store.Features);
        return Train(trial, epochs, source, store, shared, progress);
    }

    private Run Train(
        Trial trial,
        int? epochs,
        Source source,
        RunStore store,
        SharedData shared,
        Action<ExperimentProgress>? progress
    )
    {
        string name = NameOf(trial, epochs, shared.Key),
            path = store.PathOf(name);
        if (Directory.Exists(path))
            return RunStore.Load(path);
        int rung = Rungs.Index().First(of => of.Item == epochs).Index;
        string? before = rung == 0 ? null : store.PathOf(NameOf(trial, Rungs[rung - 1], shared.Key));
        try
        {
            return Experiment.Execute(
                Of(trial, epochs),
                source,
                store,
                progress,
                CancellationToken.None,
                name,
                before is not null && Experiment.CanContinue(before, Of(trial, epochs).Training) ? before : null,
                shared
            );
        }
        // It counts as what it was before.
        catch (DivergenceException) when (Directory.Exists(path))
        {
            return RunStore.Load(path);
        }
    }

    /// <summary>
    /// What a process does that <see cref="Execute"/> has started: trains what it is told, line by line, until nothing
    /// more comes.
    /// </summary>
    /// <param name="orders">The lines of its input.</param>
    /// <param name="output">Its output.</param>
    /// <param name="source">The songs.</param>
    /// <param name="store">Where each trial's run is kept.</param>
    public void Serve(IEnumerable<string> orders, TextWriter output, Source source, RunStore store)
    {
        using SharedData shared = new(source, store.Features);
        SweepWorkers.Serve(
            orders,
            output,
            (order, tell) =>
                Train(
                    TrialOf(order.Number, order.Values),
                    order.Epochs,
                    source,
                    store,
                    shared,
                    progress => tell(PartOf(progress))
                )
        );
    }

    /// <summary>Trains what is not yet trained, and reads what all trials gave.</summary>
    /// <param name="source">The songs.</param>
    /// <param name="store">Where each trial's run is kept.</param>
    /// <param name="start">
    /// How a process is started that trains what it is told (<see cref="Serve"/>). Null: all are trained in this one.
    /// </param>
    /// <param name="jobs">Processes side by side; 1 where there are none.</param>
    /// <param name="which">
    /// Which trials this call trains, as a share of a job array; null: all. Not with halving or a search, which need
    /// all results.
    /// </param>
    /// <param name="progress">Told how much is done, 0…1, and what is being done; from several threads.</param>
    /// <param name="cancellation">
    /// Stops the processes, or after the trial that is training in this one. The next call goes on.
    /// </param>
    /// <param name="elsewhere">
    /// Trains on other machines, in place of all the above; null: nobody does. A search asks for the trainings that are
    /// under way together, those of each rung by themselves.
    /// </param>
    /// <exception cref="HitSongException">Shares are asked for with halving or a search.</exception>
    public SweepResults Execute(
        Source source,
        RunStore store,
        Func<ProcessStartInfo>? start = null,
        int jobs = 1,
        Func<Trial, bool>? which = null,
        Action<double, string>? progress = null,
        CancellationToken cancellation = default,
        TrainElsewhere? elsewhere = null
    )
    {
        if (which is not null && (Rungs.Count > 1 || Searches))
            throw new HitSongException(
                "Shares of a sweep know nothing of each other, and halving and searches need all results: "
                    + "leave one of them away."
            );
        using SharedData shared = new(source, store.Features, Reading, cancellation);
        ContentKey key = shared.Key;
        // Once for each kind of features, so that no two processes read the same audio at the same time.
        foreach (var alike in Trials.Where(trial => trial.Recipe.Features is not null).GroupBy(t => t.Recipe.Features))
            if (Missing(alike, Rungs[0], key, store).Count > 0)
                shared.For(alike.First().Recipe, Reading, cancellation);

        using SweepWorkers? workers =
            start is null || elsewhere is not null ? null : new(start, Math.Min(jobs, Count), cancellation);
        var tasks = new Dictionary<SweepPlan.Step, Task>();
        var failures = new Dictionary<string, Failure>();
        var parts = new ConcurrentDictionary<(int Trial, int Rung), double>();
        double whole = Rungs.Select((epochs, rung) => Math.Ceiling(Count / Math.Pow(Keep, rung)) * (epochs ?? 1)).Sum();

        return Follow(Begin, Finish, failures.Values);

        void Begin(SweepPlan.Step step)
        {
            if (workers is not null && IsOurs(step) && !Directory.Exists(PathOf(step)))
                tasks[step] = workers.Train(
                    new(step.Trial.Number, step.Trial.Values, step.Epochs),
                    part => Tell(step.Trial, step.Rung, part)
                );
        }

        SweepResult? Finish(SweepPlan.Step step, IReadOnlyList<SweepPlan.Step> underWay)
        {
            cancellation.ThrowIfCancellationRequested();
            string path = PathOf(step);
            try
            {
                if (!IsOurs(step) && !Directory.Exists(path))
                    return null;
                if (tasks.Remove(step, out Task? training))
                    training.GetAwaiter().GetResult();
                else if (!Directory.Exists(path) && elsewhere is not null)
                    TrainAll(elsewhere, step, underWay);
                else if (!Directory.Exists(path))
                    Train(step.Trial, step.Epochs, source, store, shared, p => Tell(step.Trial, step.Rung, PartOf(p)));
                Tell(step.Trial, step.Rung, 1);
                return SweepResult.Of(step.Trial, RunStore.Load(path));
            }
            catch (HitSongException e)
            {
                string reason =
                    e.InnerException is not null && Directory.Exists(path)
                        ? $"cannot be read: {e.InnerException.Message}. Remove {path}, and the same sweep trains "
                            + "it again"
                        : $"gave nothing: {e.Message}";
                failures[path] = new(Path.GetFileName(path), reason);
                Tell(step.Trial, step.Rung, 1);
                return null;
            }
        }

        // What else is under way on its rung is trained with it.
        void TrainAll(TrainElsewhere train, SweepPlan.Step step, IReadOnlyList<SweepPlan.Step> underWay)
        {
            Trial[] alike = [step.Trial, .. underWay.Where(other => other.Rung == step.Rung).Select(o => o.Trial)];
            var missing = Missing(alike, step.Epochs, key, store);
            var reasons = train(missing, step.Epochs, trained => TellAll(trained, step.Rung));
            foreach (var (trial, path) in missing)
                if (!Directory.Exists(path))
                    tasks[step with { Trial = trial }] = Task.FromException(
                        new HitSongException(reasons.GetValueOrDefault(trial.Number, "is not there"))
                    );
            if (tasks.Remove(step, out Task? failed))
                failed.GetAwaiter().GetResult();
        }

        bool IsOurs(SweepPlan.Step step) => which?.Invoke(step.Trial) ?? true;

        string PathOf(SweepPlan.Step step) => store.PathOf(NameOf(step.Trial, step.Epochs, key));

        void TellAll(IEnumerable<Trial> trained, int rung)
        {
            foreach (Trial trial in trained)
                Tell(trial, rung, 1);
        }

        void Tell(Trial trial, int rung, double part)
        {
            parts[(trial.Number, rung)] = part;
            double all = parts.Sum(of => of.Value * (Rungs[of.Key.Rung] ?? 1));
            int finished = parts.Count(of => of.Value >= 1);
            progress?.Invoke(
                Math.Min(1, all / whole),
                Rungs.Count == 1 ? $"{finished} of {Count} trials" : $"{finished} trainings of {Count} trials"
            );
        }

        void Reading(ExperimentProgress p) => progress?.Invoke(0, $"{p.Stage}, {p.Done} of {p.Total}");
    }

    /// <summary>What the trials gave that are done, in this process or any other.</summary>
    public SweepResults Results(Source source, RunStore store)
    {
        ContentKey key = new(source, store.Features);
        return Follow(_ => { }, (step, _) => Read(step), []);

        SweepResult? Read(SweepPlan.Step step)
        {
            string path = store.PathOf(NameOf(step.Trial, step.Epochs, key));
            try
            {
                return Directory.Exists(path) ? SweepResult.Of(step.Trial, RunStore.Load(path)) : null;
            }
            catch (HitSongException)
            {
                // Execute names it.
                return null;
            }
        }
    }

    /// <summary>What is trained, to be followed once.</summary>
    internal SweepPlan NewPlan() => new(this, search);

    // Follows the plan, and gathers what `finish` gives.
    private SweepResults Follow(
        Action<SweepPlan.Step> begin,
        Func<SweepPlan.Step, IReadOnlyList<SweepPlan.Step>, SweepResult?> finish,
        IEnumerable<Failure> failures
    )
    {
        Dictionary<SweepPlan.Step, SweepResult> results = [];
        var all = NewPlan().Follow(begin, LossOf);
        return new(
            this,
            [
                .. all.OrderBy(training => training.Step.Rung)
                    .ThenBy(training => training.Loss)
                    .ThenBy(training => training.Step.Trial.Number)
                    .Select(training => results.GetValueOrDefault(training.Step))
                    .OfType<SweepResult>(),
            ],
            [.. failures.OrderBy(failure => failure.Path, StringComparer.Ordinal)],
            all.DistinctBy(training => training.Step.Trial.Number).Count()
        );

        double LossOf(SweepPlan.Step step, IReadOnlyList<SweepPlan.Step> underWay)
        {
            if (finish(step, underWay) is not { } result)
                return double.PositiveInfinity;
            results[step] = result;
            return result.ValidationLoss;
        }
    }

    private static void CheckCount(int trials)
    {
        if (trials < 1)
            throw new HitSongException($"{trials} trials are none: at least 1 can be drawn.");
    }

    private static IEnumerable<string[]> Drawn(SearchSpace space, int trials, ulong seed) =>
        Enumerable
            .Range(0, 100 * trials)
            .Select(draw => space.Draw(new SeededRandom(seed, "sweep", draw)))
            .DistinctBy(values => string.Join('\n', values))
            .Take(trials);

    private static void CheckValidation(Recipe start)
    {
        if (start.Split.Validation <= 0)
            throw new HitSongException(
                $"{start.Experiment} {start.Variant} has no validation set to choose by, and the test "
                    + "must not choose: take the audited variant, or set Split.Validation."
            );
    }

    private static Recipe Of(Trial trial, int? epochs) => epochs is int e ? trial.At(e) : trial.Recipe;

    private static double PartOf(ExperimentProgress progress) =>
        progress.Epoch is null ? 0 : (double)progress.Done / progress.Total;
}
