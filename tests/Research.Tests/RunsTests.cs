using HitSong.Corpus;
using HitSong.Experiments;
using Notebooks;
using Tests;

namespace Research.Tests;

[Collection(nameof(KeptRuns))]
public class RunsTests(KeptRuns kept)
{
    [Fact]
    public void Runs_are_listed_a_damaged_one_is_named_and_nothing_goes_without_a_yes()
    {
        using TemporaryFolder store = kept.Copy(kept.Listens, kept.ReadsNumbers);
        File.WriteAllText(store.At($"{kept.ReadsNumbers.Id}/metrics.csv"), "epoch\nfirst\n");
        Directory.CreateDirectory(store.At(".half.999999999"));

        var (listed, table, errors) = Command.Run("runs", "--runs", store.Path);
        Assert.Equal(0, listed);
        Assert.Contains(kept.Listens.Id, table);
        Assert.Contains("1 run, ", table);
        Assert.Contains($"60, {kept.Listens.Data!.Hash[..8]} ", table);
        Assert.Contains("1 folder was left over", table);
        Assert.DoesNotContain(kept.ReadsNumbers.Id, table);
        Assert.Contains($"{store.At(kept.ReadsNumbers.Id)} cannot be read: ", errors);

        var (asked, shown, refusal) = Command.Run("runs", "--prune", "--runs", store.Path);
        Assert.Equal(2, asked);
        Assert.Contains($"{kept.ReadsNumbers.Id} (", shown);
        Assert.Contains("--yes removes them", refusal);
        Assert.Equal(3, Directory.GetDirectories(store.Path).Length);

        Assert.Equal(0, Command.Run("runs", "--prune", "--yes", "--runs", store.Path).ExitCode);
        Assert.Equal([store.At(kept.Listens.Id)], Directory.GetDirectories(store.Path));

        Assert.Equal(
            0,
            Command.Run("runs", "tiktok", "--prune", "--keep", "0", "--yes", "--runs", store.Path).ExitCode
        );
        var (empty, words, _) = Command.Run("runs", "--runs", store.Path);
        Assert.Equal(0, empty);
        Assert.Contains("./research train", words);
        Assert.Contains("no folder /nowhere", Command.Run("runs", "--runs", "/nowhere").Errors);
    }

    [Fact]
    public void Weights_of_others_become_a_run_that_answers_as_the_one_they_were_taken_from()
    {
        using TemporaryFolder store = kept.Copy(kept.ReadsNumbers);
        string own = store.At(kept.ReadsNumbers.Id);
        var preparation = TabularPreparation.Load(Path.Combine(own, "columns.json"));
        IEnumerable<string> rows = preparation
            .Numbers.Concat(preparation.Genres)
            .Select((name, i) => $"{name},{preparation.Mean[i]:R},{preparation.Deviation[i]:R}");
        File.WriteAllLines(store.At("scaler.csv"), ["column,mean,scale", .. rows]);
        string[] data = ["--catalogue", kept.Corpus.CataloguePath, "--artists", kept.Corpus.ArtistsPath];
        string[] import =
        [
            "runs",
            "import",
            "spotify-mlp-bins4",
            "--variant",
            "audited",
            "--weights",
            Path.Combine(own, "checkpoint.pth"),
            "--runs",
            store.Path,
            .. data,
        ];

        Assert.Contains("give the scaler", Command.Run(import).Errors);
        var (code, output, errors) = Command.Run([.. import, "--scaler", store.At("scaler.csv")]);

        Assert.True(code == 0, errors);
        Assert.Contains("weights of others (checkpoint.pth)", output);
        Run imported = new RunStore(store.Path).Read(id => id.Contains("imported")).Runs.Single();
        var answers = imported.Predictions.ToDictionary(p => p.Track);
        Assert.Equal(60, answers.Count);
        Assert.All(
            kept.ReadsNumbers.Predictions,
            p => Assert.Equal(p.Probabilities[1], answers[p.Track].Probabilities[1], 1e-5)
        );
        string[] evaluate = ["evaluate", imported.Id, "--runs", store.Path, "--out", store.At("evaluation"), .. data];
        Assert.Contains("which songs trained them is not known", Command.Run(evaluate).Output);
    }

    [Fact]
    public void Runs_are_exported_and_what_one_cannot_be_is_named_beside_the_others()
    {
        using TemporaryFolder store = kept.Copy(kept.Listens, kept.ReadsNumbers);
        string[] export = ["runs", "export", "--runs", store.Path];

        var (code, output, errors) = Command.Run([
            .. export,
            "--onnx",
            store.At("out/onnx"),
            "--tensorboard",
            store.At("out/board"),
            "--table",
            store.At("out/runs.parquet"),
        ]);

        Assert.Equal(1, code);
        Assert.Contains($"{kept.Listens.Id} TikTokLstm recurs", errors);
        Assert.Equal([store.At($"out/onnx/{kept.ReadsNumbers.Id}.onnx")], Directory.GetFiles(store.At("out/onnx")));
        Assert.Equal(2, Directory.GetDirectories(store.At("out/board")).Length);
        Assert.True(File.Exists(store.At("out/runs.parquet")));
        Assert.Contains("runs.parquet", output);
        Assert.Contains("Say in which form", Command.Run(export).Errors);
        Assert.Contains(".parquet or .csv", Command.Run([.. export, "--table", "runs.xlsx"]).Errors);
    }

    [Fact]
    public async Task All_runs_are_a_table_in_a_cell_of_sql()
    {
        using var engine = new Engine(Workspace.CellOptions);
        string? shown = null;
        CellResult ran = await engine.ExecuteAsync(
            $"""
            using HitSong.Experiments;
            var runs = new RunStore("{kept.Path}").ToTable();
            #!sql --name best
            #!share --from csharp runs
            SELECT experiment, tested, recipe ->> '$.training.epochs' AS epochs FROM runs ORDER BY experiment
            #!csharp
            record Row(string Experiment, long Tested, string Epochs);
            string.Join("; ", best.Rows<Row>())
            """,
            output => shown = (string?)(output as OutputEvent.Result)?.Data["text/plain"] ?? shown
        );
        Assert.True(ran.Error is null, ran.Error is null ? "" : string.Join('\n', ran.Error.Traceback));
        Assert.Equal(
            $"Row {{ Experiment = spotify-mlp-bins4, Tested = {kept.ReadsNumbers.Predictions.Count}, "
                + "Epochs = 2 }; "
                + $"Row {{ Experiment = tiktok-lstm, Tested = {kept.Listens.Verdict.BySong.Confusion.Total}, "
                + "Epochs = 2 }",
            shown
        );
    }
}
