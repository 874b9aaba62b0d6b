using System.CommandLine;
using System.Text.Json;
using HitSong;
using HitSong.Attribution;
using HitSong.Audio;
using HitSong.Charts;
using HitSong.Corpus;
using HitSong.Experiments;
using HitSong.Features;
using HitSong.Features.Descriptors;
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
            Execute([.. parsed.GetValue(files)!.Select(file => (file.FullName, file.Name))], [], parsed, ranked: false)
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
            AudioFolder audio = AudioFolder.Read(root);
            Failure[] rejected = [.. audio.Rejected.Select(Failure.Of)];
            if (audio.Files.Count == 0)
            {
                ResultsTable.Print(rejected);
                throw new HitSongException($"no audio file in {root}");
            }
            return Execute([.. audio.Files.Select(n => (Path.Combine(root, n), n))], rejected, parsed, ranked: true);
        });
        return command;
    }

    private static int Execute(
        (string Path, string Name)[] files,
        IReadOnlyList<Failure> rejected,
        ParseResult parsed,
        bool ranked
    )
    {
        using Predictor predictor = Load(parsed.GetValue(Runs) ?? Workspace.Runs, parsed.GetValue(Model));
        var failures = new List<Failure>(rejected);
        var songs = new List<(string File, SongPrediction Song, Heard? Heard)>();
        foreach ((string file, string name) in files)
        {
            try
            {
                songs.Add(ranked ? (name, predictor.Predict(file), null) : Hear(predictor, file, name));
            }
            catch (AudioException e)
            {
                failures.Add(new(file, e.Reason));
            }
            catch (FeatureException e)
            {
                failures.Add(new(file, $"gives no features: {e.Message}"));
            }
        }
        if (ranked)
            songs =
            [
                .. songs
                    .OrderBy(song => song.Song.Unlike is not null)
                    .ThenByDescending(song => song.Song.Song.Select((p, c) => p * c).Sum()),
            ];
        double?[] beforeNext = [.. songs.Select((_, i) => BeforeNext(i))];
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(ToJson(predictor, songs, beforeNext, failures));
        }
        else
        {
            if (songs.Count > 0)
                Print(predictor, songs, beforeNext, ranked);
            ResultsTable.Print(failures);
        }
        return failures.Count > 0 ? 1 : 0;

        double? BeforeNext(int i) =>
            ranked && i + 1 < songs.Count && songs[i + 1].Song.Unlike is null
                ? songs[i].Song.ChanceAbove(songs[i + 1].Song)
                : null;
    }

    // What was measured of a song, and what that means where the model is given it.
    private sealed record Heard(DescribedFile Sound, Contributions? Contributions, IReadOnlyList<string> Advice);

    private static (string, SongPrediction, Heard) Hear(Predictor predictor, string file, string name)
    {
        Run run = predictor.Run;
        FeatureMatrix values = DescriptorExtractor.ValuesOf(SoundDescription.Of(file));
        DescribedFile sound = DescribedFile.Of(name, values);
        if (run.Recipe.Descriptors.Count == 0)
            return (name, predictor.Predict(file), new(sound, null, []));
        SongPrediction song = predictor.Predict([(0, values)]);
        return song.Unlike is not null
            ? (name, song, new(sound, null, []))
            : (name, song, new(sound, predictor.Contributions(values, run.Bins.Count - 1), Advice.Of(run, values)));
    }

    private static string ToJson(
        Predictor predictor,
        List<(string File, SongPrediction Song, Heard? Heard)> songs,
        double?[] beforeNext,
        List<Failure> failures
    )
    {
        Run run = predictor.Run;
        var answers = songs.Zip(
            beforeNext,
            (song, before) =>
                new
                {
                    file = song.File,
                    answer = song.Song.Unlike is null ? run.Bins.Names[song.Song.Answer] : null,
                    probabilities = song.Song.Unlike is null ? song.Song.Song : null,
                    low = song.Song.Low,
                    high = song.Song.High,
                    unlike = song.Song.Unlike,
                    clips = song.Song.Clips.Select(clip => new
                    {
                        start = clip.Start,
                        probabilities = song.Song.Unlike is null ? clip.Probabilities : null,
                    }),
                    rightlyBeforeNext = before,
                    tooCloseToCall = before is double p ? IsTooClose(p) : (bool?)null,
                    key = song.Heard?.Sound.Key,
                    sound = song.Heard is { } heard ? Measured(heard.Sound) : null,
                    contributions = song.Heard?.Contributions?.Changes.ToDictionary(c => c.Name, c => c.Change),
                    advice = song.Heard?.Advice,
                }
        );
        var document = new
        {
            model = run.Id,
            verdict = VerdictInWords(run),
            skill = run.Verdict.Skill,
            calibrated = predictor.IsCalibrated,
            calibration = predictor.CalibrationInWords,
            target = Target(run),
            classes = run.Bins.Names,
            songs = answers,
            failures = failures.Select(failure => new { file = failure.Path, reason = failure.Reason }),
        };
        return JsonSerializer.Serialize(document, new JsonSerializerOptions { WriteIndented = true });
    }

    private static Dictionary<string, double?> Measured(DescribedFile sound) =>
        Descriptor
            .All.Where(descriptor => !descriptor.IsElement)
            .ToDictionary(d => d.Name, d => double.IsFinite(sound[d.Name]) ? sound[d.Name] : (double?)null);

    private static void Print(
        Predictor predictor,
        List<(string File, SongPrediction Song, Heard? Heard)> songs,
        double?[] beforeNext,
        bool ranked
    )
    {
        Run run = predictor.Run;
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("song");
        foreach (string name in run.Bins.Names)
            table.AddColumn(new TableColumn(Markup.Escape($"{Target(run)} {name}")).RightAligned());
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
        foreach (((string file, SongPrediction song, _), string before) in songs.Zip(order))
        {
            if (song.Unlike is not null)
            {
                table.AddRow([Markup.Escape(file), .. run.Bins.Names.Select(_ => "–"), "not told", "–", worth]);
                continue;
            }
            string last = ranked
                ? before
                : string.Join(
                    " ",
                    song.Clips.Select(clip => FormattableString.Invariant($"{clip.Probabilities[^1]:0%}"))
                );
            table.AddRow([
                Markup.Escape(file),
                .. song.Song.Select(
                    (p, c) =>
                        FormattableString.Invariant($"{p:0%}")
                        + (
                            song is { Low: { } low, High: { } high }
                                ? FormattableString.Invariant($" ({low[c]:0%} to {high[c]:0%})")
                                : ""
                        )
                ),
                Markup.Escape(run.Bins.Names[song.Answer]),
                last,
                worth,
            ]);
        }
        AnsiConsole.Write(table);
        foreach ((string file, SongPrediction song, _) in songs.Where(song => song.Song.Unlike is not null))
            Console.WriteLine($"{file}: {song.Unlike}");
        foreach (Heard heard in songs.Select(song => song.Heard).OfType<Heard>())
            Console.WriteLine($"\n{InWords(heard, run)}");
        Console.WriteLine($"\n{run.Id}: {VerdictInWords(run)}");
        string range = predictor.CalibrationInWords;
        if (ranked)
            range += " " + OrderInWords;
        Console.WriteLine(range);
        if (!ranked)
            return;
        var page = new Notebook();
        page.Cells.Add(
            new(
                CellKind.Markdown,
                $"# Which song first?\n\nWhat `{run.Id}` says: {VerdictInWords(run)}.\n\n{range}",
                "words"
            )
        );
        var chart = new NotebookCell(CellKind.Code, "", "chart");
        chart.Show(Plot.Ranking([.. songs.Zip(order, (song, before) => (song.File, song.Song, before))], Target(run)));
        page.Cells.Add(chart);
        string path = Path.Combine(Workspace.Artifacts, "rank.html");
        WholeFile.Write(path, NotebookHtml.Render(page));
        Console.WriteLine($"\nChart: {Path.GetRelativePath(Environment.CurrentDirectory, path)}");
    }

    private static string InWords(Heard heard, Run run)
    {
        string Text(string name) => Descriptor.All[Descriptor.PlaceOf(name)].Text(heard.Sound[name]);
        string words =
            $"{heard.Sound.File} sounds so: {Text("tempo")}, {heard.Sound.Key ?? "no key"}, "
            + $"{Text("loudness_integrated")}, true peak {Text("true_peak")}, {Text("onset_rate")} onsets, centroid "
            + $"{Text("spectral_centroid_mean")} (./research describe tells all).";
        if (heard.Contributions is { } contributions)
        {
            IEnumerable<string> most = contributions
                .Changes.OrderByDescending(change => Math.Abs(change.Change))
                .Take(3)
                .Select(change => FormattableString.Invariant($"{change.Name} {100 * change.Change:+0.0;−0.0}"));
            words +=
                $"\nWhat counts most for {Target(run)} {run.Bins.Names[^1]}, in percentage points: "
                + $"{string.Join(", ", most)}.";
        }
        return heard.Advice.Count == 0 ? words : $"{words}\nIt is {string.Join("; ", heard.Advice)}.";
    }

    internal static string Target(Run run) => run.Recipe.Label.Target.ToString().ToLowerInvariant();

    private const string OrderInWords =
        "An order is right with the chance that the first is of a higher class, two of one class being even, if the "
        + "probabilities are exact.";

    /// <summary>Whether the probability that one song is before another says too little to name an order.</summary>
    internal static bool IsTooClose(double above) => Math.Abs(above - 0.5) < 0.1;

    private const string DemoWarning =
        "trained on the demo corpus, synthesized songs with made-up popularity, so this is an exercise and no "
        + "forecast; ";

    // The model's measured skill stands beside all that it says.
    internal static string VerdictInWords(Run run) =>
        (
            run.Imported is { } imported ? $"weights of others ({imported.File}), asked about {run.Source}; "
            : run.IsDemo ? DemoWarning
            : ""
        )
        + $"on {run.Verdict.BySong.Confusion.Total} test {run.Recipe.Voter}s {run.Verdict.BySong.Accuracy:0.0%} right, "
        + $"{run.Verdict.BySong.Interval}, where the best constant answer is right in "
        + $"{run.Verdict.BySong.BestConstant:0.0%}"
        + (run.Verdict.BySong.RocAuc is double auc ? $"; ROC-AUC {auc:0.00}" : "")
        + (run.Verdict.SkillInWords is { } skill ? $"; skill {skill}" : "")
        + (
            run.Verdict.Leaks
                ? $"; {run.SongsMet:N0} of {run.Predictions.Count:N0} test {run.Recipe.Item}s are of songs that it met "
                    + "in training or validation, so all this is too good"
                : ""
        );

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
    /// The run of the largest skill (else ROC-AUC) that listens, or that reads a catalogue's numbers: of real songs
    /// where there is one, and an audited one; null where none can be asked.
    /// </summary>
    internal static Run? Best(IEnumerable<Run> runs, bool listens) =>
        runs.Where(run => run.Recipe.Features is not null == listens && Predictor.CanAsk(run))
            .MaxBy(run =>
                (
                    !run.IsDemo,
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
