using System.CommandLine;
using System.Text.Json;
using HitSong;
using HitSong.Corpus;
using HitSong.Experiments;
using HitSong.Features;
using Spectre.Console;

namespace Research;

/// <summary><c>./research predict</c> and <c>./research rank</c>: what a trained model says of recordings.</summary>
internal static class PredictCommand
{
    private static readonly Option<string?> Model = new("--model") { Description = "A run, by its name or a part of it that only it has. Without it, the audited run of the largest skill (else ROC-AUC) that listens.", HelpName = "RUN" };
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON, for scripts." };

    public static Command Create()
    {
        var files = new Argument<FileInfo[]>("file") { Description = "Audio files: mp3, m4a, ogg, opus, flac, wav.", Arity = ArgumentArity.OneOrMore };
        files.AcceptExistingOnly();
        var command = new Command("predict", "Say how songs would likely do, how sure that is, and what the model's word is worth.") { files, Model, Json };
        command.SetAction(parsed => Execute([.. parsed.GetValue(files)!.Select(file => file.FullName)], parsed, ranked: false));
        return command;
    }

    public static Command CreateRank()
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "A folder of audio files, such as an album." };
        folder.AcceptExistingOnly();
        var command = new Command("rank", "Put an album's songs in order, with the chance that each is rightly before the next.") { folder, Model, Json };
        command.SetAction(parsed =>
        {
            string root = parsed.GetValue(folder)!.FullName;
            string[] files = [.. FeatureExtraction.FilesBelow(root).Select(name => Path.Combine(root, name))];
            if (files.Length == 0) throw new HitSongException($"no audio file in {root}");
            return Execute(files, parsed, ranked: true);
        });
        return command;
    }

    private static int Execute(string[] files, ParseResult parsed, bool ranked)
    {
        using Predictor predictor = Load(parsed.GetValue(Model));
        var failures = new List<Failure>();
        var songs = new List<(string File, SongPrediction Song)>();
        foreach (string file in files)
        {
            try
            {
                songs.Add((Path.GetFileName(file), predictor.Predict(file)));
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
        if (ranked) songs = [.. songs.OrderByDescending(song => song.Song.Song.Select((p, c) => p * c).Sum())];
        double?[] beforeNext = [.. songs.Select((song, i) => ranked && i + 1 < songs.Count ? predictor.Above(song.Song, songs[i + 1].Song) : (double?)null)];
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                model = predictor.Run.Id, worth = Worth(predictor.Run), classes = predictor.Run.Bins.Names,
                songs = songs.Zip(beforeNext, (song, before) => new { file = song.File, answer = predictor.Run.Bins.Names[song.Song.Answer], probabilities = song.Song.Song, low = song.Song.Low, high = song.Song.High, clips = song.Song.Clips.Select(clip => new { start = clip.Start, probabilities = clip.Probabilities }), rightlyBeforeNext = before }),
                failures = failures.Select(failure => new { file = failure.Path, reason = failure.Reason }),
            }, new JsonSerializerOptions { WriteIndented = true }));
        }
        else
        {
            Print(predictor, songs, beforeNext, ranked);
            ResultsTable.Print(failures);
        }
        return failures.Count > 0 ? 1 : 0;
    }

    private static void Print(Predictor predictor, List<(string File, SongPrediction Song)> songs, double?[] beforeNext, bool ranked)
    {
        Run run = predictor.Run;
        string measure = run.Recipe.Label.Measure.ToString().ToLowerInvariant();
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("song");
        foreach (string name in run.Bins.Names) table.AddColumn(new TableColumn(Markup.Escape($"{measure} {name}")).RightAligned());
        table.AddColumn("likeliest").AddColumn(ranked ? "before the next" : "clips");
        for (int i = 0; i < songs.Count; i++)
        {
            SongPrediction song = songs[i].Song;
            string last = ranked
                ? beforeNext[i] is double p ? IsTooClose(p) ? FormattableString.Invariant($"too close to call ({p:0%})") : FormattableString.Invariant($"right with {p:0%}") : ""
                : string.Join(" ", song.Clips.Select(clip => FormattableString.Invariant($"{clip.Probabilities[^1]:0%}")));
            table.AddRow([Markup.Escape(songs[i].File), .. song.Song.Select((p, c) => FormattableString.Invariant($"{p:0%} ({song.Low[c]:0%} to {song.High[c]:0%})")), Markup.Escape(run.Bins.Names[song.Answer]), last]);
        }
        AnsiConsole.Write(table);
        Console.WriteLine($"\n{run.Id}: {Worth(run)}");
        Console.WriteLine("The range is what the few songs allow on which the probabilities were calibrated; it says nothing of songs unlike those that the model learned from.");
    }

    /// <summary>Whether the probability that one song is before another says too little to name an order.</summary>
    internal static bool IsTooClose(double above) => Math.Abs(above - 0.5) < 0.1;

    // The model's measured skill stands beside all that it says.
    internal static string Worth(Run run) =>
        $"{(run.IsDemo ? "trained on the demo corpus, synthesized songs with made-up popularity, so this is an exercise and no forecast; " : "")}on {run.Verdict.BySong.Confusion.Total} test songs {run.Verdict.BySong.Accuracy:0.0%} right, {run.Verdict.BySong.Interval}, where the commonest answer alone is right in {run.Verdict.BySong.MajorityBaseline:0.0%}"
        + (run.Verdict.BySong.RocAuc is double auc ? $"; ROC-AUC {auc:0.00}" : "") + (run.Verdict.Skill is double skill ? $"; skill {skill:0.00}" : "") + (run.Verdict.Leaks ? "; its split leaks, so all this is too good" : "");

    private static Predictor Load(string? name)
    {
        IReadOnlyList<Run> runs = Workspace.Runs.Read().Runs;
        if (name is null)
        {
            Run best = Best(runs, listens: true) ?? throw new UsageException(NoModel);
            return Predictor.Load(Workspace.Runs.PathOf(best));
        }
        return Predictor.Load(Workspace.Runs.PathOf(Named(runs, name)));
    }

    /// <summary>What there is to do where the store is empty.</summary>
    internal const string NoModel = "There is no model yet. ./research train descriptor-mlp --variant audited makes one in a minute.";

    /// <summary>The audited run of the largest skill that listens, or that reads a catalogue's numbers; null where there is none.</summary>
    internal static Run? Best(IEnumerable<Run> runs, bool listens) =>
        runs.Where(run => run.Recipe.Features is not null == listens && run.Recipe.Variant == "audited").MaxBy(run => (run.Verdict.Skill ?? double.NegativeInfinity, run.Verdict.BySong.RocAuc ?? 0));

    /// <summary>The one run that a name, or a part of it, means.</summary>
    internal static Run Named(IReadOnlyList<Run> runs, string name)
    {
        Run[] named = [.. runs.Where(run => run.Id == name)];
        if (named.Length == 0) named = [.. runs.Where(run => run.Id.Contains(name, StringComparison.OrdinalIgnoreCase))];
        return named.Length switch
        {
            1 => named[0],
            0 => throw new UsageException($"There is no run {name}. {(runs.Count == 0 ? "./research train descriptor-mlp --variant audited makes one." : $"The nearest: {string.Join(", ", runs.Select(run => run.Id).NearestTo(name))}.")}"),
            _ => throw new UsageException($"{named.Length} runs have {name} in their name: {string.Join(", ", named.Take(5).Select(run => run.Id))}{(named.Length > 5 ? ", …" : "")}. Name one."),
        };
    }
}
