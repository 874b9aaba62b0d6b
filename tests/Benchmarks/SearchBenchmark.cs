using System.CommandLine;
using System.Globalization;
using HitSong.Corpus;
using HitSong.Experiments;
using Spectre.Console;

namespace Benchmarks;

/// <summary>
/// How low the validation loss of <c>hiphop-mlp</c> on the demo corpus comes at random and by searching, at equal cost
/// in epochs. Networks of a grid are trained once; each of many searches then reads its losses there, of the nearest
/// learning rate, so that the difference is no matter of luck.
/// </summary>
internal static class SearchBenchmark
{
    private const int Epochs = 8,
        Trials = 30;

    // So many trials of ASHA train about as many epochs: one in three goes on at least, at first more.
    private const int Asynchronous = 105,
        AsynchronousProposed = 80;

    private static readonly double[] rates = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1];

    private static readonly SweepField[] others =
    [
        .. new[]
        {
            "Training.Optimizer=Adam,Sgd",
            "Training.Momentum=0,0.9 when Training.Optimizer=Sgd",
            "Training.BatchSize=16,64",
            "Model.Dropout=0,0.5",
        }.Select(SweepField.Parse),
    ];

    public static Command Command()
    {
        Option<int> seeds = new("--seeds") { Description = "Searches of each kind", DefaultValueFactory = _ => 200 };
        Option<DirectoryInfo> store = new("--store")
        {
            Description = "Where the grid's networks are kept",
            DefaultValueFactory = _ => new(Path.Combine(Machine.Root(), "artifacts", "search")),
        };
        Command command = new("search", "What a search of hiphop-mlp's fields finds, beside as many epochs at random.")
        {
            seeds,
            store,
        };
        command.SetAction(parsed => Run(parsed.GetValue(seeds), new(parsed.GetValue(store)!.FullName)));
        return command;
    }

    private static int Run(int seeds, RunStore store)
    {
        Source source = Source.Demo(DemoCorpus.Open(Path.Combine(Machine.Root(), "data", "demo", "corpus")));
        Recipe start = Recipes.Find("hiphop-mlp", "audited").AtDemoScale().With("Training.Threads", "1");
        string list = string.Join(',', rates.Select(rate => rate.ToString(CultureInfo.InvariantCulture)));
        Dictionary<string, double> losses = [];
        foreach (int epochs in (int[])[1, 2, Epochs])
        {
            Sweep grid = Sweep.Grid(
                start.With("Training.Epochs", $"{epochs}"),
                [SweepField.Parse($"Training.LearningRate={list}"), .. others]
            );
            foreach (SweepResult result in grid.Execute(source, store).Ranked)
                losses[Key(epochs, result.Trial)] = result.ValidationLoss;
            Console.WriteLine($"{grid.Count} networks of {epochs} epochs");
        }

        SweepField[] fields = [SweepField.Parse("Training.LearningRate=0.00001..0.1"), .. others];
        start = start.With("Training.Epochs", $"{Epochs}");
        (string Name, Func<ulong, Sweep> Make)[] ways =
        [
            ("random", seed => Sweep.Random(start, fields, Trials, seed)),
            ("TPE, one at once", seed => Sweep.TreeParzen(start, fields, Trials, seed, atOnce: 1)),
            ("TPE, four at once", seed => Sweep.TreeParzen(start, fields, Trials, seed, atOnce: 4)),
            ("random, twice as many", seed => Sweep.Random(start, fields, 2 * Trials, seed)),
            ("random, ASHA", seed => Sweep.Random(start, fields, Asynchronous, seed, halving: 3).Asynchronous()),
            ("TPE, ASHA", seed => Sweep.TreeParzen(start, fields, AsynchronousProposed, seed, halving: 3)),
        ];
        double[] ended = [.. losses.Where(of => of.Key.StartsWith($"{Epochs} ")).Select(of => of.Value).Order()];
        double[] atRandom = Found(ways[0].Make);
        Table table = new Table().Border(TableBorder.Rounded);
        foreach (string column in (string[])["", "epochs", "mean best", "median", "found the best", "below random's"])
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var (name, make) in ways)
        {
            double[] found = name == "random" ? atRandom : Found(make);
            var pairs = found.Zip(atRandom).ToArray();
            table.AddRow(
                name,
                $"{make(0).NewPlan().Follow(_ => { }, LossOf).Sum(training => NewEpochs(make(0), training.Step)):0}",
                $"{found.Average():0.0000}",
                $"{found.Order().ElementAt(seeds / 2):0.0000}",
                $"{found.Average(loss => loss == ended[0] ? 1.0 : 0):0%}",
                $"{pairs.Count(pair => pair.First < pair.Second)}, above {pairs.Count(p => p.First > p.Second)}"
            );
        }
        AnsiConsole.Write(table);
        Console.WriteLine($"Of the grid: best {ended[0]:0.0000}, median {ended[ended.Length / 2]:0.0000}.");
        Console.WriteLine(
            $"{Trials} at random are expected at {ExpectedAtRandom(losses):0.0000}. {Machine.Description}"
        );
        return 0;

        double[] Found(Func<ulong, Sweep> make) =>
            [
                .. Enumerable
                    .Range(0, seeds)
                    .Select(seed =>
                    {
                        Sweep sweep = make((ulong)seed);
                        var all = sweep.NewPlan().Follow(_ => { }, LossOf);
                        return all.Where(training => training.Step.Rung == sweep.Rungs.Count - 1).Min(t => t.Loss);
                    }),
            ];

        double LossOf(SweepPlan.Step step, IReadOnlyList<SweepPlan.Step> underWay) =>
            losses[Key(step.Epochs ?? Epochs, step.Trial)];
    }

    private static double NewEpochs(Sweep sweep, SweepPlan.Step step) =>
        (step.Epochs ?? Epochs) - (step.Rung == 0 ? 0 : sweep.Rungs[step.Rung - 1]!.Value);

    private static string Key(int epochs, Trial trial)
    {
        double wanted = trial.Recipe.Training.LearningRate,
            nearest = rates.MinBy(rate => Math.Abs(Math.Log(rate / wanted)));
        return $"{epochs} {nearest} {string.Join(' ', trial.Values.Skip(1))}";
    }

    // The mean of the least of so many independent draws, by the probability of each cell.
    private static double ExpectedAtRandom(Dictionary<string, double> losses)
    {
        double mean = 0,
            below = 0;
        foreach (var (key, loss) in losses.Where(of => of.Key.StartsWith($"{Epochs} ")).OrderBy(of => of.Value))
        {
            int place = Array.FindIndex(rates, rate => key.StartsWith($"{Epochs} {rate} "));
            double low = place == 0 ? rates[0] : Math.Sqrt(rates[place - 1] * rates[place]),
                high = place == rates.Length - 1 ? rates[^1] : Math.Sqrt(rates[place] * rates[place + 1]),
                share = Math.Log(high / low) / Math.Log(rates[^1] / rates[0]),
                probability = share / (key.Contains("Sgd") ? 16 : 8);
            mean += loss * (Math.Pow(1 - below, Trials) - Math.Pow(Math.Max(0, 1 - below - probability), Trials));
            below += probability;
        }
        return mean;
    }
}
