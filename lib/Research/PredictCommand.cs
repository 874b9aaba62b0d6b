using System.CommandLine;
using System.Text.Json;
using HitSong;
using HitSong.Charts;
using HitSong.Corpus;
using HitSong.Experiments;
using HitSong.Features;
using Notebooks;
using Spectre.Console;

namespace Research;

/// <summary><c>./research predict</c> and <c>./research rank</c>: what a trained model says of recordings.</summary>
internal static class PredictCommand
{
    private static readonly Option<string?> Model = new("--model")
    {
        Description =
            "A run, by its name or a part of it that only it has. Without it, the run of the largest "
            + "skill (else ROC-AUC) that listens, an audited one where there is one.",
        HelpName = "RUN",
    };
    private static readonly Option<RunStore?> Runs = Parse.Runs();
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON, for scripts." };

    public static Command Create()
    {
        var files = new Argument<FileInfo[]>("file")
        {
            Description = "Audio files: mp3, m4a, ogg, opus, flac, wav.",
            Arity = ArgumentArity.OneOrMore,
        };
        files.AcceptExistingOnly();
        var command = new Command(
            "predict",
            "Say how songs would likely do, how sure that is, and what the model's word is worth."
        )
        {
            files,
            Model,
            Json,
            Runs,
        };
        command.SetAction(parsed =>
            Execute([.. parsed.GetValue(files)!.Select(file => (file.FullName, file.Name))], parsed, ranked: false)
        );
        return command;
    }

    public static Command CreateRank()
    {
        var folder = new Argument<DirectoryInfo>("folder")
        {
            Description = "A folder of audio files, such as an album.",
        };
        folder.AcceptExistingOnly();
        var command = new Command(
            "rank",
            "Put an album's songs in order, with the chance that each is rightly before the next, and "
                + "chart them in artifacts/rank.html."
        )
        {
            folder,
            Model,
            Json,
            Runs,
        };
        command.SetAction(parsed =>
        {
            string root = parsed.GetValue(folder)!.FullName;
            (string, string)[] files =
            [
                .. FeatureExtraction.FilesBelow(root).Select(name => (Path.Combine(root, name), name)),
            ];
            if (files.Length == 0)
                throw new HitSongException($"no audio file in {root}");
            return Execute(files, parsed, ranked: true);
        });
        return command;
    }

    private static int Execute((string Path, string Name)[] files, ParseResult parsed, bool ranked)
    {
        using Predictor predictor = Load(parsed.GetValue(Runs) ?? Workspace.Runs, parsed.GetValue(Model));
        var failures = new List<Failure>();
        var songs = new List<(string File, SongPrediction Song)>();
        foreach ((string file, string name) in files)
        {
            try
            {
                songs.Add((name, predictor.Predict(file)));
            }
            catch (HitSong.Audio.AudioException e)
            {
                failures.Add(new(file, e.Reason));
            }
            catch (FeatureException e)
            {
                failures.Add(new(file, $"gives no features: {e.Message}"));
            }
        }
        if (ranked)
            songs = [.. songs.OrderByDescending(song => song.Song.Song.Select((p, c) => p * c).Sum())];
        double?[] beforeNext = [.. songs.Select((_, i) => BeforeNext(i))];
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(ToJson(predictor.Run, songs, beforeNext, failures));
        }
        else
        {
            if (songs.Count > 0)
                Print(predictor.Run, songs, beforeNext, ranked);
            ResultsTable.Print(failures);
        }
        return failures.Count > 0 ? 1 : 0;

        double? BeforeNext(int i) =>
            ranked && i + 1 < songs.Count ? predictor.Above(songs[i].Song, songs[i + 1].Song) : null;
    }

    private static string ToJson(
        Run run,
        List<(string File, SongPrediction Song)> songs,
        double?[] beforeNext,
        List<Failure> failures
    )
    {
        var answers = songs.Zip(
            beforeNext,
            (song, before) =>
                new
                {
                    file = song.File,
                    answer = run.Bins.Names[song.Song.Answer],
                    probabilities = song.Song.Song,
                    low = song.Song.Low,
                    high = song.Song.High,
                    clips = song.Song.Clips.Select(clip => new
                    {
                        start = clip.Start,
                        probabilities = clip.Probabilities,
                    }),
                    rightlyBeforeNext = before,
                    tooCloseToCall = before is double p ? IsTooClose(p) : (bool?)null,
                }
        );
        var document = new
        {
            model = run.Id,
            worth = Worth(run),
            skill = run.Verdict.Skill,
            calibrated = run.Validation.Count > 0,
            measure = Measure(run),
            classes = run.Bins.Names,
            songs = answers,
            failures = failures.Select(failure => new { file = failure.Path, reason = failure.Reason }),
        };
        return JsonSerializer.Serialize(document, new JsonSerializerOptions { WriteIndented = true });
    }

    private static void Print(
        Run run,
        List<(string File, SongPrediction Song)> songs,
        double?[] beforeNext,
        bool ranked
    )
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("song");
        foreach (string name in run.Bins.Names)
            table.AddColumn(new TableColumn(Markup.Escape($"{Measure(run)} {name}")).RightAligned());
        table
            .AddColumn("likeliest")
            .AddColumn(ranked ? "before the next" : "clips")
            .AddColumn(new TableColumn("model's skill").RightAligned());
        string[] order =
        [
            .. beforeNext.Select(before =>
                before is not double p ? ""
                : IsTooClose(p) ? FormattableString.Invariant($"too close to call ({p:0%})")
                : FormattableString.Invariant($"right with {p:0%}")
            ),
        ];
        string worth =
            run.Verdict.Skill is double skill ? FormattableString.Invariant($"{skill:0.00}")
            : run.Verdict.BySong.RocAuc is double auc ? FormattableString.Invariant($"ROC-AUC {auc:0.00}")
            : "–";
        foreach (((string file, SongPrediction song), string before) in songs.Zip(order))
        {
            string last = ranked
                ? before
                : string.Join(
                    " ",
                    song.Clips.Select(clip => FormattableString.Invariant($"{clip.Probabilities[^1]:0%}"))
                );
            table.AddRow([
                Markup.Escape(file),
                .. song.Song.Select(
                    (p, c) => FormattableString.Invariant($"{p:0%} ({song.Low[c]:0%} to {song.High[c]:0%})")
                ),
                Markup.Escape(run.Bins.Names[song.Answer]),
                last,
                worth,
            ]);
        }
        AnsiConsole.Write(table);
        Console.WriteLine($"\n{run.Id}: {Worth(run)}");
        string range =
            run.Validation.Count > 0
                ? "The range is what the few songs allow on which the probabilities were calibrated; it "
                    + "says nothing of songs unlike those that the model learned from."
                : "This run kept no validation songs: its probabilities are not calibrated, and how far "
                    + "they may be off is not known.";
        Console.WriteLine(range);
        if (!ranked)
            return;
        var page = new Notebook();
        page.Cells.Add(
            new(CellKind.Markdown, $"# Which song first?\n\nWhat `{run.Id}` says: {Worth(run)}.\n\n{range}", "words")
        );
        var chart = new NotebookCell(CellKind.Code, "", "chart");
        chart.Show(Plot.Ranking([.. songs.Zip(order, (song, before) => (song.File, song.Song, before))], Measure(run)));
        page.Cells.Add(chart);
        string path = Path.Combine(Workspace.Artifacts, "rank.html");
        File.WriteAllText(path, NotebookHtml.Render(page));
        Console.WriteLine($"\nChart: {Path.GetRelativePath(Environment.CurrentDirectory, path)}");
    }

    internal static string Measure(Run run) => run.Recipe.Label.Measure.ToString().ToLowerInvariant();

    /// <summary>Whether the probability that one song is before another says too little to name an order.</summary>
    internal static bool IsTooClose(double above) => Math.Abs(above - 0.5) < 0.1;

    private const string DemoWarning =
        "trained on the demo corpus, synthesized songs with made-up popularity, so this is an exercise and no "
        + "forecast; ";

    // The model's measured skill stands beside all that it says.
    internal static string Worth(Run run) =>
        (run.IsDemo ? DemoWarning : "")
        + $"on {run.Verdict.BySong.Confusion.Total} test songs {run.Verdict.BySong.Accuracy:0.0%} right, "
        + $"{run.Verdict.BySong.Interval}, where the commonest answer alone is right in "
        + $"{run.Verdict.BySong.MajorityBaseline:0.0%}"
        + (run.Verdict.BySong.RocAuc is double auc ? $"; ROC-AUC {auc:0.00}" : "")
        + (run.Verdict.Skill is double skill ? $"; skill {skill:0.00}" : "")
        + (run.Verdict.Leaks ? "; its split leaks, so all this is too good" : "");

    private static Predictor Load(RunStore store, string? name)
    {
        var (runs, damaged) = store.Read();
        if (name is null)
        {
            ResultsTable.Print(damaged);
            Run best =
                Best(runs, listens: true)
                ?? throw new UsageException(
                    "There is no model that listens yet. ./research train descriptor-mlp --variant "
                        + "audited makes one in a minute."
                );
            return Predictor.Load(store.PathOf(best));
        }

        bool IsNamed(string id) => id.Contains(name, StringComparison.OrdinalIgnoreCase);
        var unreadable = damaged.FirstOrDefault(run => IsNamed(Path.GetFileName(run.Path)));
        if (unreadable is not null && !runs.Any(run => IsNamed(run.Id)))
            throw new HitSongException($"{unreadable.Path} {unreadable.Reason}");
        return Predictor.Load(store.PathOf(Named(runs, name)));
    }

    /// <summary>
    /// The run of the largest skill (else ROC-AUC) that listens, or that reads a catalogue's numbers, an audited one
    /// where there is one; null where none can be asked.
    /// </summary>
    internal static Run? Best(IEnumerable<Run> runs, bool listens) =>
        runs.Where(run => run.Recipe.Features is not null == listens && Predictor.CanAsk(run))
            .MaxBy(run =>
                (
                    run.Recipe.Variant == "audited",
                    run.Verdict.Skill ?? double.NegativeInfinity,
                    run.Verdict.BySong.RocAuc ?? 0
                )
            );

    /// <summary>The one run that a name, or a part of it, means.</summary>
    internal static Run Named(IReadOnlyList<Run> runs, string name)
    {
        Run[] named = [.. runs.Where(run => run.Id == name)];
        if (named.Length == 0)
            named = [.. runs.Where(run => run.Id.Contains(name, StringComparison.OrdinalIgnoreCase))];
        if (named.Length == 1)
            return named[0];
        if (runs.Count == 0)
            throw new UsageException(
                $"There is no run {name}. ./research train descriptor-mlp --variant audited makes one."
            );
        if (named.Length == 0)
        {
            string nearest = string.Join(", ", runs.Select(run => run.Id).NearestTo(name));
            throw new UsageException($"There is no run {name}. The nearest: {nearest}.");
        }
        string first = string.Join(", ", named.Take(5).Select(run => run.Id)) + (named.Length > 5 ? ", …" : "");
        throw new UsageException($"{named.Length} runs have {name} in their name: {first}. Name one.");
    }
}
