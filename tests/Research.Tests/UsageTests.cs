using System.Diagnostics;
using Tests;

namespace Research.Tests;

public class UsageTests
{
    [SkippableFact]
    public void A_notebook_whose_data_is_not_there_says_what_gets_it()
    {
        Skip.If(
            File.Exists(Path.Combine(Repository.Root, "data", "collected", "catalogue.csv")),
            "data/collected/catalogue.csv is there"
        );
        var (exitCode, _, errors) = Command.Run("run", "13");
        Assert.Equal(2, exitCode);
        Assert.Contains("needs data/collected/catalogue.csv: ./research collect tidytuesday", errors);
    }

    [Theory]
    [InlineData("tiktok-lstm", "train", "no-such-experiment")]
    [InlineData("at least 1", "train", "tiktok-lstm", "--epochs", "0")]
    [InlineData("--epochs", "train", "tiktok-lstm", "--epochs", "many")]
    [InlineData("audited", "train", "tiktok-lstm", "--variant", "best")]
    [InlineData("give one of them", "train", "hiphop-mlp", "--repeat", "5", "--folds", "5")]
    [InlineData("at least 2", "train", "hiphop-mlp", "--repeat", "1")]
    [InlineData("belong to --repeat", "train", "hiphop-mlp", "--json")]
    [InlineData("--collection FOLDER", "evaluate", "hiphop-mlp")]
    [InlineData("Training.LearningRate", "sweep", "hiphop-mlp", "--grid", "Training.LerningRate=1")]
    [InlineData(
        "published has no validation",
        "sweep",
        "spotify-mlp-bins4",
        "--variant",
        "published",
        "--grid",
        "Training.LearningRate=1"
    )]
    [InlineData("3/40", "sweep", "hiphop-mlp", "--grid", "Training.LearningRate=1", "--shard", "4/3")]
    [InlineData("--grid", "sweep", "hiphop-mlp")]
    [InlineData("give --asha", "sweep", "hiphop-mlp", "--grid", "Seed=1..9", "--tpe", "3", "--halving", "2")]
    [InlineData("give one of them", "sweep", "hiphop-mlp", "--grid", "Seed=1..9", "--tpe", "3", "--random", "2")]
    [InlineData("--on slurm instead", "sweep", "hiphop-mlp", "--grid", "Seed=1..9", "--tpe", "3", "--shard", "1/2")]
    [InlineData("belongs to --tpe", "sweep", "hiphop-mlp", "--grid", "Seed=1,2", "--at-once", "2")]
    [InlineData("not tried", "sweep", "hiphop-mlp", "--grid", "Seed=1,2 when Training.Optimizer=Sgd")]
    [InlineData("no such folder", "train", "tiktok-lstm", "--audio", "no such folder")]
    [InlineData("--songs", "corpus", "--songs", "many")]
    [InlineData("at least 1", "collect", "deezer", "x", "--count", "0")]
    [InlineData("--connections", "collect", "deezer", "x", "--connections", "some")]
    [InlineData("fly", "fly")]
    [InlineData("no such run", "compare", "no such run")]
    [InlineData("06-tiktok-lstm", "run", "99")]
    [InlineData("Epochs", "run", "06", "--set", "Nope=1")]
    public void Wrong_usage_names_the_thing_and_exits_with_2(string named, params string[] arguments)
    {
        var (exitCode, _, errors) = Command.Run(arguments);
        Assert.Equal(2, exitCode);
        Assert.Contains(named, errors);
        Assert.DoesNotContain("   at ", errors);
        Assert.InRange(errors.Trim().Split('\n').Length, 1, 2);
    }

    [Fact]
    public void The_entry_names_every_verb_of_the_program()
    {
        string help = Command.Script("--help").Output;
        string[] verbs =
        [
            .. Command
                .Run("--help")
                .Output.Split("Commands:")[1]
                .Split('\n')
                .Where(line => line.Length > 2 && line[2] != ' ')
                .Select(line => line.Trim().Split(' ')[0]),
        ];
        Assert.NotEmpty(verbs);
        Assert.All(verbs, verb => Assert.Contains($"\n  {verb} ", help));
    }

    [Fact]
    public void Set_up_has_nothing_to_do_a_second_time()
    {
        Command.Script("setup");
        var (exitCode, output, errors) = Command.Script("setup");
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains("./research run", output);
    }

    [Fact]
    public void A_missing_Chromium_is_noticed_before_anything_is_executed()
    {
        using var folder = new TemporaryFolder("empty");
        var start = new ProcessStartInfo(
            "dotnet",
            [Command.Program, "run", "03", "--save", "--out", folder.At("report")]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PATH"] = folder.Path },
        };
        // Found by the path of this process, not by the other's.
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd(),
            errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal((2, ""), (process.ExitCode, output));
        Assert.Contains("apt-get install chromium", errors);
        Assert.False(Directory.Exists(folder.At("report")));
    }

    [Fact]
    public void A_notebook_in_text_is_executed_where_it_lies()
    {
        using var folder = new TemporaryFolder("dib");
        string file = folder.At("own.dib");
        File.WriteAllText(file, "#!markdown\n\n# My songs\n\n#!csharp\n\n6 * 7\n\n#!html\n\n<b>done</b>\n");
        var (exitCode, _, errors) = Command.Run("run", file, "--out", folder.At("report"));
        Assert.True(exitCode == 0, errors);
        string page = File.ReadAllText(folder.At("report/own.html"));
        Assert.Contains("<pre>42</pre>", page);
        Assert.Contains("<b>done</b>", page);
        File.WriteAllText(file, "#!fsharp\n\nlet x = 1\n");
        (exitCode, _, errors) = Command.Run("run", file, "--out", folder.At("report"));
        Assert.Equal(1, exitCode);
        Assert.Contains("this kernel has no F#", errors);
    }
}
