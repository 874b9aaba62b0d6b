using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using HitSong.Charts;
using HitSong.Corpus;
using HitSong.Experiments;
using HitSong.Tests.Charts;
using Tests;

namespace HitSong.Tests.Experiments;

[Collection(DefaultGenerator.Name)]
public class SweepTests(SmallCorpus corpus)
{
    private static readonly Recipe start = Recipes
        .Find("spotify-mlp-bins4", "audited")
        .With("Training.Epochs", "4")
        .With("Split.Validation", "0.25");

    private static SweepField[] Fields(params string[] fields) => [.. fields.Select(SweepField.Parse)];

    [Fact]
    public void Each_trial_is_the_training_of_its_recipe_and_what_is_done_is_not_done_again()
    {
        using var folder = new TemporaryFolder();
        RunStore store = new(folder.At("sweeps")),
            alone = new(folder.At("alone"));
        Sweep small = Sweep.Grid(start, Fields("training.learningrate=0.001,0.01", "Training.Optimizer=Adam,Sgd"));
        Assert.Equal(["Training.LearningRate", "Training.Optimizer"], small.Fields.Select(field => field.Name));
        Assert.Equal(
            ["0.001 Adam", "0.001 Sgd", "0.01 Adam", "0.01 Sgd"],
            small.Trials.Select(trial => string.Join(' ', trial.Values))
        );
        SweepResults results = small.Execute(corpus.Source, store);
        Assert.Equal(4, results.Ranked.Count);
        Assert.Empty(results.Failures);
        Assert.True(results.IsComparable);
        foreach (SweepResult result in results.Ranked)
        {
            Run expected = Experiment.Execute(
                start
                    .With("Training.LearningRate", result.Trial.Values[0])
                    .With("Training.Optimizer", result.Trial.Values[1]),
                corpus.Source,
                alone
            );
            Assert.Equal(
                expected.Predictions.SelectMany(p => p.Probabilities),
                result.Run.Predictions.SelectMany(p => p.Probabilities)
            );
            Assert.Equal(
                expected.Validation.Average(p => -Math.Log(p.Probabilities[p.Label])),
                result.ValidationLoss,
                1e-9
            );
        }
        // Chosen by the validation's figures, whatever the test's.
        Assert.Equal(results.Ranked.Min(result => result.ValidationLoss), results.Chosen!.ValidationLoss);
        Assert.Contains("The test, looked at for this one alone", results.InWords());

        var written = Directory
            .GetDirectories(folder.At("sweeps"))
            .ToDictionary(path => path, Directory.GetLastWriteTimeUtc);
        SweepResults larger = Sweep
            .Grid(start, Fields("Training.LearningRate=0.001,0.01,0.03", "Training.Optimizer=Adam,Sgd"))
            .Execute(corpus.Source, store);
        Assert.Equal(6, larger.Ranked.Count);
        Assert.Equal(6, Directory.GetDirectories(folder.At("sweeps")).Length);
        Assert.All(written, run => Assert.Equal(run.Value, Directory.GetLastWriteTimeUtc(run.Key)));

        // A share trains its own; the results are all that are there.
        using var shards = new TemporaryFolder();
        var shared = new RunStore(shards.At("sweeps"));
        Assert.Equal(2, small.Execute(corpus.Source, shared, which: trial => trial.Number % 2 == 1).Ranked.Count);
        Assert.Contains("2 of 4 trials are not done", small.Results(corpus.Source, shared).InWords());
        Assert.Equal(4, small.Execute(corpus.Source, shared, which: trial => trial.Number % 2 == 0).Ranked.Count);
        Assert.Equal(
            results.Ranked.Select(result => result.ValidationLoss),
            small.Results(corpus.Source, shared).Ranked.Select(result => result.ValidationLoss)
        );
    }

    [Fact]
    public void A_trial_that_diverges_counts_as_what_it_was_before()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("sweeps"));
        // A step of the second multiplies weights by 1 − 0.01 · 500, until a float holds them no more.
        Sweep sweep = Sweep.Grid(
            start.With("Training.Epochs", "60").With("Training.Optimizer", "Sgd").With("Training.LearningRate", "0.01"),
            Fields("Training.WeightDecay=0,500")
        );
        SweepResults results = sweep.Execute(corpus.Source, store);
        Assert.Empty(results.Failures);
        Assert.Equal(["0", "500"], results.Ranked.Select(result => result.Trial.Values[0]));
        Assert.InRange(results.Ranked[1].Run.History.Count, 1, 59);
        Assert.Equal(
            results.Ranked.Select(result => result.ValidationLoss),
            sweep.Execute(corpus.Source, store).Ranked.Select(result => result.ValidationLoss)
        );
    }

    [Fact]
    public void Halving_gives_the_best_the_epochs()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("sweeps"));
        Sweep sweep = Sweep.Grid(
            start.With("Training.Epochs", "9"),
            Fields("Training.LearningRate=0.00001,0.0001,0.0003,0.001,0.002,0.005,0.01,0.02,0.05"),
            halving: 3
        );
        Assert.Equal([3, 9], sweep.Rungs);
        SweepResults results = sweep.Execute(corpus.Source, store);
        Assert.Equal(9 + 3, Directory.GetDirectories(folder.At("sweeps")).Length);
        Assert.Equal(9, results.Ranked.Count);
        Assert.Equal([9, 9, 9, 3, 3, 3, 3, 3, 3], results.Ranked.Select(result => result.Run.History.Count));
        // Those that went on are the best three of the short trainings.
        Sweep brief = Sweep.Grid(start.With("Training.Epochs", "3"), sweep.Fields);
        var first = brief.Execute(corpus.Source, new RunStore(folder.At("brief"))).Ranked;
        Assert.Equal(
            first.Take(3).Select(result => result.Trial.Number).Order(),
            results.Ranked.Take(3).Select(result => result.Trial.Number).Order()
        );
        Assert.Throws<HitSongException>(() => sweep.Execute(corpus.Source, store, which: _ => true));
        Assert.Throws<HitSongException>(() => Sweep.Grid(start, Fields("Training.Epochs=1,2"), halving: 2));
        Assert.Equal(
            [1, 2, 4],
            Sweep.Grid(start, Fields("Training.LearningRate=0.1,0.2,0.3,0.4,0.5,0.6,0.7"), halving: 2).Rungs
        );
    }

    [Fact]
    public void Halving_that_waits_for_nobody_takes_a_trial_on_as_soon_as_it_is_among_the_best()
    {
        Sweep sweep = Sweep
            .Grid(
                start.With("Training.Epochs", "4"),
                Fields("Training.LearningRate=0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8"),
                halving: 2
            )
            .Asynchronous(atOnce: 2);
        Assert.Equal([1, 2, 4], sweep.Rungs);
        double[] losses = [0.5, 0.4, 0.6, 0.1, 0.3, 0.7, 0.2, 0.8];
        var begun = new List<SweepPlan.Step>();
        var ended = sweep
            .NewPlan()
            .Follow(
                begun.Add,
                (step, underWay) =>
                {
                    Assert.InRange(underWay.Count, 0, 1);
                    return losses[step.Trial.Number - 1];
                }
            );
        // By hand, after Algorithm 2 of Li et al., two workers and a time of one an epoch: trial and rung.
        Assert.Equal(
            "1/0 2/0 2/1 3/0 4/0 5/0 4/1 5/1 6/0 4/2 7/0 7/1 8/0 7/2",
            string.Join(' ', ended.Select(training => $"{training.Step.Trial.Number}/{training.Step.Rung}"))
        );
        Assert.Equal(begun.Count, ended.Count);
        // What gave nothing never goes on.
        var withFailures = sweep.NewPlan().Follow(_ => { }, (_, _) => double.PositiveInfinity);
        Assert.Equal(8, withFailures.Count);
        Assert.Throws<HitSongException>(() => Sweep.Grid(start, sweep.Fields).Asynchronous());
    }

    [Fact]
    public void Cut_off_a_search_goes_on_to_the_same_trials_and_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        SweepField[] fields = Fields(
            "Training.LearningRate=0.0001..0.3",
            "Training.Optimizer=Adam,Sgd",
            "Training.Momentum=0.5..0.99 when Training.Optimizer=Sgd"
        );
        Sweep sweep = Sweep.TreeParzen(start, fields, 14, 5, halving: 2, atOnce: 3);
        var store = new RunStore(folder.At("whole"));
        SweepResults whole = sweep.Execute(corpus.Source, store);
        Assert.Equal((14, 14), (sweep.Count, whole.Ranked.Count));
        Assert.Equal([1, 2, 4], sweep.Rungs);
        // The first ten as they are drawn at random.
        Assert.Equal(
            Sweep.Random(start, fields, 10, 5).Trials.Select(trial => string.Join(' ', trial.Values)),
            whole.Ranked.OrderBy(r => r.Trial.Number).Take(10).Select(r => string.Join(' ', r.Trial.Values))
        );

        // Who went on did so from where it was, and is as if trained anew.
        SweepResult furthest = whole.Chosen!;
        Assert.Equal(4, furthest.Run.History.Count);
        Assert.EndsWith("Epochs=2", furthest.Run.Continues);
        Run anew = Experiment.Execute(furthest.Trial.At(4), corpus.Source, new RunStore(folder.At("anew")));
        Assert.Null(anew.Continues);
        Assert.Equal(anew.History, furthest.Run.History);
        Assert.Equal(
            anew.Predictions.SelectMany(p => p.Probabilities),
            furthest.Run.Predictions.SelectMany(p => p.Probabilities)
        );

        // As a kill leaves it: what ended last is not there, and of the rest one is missing.
        string[] runs = [.. Directory.GetDirectories(folder.At("whole")).Order(StringComparer.Ordinal)];
        Dictionary<string, string> bytes = runs.ToDictionary(run => run, Bytes);
        foreach (
            string last in runs.OrderByDescending(Directory.GetLastWriteTimeUtc).Take(9).Append(runs[0]).Distinct()
        )
            Directory.Delete(last, recursive: true);
        Assert.NotEqual(14, sweep.Results(corpus.Source, store).Ranked.Count);
        SweepResults resumed = sweep.Execute(corpus.Source, store);
        Assert.Equal(
            whole.Rows.Select(row => string.Join(' ', row)),
            resumed.Rows.Select(row => string.Join(' ', row))
        );
        Assert.Equal(bytes, Directory.GetDirectories(folder.At("whole")).ToDictionary(run => run, Bytes));
        Assert.Equal(whole.InWords(), sweep.Results(corpus.Source, store).InWords());

        static string Bytes(string run) =>
            string.Join(
                ' ',
                new[] { "config.json", "metrics.csv", "validation.csv", "checkpoint.safetensors" }.Select(file =>
                    Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(run, file))))
                )
            );
    }

    [Fact]
    public void A_search_ends_where_there_is_nothing_more_to_try()
    {
        using var folder = new TemporaryFolder();
        // Of the second no network is made.
        Sweep sweep = Sweep.TreeParzen(start, Fields("Training.Optimizer=Adam,Sgd", "Training.Device=cpu,cuda:9"), 50);
        SweepResults results = sweep.Execute(corpus.Source, new RunStore(folder.At("sweeps")));
        Assert.Equal((2, 2), (results.Ranked.Count, results.Failures.Count));
        Assert.Contains("2 of 4 trials are not done", results.InWords());
    }

    [Fact]
    public void A_field_is_tried_where_its_condition_holds()
    {
        // Also where it is named before the one that it depends on, and where its own network has to be there first.
        Sweep sweep = Sweep.Grid(
            start,
            Fields(
                "Training.Momentum=0.5,0.9 when training.optimizer=sgd",
                "Training.Optimizer=Adam,Sgd,RmsProp",
                "Model.Units=[8],[16] when Training.Optimizer=Sgd,RmsProp"
            )
        );
        Assert.Equal(
            [
                "– Adam –",
                .. new[] { "0.5 Sgd [8]", "0.5 Sgd [16]", "– RmsProp [8]", "– RmsProp [16]" },
                .. new[] { "0.9 Sgd [8]", "0.9 Sgd [16]" },
            ],
            sweep.Trials.Select(trial => string.Join(' ', trial.Values))
        );
        Assert.Equal([0, 0.5, 0.5, 0, 0, 0.9, 0.9], sweep.Trials.Select(trial => trial.Recipe.Training.Momentum));
        using var folder = new TemporaryFolder();
        string name = sweep.NameOf(sweep.Trials[0], null, corpus.Source, new RunStore(folder.At("sweeps")));
        Assert.EndsWith("-Optimizer=Adam", name);

        Sweep drawn = Sweep.Random(
            start,
            Fields("Training.Optimizer=Adam,Sgd", "Training.Momentum=0.5..0.99 when Training.Optimizer=Sgd"),
            40
        );
        // All of Adam are one.
        Assert.Single(drawn.Trials, trial => trial.Values[0] == "Adam");
        Assert.All(drawn.Trials, trial => Assert.Equal(trial.Values[0] == "Sgd", trial.Values[1] != SweepField.Left));
    }

    [Theory]
    [InlineData("Training.Momentum=0,0.9 when Training.Optimizer=Sgd", "Training.Optimizer is not tried")]
    [InlineData("Training.Momentum=0,0.9 when Sgd", "FIELD=… when OTHERFIELD=VALUE")]
    [InlineData(
        "Training.Optimizer=Adam,AdamW|Training.Momentum=0,0.9 when Training.Optimizer=Sgd",
        "which is not among Adam, AdamW"
    )]
    [InlineData(
        "Training.Momentum=0,0.9 when Training.Epsilon=1|Training.Epsilon=1,2 when Training.Momentum=0",
        "depends on itself"
    )]
    public void A_condition_that_cannot_hold_is_refused(string fields, string said) =>
        Assert.Contains(
            said,
            Assert.Throws<HitSongException>(() => Sweep.Grid(start, Fields(fields.Split('|')))).Message
        );

    [Fact]
    public void Trials_whose_data_fields_are_equal_share_the_data()
    {
        using var folder = new TemporaryFolder();
        using SharedData shared = new(corpus.Source, folder.At("features"));
        Dataset data = shared.For(start, null);
        foreach (var (field, value) in new[] { ("Training.LearningRate", "0.1"), ("Model.Dropout", "0.5") })
            Assert.Same(data, shared.For(start.With(field, value), null));
        foreach (var (field, value) in new[] { ("Split.Validation", "0.3"), ("Label.Edges", "[30,60]"), ("Seed", "7") })
            Assert.NotSame(data, shared.For(start.With(field, value), null));
        Assert.Same(data, shared.For(start, null));
    }

    [Fact]
    public void A_damaged_trial_is_named_and_the_others_stand()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("sweeps"));
        Sweep sweep = Sweep.Grid(start, Fields("Training.LearningRate=0.001,0.01"));
        string damaged = store.PathOf(sweep.Execute(corpus.Source, store).Ranked[0].Run);
        File.WriteAllText(Path.Combine(damaged, "config.json"), "{");
        SweepResults results = sweep.Execute(corpus.Source, store);
        Assert.Single(results.Ranked);
        Failure failure = Assert.Single(results.Failures);
        Assert.Equal(Path.GetFileName(damaged), failure.Path);
        Assert.Contains($"Remove {damaged}", failure.Reason);
        Directory.Delete(damaged, recursive: true);
        Assert.Equal(2, sweep.Execute(corpus.Source, store).Ranked.Count);

        // One that cannot be trained leaves the others.
        results = Sweep.Grid(start, Fields("Training.Device=cpu,cuda:9")).Execute(corpus.Source, store);
        Assert.Single(results.Ranked);
        Assert.Contains("Device", Assert.Single(results.Failures).Reason);
    }

    [Fact]
    public void Random_trials_are_the_same_for_the_same_seed()
    {
        SweepField[] fields = Fields(
            "Training.LearningRate=0.0001..0.1",
            "Training.BatchSize=8..64",
            "Training.Optimizer=Adam,Sgd"
        );
        Sweep few = Sweep.Random(start, fields, 10, 3),
            many = Sweep.Random(start, fields, 300, 3);
        Assert.Equal(
            few.Trials.Select(trial => string.Join(' ', trial.Values)),
            many.Trials.Take(10).Select(trial => string.Join(' ', trial.Values))
        );
        Assert.NotEqual(few.Trials[0].Values, Sweep.Random(start, fields, 10, 4).Trials[0].Values);
        double[] rates = [.. many.Trials.Select(trial => trial.Recipe.Training.LearningRate)];
        Assert.All(rates, rate => Assert.InRange(rate, 0.0001, 0.1));
        // Over the logarithm half lie below the geometric mean.
        Assert.InRange(rates.Count(rate => rate < Math.Sqrt(0.0001 * 0.1)), 115, 185);
        Assert.All(many.Trials, trial => Assert.InRange(trial.Recipe.Training.BatchSize!.Value, 8, 64));
        Assert.Equal(2, Sweep.Random(start, Fields("Training.Optimizer=Adam,Sgd"), 50).Trials.Count);
    }

    [Fact]
    public void What_a_field_matters_is_its_share_of_the_variance()
    {
        using var folder = new TemporaryFolder();
        Sweep sweep = Sweep.Grid(start, Fields("Training.LearningRate=0.001,0.01,0.03", "Training.BatchSize=16,64"));
        SweepResults results = sweep.Execute(corpus.Source, new RunStore(folder.At("sweeps")));
        string table = JsonSerializer.Serialize(
            results.Ranked.Select(result =>
                new object[] { result.Trial.Values[0], result.Trial.Values[1], result.ValidationLoss }
            )
        );
        double[] expected = JsonSerializer.Deserialize<double[]>(
            Python.Run(
                """
                import sys, json, pandas as pd
                table = pd.DataFrame(json.loads(sys.argv[1]), columns=["rate", "size", "loss"])
                loss = table.loss
                def explained(c): return table.groupby(c).loss.transform("mean").var(ddof=0) / loss.var(ddof=0)
                print(json.dumps([explained(c) for c in ("rate", "size")]))
                """,
                table
            )
        )!;
        Assert.All(expected.Zip(results.Importance), pair => Assert.Equal(pair.First, pair.Second.Share, 1e-9));
        JsonNode[] traces = Plot.ParallelCoordinates(results).TracesAsJson();
        Assert.All(traces, trace => Assert.Equal("scatter", (string)trace["type"]!));
        JsonNode[] lines = [.. traces.Where(trace => (string)trace["mode"]! == "lines")];
        Assert.Equal(6, lines.Length);
        // The last line, above the others, is the chosen one's: it ends at the bottom of the loss.
        Assert.Equal(0, (double)lines[^1]["y"]!.AsArray()[^1]!);
        // Three rates for six lines, and none hides another.
        Assert.Equal(6, lines.Select(line => (double)line["y"]![0]!).Distinct().Count());
        Assert.Equal(2, Plot.Importance(results).TracesAsJson()[0]["y"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("Training.LearningRat=1", "Training.LearningRate")]
    [InlineData("Training.LearningRate=fast", "cannot be fast")]
    [InlineData("Training.Optimizer=Adan", "Adam")]
    [InlineData("Training.LearningRate=0.001..0.01", "no grid")]
    [InlineData("Training.LearningRate=0.1..0.01", "lower one first")]
    [InlineData("Training.LearningRate", "FIELD=VALUE")]
    [InlineData("Training.LearningRate=-1", "above 0")]
    [InlineData("Training.LearningRate=1 training.learningrate=2", "twice")]
    public void What_cannot_be_tried_is_refused(string fields, string said) =>
        Assert.Contains(
            said,
            Assert.Throws<HitSongException>(() => Sweep.Grid(start, Fields(fields.Split(' ')))).Message
        );

    [Fact]
    public void A_value_written_in_two_ways_is_one_trial() =>
        Assert.Equal(
            ["0.001", "0.01"],
            Sweep.Grid(start, Fields("Training.LearningRate=0.001,1e-3,0.01")).Trials.Select(trial => trial.Values[0])
        );

    [Fact]
    public void Without_validation_nothing_is_chosen() =>
        Assert.Contains(
            "no validation set",
            Assert
                .Throws<HitSongException>(() => Sweep.Grid(Recipes.SpotifyBins4, Fields("Training.LearningRate=1")))
                .Message
        );

    [Fact]
    public void Values_in_brackets_keep_their_commas()
    {
        Sweep sweep = Sweep.Grid(start, Fields("Label.Edges=[25,50,75],[20, 60, 90]"));
        Assert.Equal(["[25,50,75]", "[20, 60, 90]"], sweep.Trials.Select(trial => trial.Values[0]));
        using var folder = new TemporaryFolder();
        Assert.Contains(
            "not to be compared",
            sweep.Execute(corpus.Source, new RunStore(folder.At("sweeps"))).InWords()
        );
    }
}
