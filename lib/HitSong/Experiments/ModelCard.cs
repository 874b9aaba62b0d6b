using System.Text.Json;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Models;

namespace HitSong.Experiments;

/// <summary>
/// What goes with a model that leaves the workspace (Mitchell et al. 2019): what it is for, what it was made from, what
/// it was measured to do, and what it cannot.
/// </summary>
/// <param name="run">Its run.</param>
public sealed class ModelCard(Run run)
{
    private const string Licence = "MIT",
        Weights =
            "MIT, as this workspace; what the owners of the recordings or of the catalogue that it was "
            + "trained on allow is for them to say";

    private bool Listens => run.Recipe.Features is not null;

    private bool AsksOneSong => run.Recipe.Model is not { Network: Network.TikTokLstm, RecurOverTime: false };

    private string Items => Listens ? "songs" : "rows";

    private string IntendedUse
    {
        get
        {
            string that = Listens ? "that hears a song" : "that reads a catalogue's numbers";
            string songs = run.IsDemo
                ? "It was trained on synthesized songs with made-up popularity: an exercise, no forecast for any "
                    + "real song."
                : "For songs like those that it was trained on, read beside its interval and its baselines. Not to "
                    + "decide alone what is released, signed or paid.";
            return $"Research: what a model {that} can tell of its popularity ({run.Recipe.Question}). {songs}";
        }
    }

    private string Split =>
        $"{run.Recipe.Split}, seed {run.Recipe.Seed}; {run.Train:N0} items train, "
        + $"{run.Validation.Count:N0} validate, {run.Predictions.Count:N0} test";

    private string Leaks => run.Leaks.Count == 0 ? "not looked for" : string.Join("; ", run.Leaks.Select(InWords));

    // What the numbers themselves say against the model.
    private IEnumerable<string> Limits
    {
        get
        {
            Score score = run.Verdict.BySong;
            bool knowsArtists = run.Leaks.Any(leak => leak.Kind == Leak.Artist && leak.Items > 0);
            if (run.IsDemo)
                yield return "Trained and measured on the demo corpus, whose plays follow a written rule: it says "
                    + "nothing of real songs.";
            if (run.Verdict.Leaks)
                yield return "Clips of one song stand in training and in test: all figures are too good.";
            else if (knowsArtists)
                yield return "Artists of the test stand in training too: for artists that it never met the figures "
                    + "are too good.";
            yield return $"Tested on {score.Confusion.Total:N0} {Items} only: the 95% interval of its accuracy by "
                + $"song is {score.Interval}.";
            if (score.Interval.Low <= score.MajorityBaseline)
                yield return "Its accuracy by song cannot be told from, or is below, that of always answering the "
                    + "majority.";
            if (run.BaselineOf("logistic regression")?.BySong is { } plain && plain.Accuracy >= score.Accuracy)
                yield return $"A logistic regression on a few numbers does no worse ({plain.Accuracy:0.0%} by song).";
            if (!AsksOneSong)
                yield return "It recurs over the clips of a batch: what it says of one song depends on the songs "
                    + "beside it, so it cannot be asked about one.";
            if (run.Failures.Count > 0)
                yield return $"{run.Failures.Count:N0} files could not be used (failures.csv).";
            yield return "Popularity changes with time, place and promotion, none of which it knows; it is no "
                + "measure of worth.";
            foreach (string missing in run.MissingClasses)
                yield return missing;
        }
    }

    private string Calibrated
    {
        get
        {
            Score score = run.Verdict.BySong;
            string calibration =
                run.Validation.Count > 0
                    ? "asked about a song, probabilities are first calibrated on the validation items (validation.csv)"
                    : "nothing was kept for validation, so probabilities cannot be calibrated";
            return $"expected calibration error {score.CalibrationError:0.000}, Brier score {score.Brier:0.000}, "
                + $"log loss {score.LogLoss:0.000} by song, as the network gives them; {calibration}";
        }
    }

    /// <summary>
    /// The essentials as texts by name, for the <c>.safetensors</c> header. No times, so that equal runs give equal
    /// files.
    /// </summary>
    public IReadOnlyDictionary<string, string> ToMetadata()
    {
        Verdict verdict = run.Verdict;
        var metadata = new Dictionary<string, string>
        {
            // What Python's loaders look for first.
            ["format"] = "pt",
            ["experiment"] = run.Recipe.Experiment,
            ["variant"] = run.Recipe.Variant,
            ["intended_use"] = IntendedUse,
            ["network"] = $"{run.Recipe.Model.Network}: {run.Recipe.Model}",
            ["source"] = run.Source,
            ["label"] = $"{run.Recipe.Label}",
            ["classes"] = JsonSerializer.Serialize(run.Bins.Names),
            ["split"] = Split,
            ["leaks"] = Leaks,
            ["recipe"] = JsonSerializer.Serialize(run.Recipe, Recipe.Json),
            ["seed"] = $"{run.Recipe.Seed}",
            ["tested"] = $"{verdict.BySong.Confusion.Total} {Items}",
            ["accuracy"] = $"{verdict.BySong.Accuracy:0.0000}",
            ["interval"] = $"{verdict.BySong.Interval.Low:0.0000} to {verdict.BySong.Interval.High:0.0000}",
            ["majority"] = $"{verdict.BySong.MajorityBaseline:0.0000}",
            ["calibration"] = Calibrated,
            ["limits"] = string.Join(" ", Limits),
            ["license"] = Licence,
        };
        if (verdict.BySong.RocAuc is double auc)
            metadata["roc_auc"] = $"{auc:0.0000}";
        if (verdict.Ceiling is double ceiling)
            metadata["ceiling"] = $"{ceiling:0.0000}";
        if (verdict.Skill is double skill)
            metadata["skill"] = $"{skill:0.0000}";
        if (run.Baselines.Count > 0)
            metadata["baselines"] = string.Join(
                "; ",
                run.Baselines.Select(b => $"{b.Name} {b.BySong.Accuracy:0.0000}")
            );
        return metadata;
    }

    /// <summary>The card in Markdown.</summary>
    public override string ToString()
    {
        Verdict verdict = run.Verdict;
        string settings = string.Join(
            '\n',
            run.Recipe.ToTable().Select(row => $"| {row.Setting} | {Cell(row.Value)} |")
        );
        string skill = verdict.Skill is double share ? $"{share:0.00}" : "not defined";
        string best = verdict.Ceiling is double ceiling
            ? $"The best that any model could reach by song: {Percent(ceiling)}. Skill, (accuracy − majority) / "
                + $"(ceiling − majority): {skill}."
            : "The best that any model could reach is not known, and so neither is the skill.";
        string baselines =
            run.Baselines.Count == 0
                ? "None were measured with this run."
                : $"""
                    | baseline | by clip | by song | 95% interval | what it knows |
                    |---|---|---|---|---|
                    {string.Join('\n', run.Baselines.Select(RowOf))}
                    """;
        string load = AsksOneSong
            ? $"""
                using HitSong.Experiments;
                using Predictor predictor = Predictor.Load("artifacts/runs/{run.Id}");
                SongPrediction song = predictor.Predict({(Listens ? "\"song.mp3\"" : "numbers, genre")});
                """
            : $"""
                using HitSong.Models;
                using var model = new TikTokLstm(batchFirst: false);
                Checkpoint.Load(model, "artifacts/runs/{run.Id}/checkpoint.safetensors");
                """;
        string inputs = run.Recipe.Features is { } features
            ? $"clips of {features.Shape.Bands} × {features.Shape.Frames}"
            : "the columns of columns.json";
        return $"""
            # {run.Recipe.Experiment}, {run.Recipe.Variant}

            {run.Recipe.Question} {verdict.InWords()}

            ## Intended use

            {IntendedUse}

            ## Data

            - Source: {run.Source}
            - Label: {run.Recipe.Label}; the classes: {string.Join(" | ", run.Bins.Names)}
            - Split: {Split}
            - What the test shares with training: {Leaks}

            ## Recipe

            | setting | value |
            |---|---|
            {settings}

            {Made()}

            ## What was measured

            | | by clip | by song |
            |---|---|---|
            {string.Join('\n',
            [
                Row("tested", score => $"{score.Confusion.Total:N0}"),
                Row("accuracy", score => Percent(score.Accuracy)),
                Row("95% interval", score => score.Interval.ToString()),
                Row("95% interval, artists drawn anew", score => score.ArtistInterval?.ToString() ?? "–"),
                Row("majority baseline", score => Percent(score.MajorityBaseline)),
                Row("ROC-AUC", score => score.RocAuc is double auc ? $"{auc:0.000}" : "–"),
                Row("balanced accuracy", score => Percent(score.Confusion.BalancedAccuracy)),
                Row("F1", score => $"{score.Confusion.F1:0.000}"),
                Row("confusion", score => score.Confusion.ToString()),
            ])}

            {best}

            ## Baselines

            {baselines}

            ## Calibration

            {char.ToUpperInvariant(Calibrated[0])}{Calibrated[1..]}.

            ## Limits

            {string.Join('\n', Limits.Select(limit => $"- {limit}"))}

            ## How to load it

            In C#, with this folder as it is:

            ```csharp
            {load}
            ```

            In Python, as a state dict for the same network ({run.Recipe.Model.Network}, {inputs}):

            ```python
            import json, torch
            weights = torch.load("checkpoint.pth", map_location="cpu", weights_only=True)
            # or: weights = safetensors.torch.load_file("checkpoint.safetensors")
            with open("checkpoint.safetensors", "rb") as file:  # what this card says, in short
                metadata = json.loads(file.read(int.from_bytes(file.read(8), "little")))["__metadata__"]
            ```

            ## Licence

            {Weights}.

            """.ReplaceLineEndings(
            "\n"
        );

        string Row(string name, Func<Score, string> cell) =>
            $"| {name} | {cell(verdict.ByClip)} | {cell(verdict.BySong)} |";

        static string RowOf(Baseline baseline) =>
            $"| {baseline.Name} | {Percent(baseline.ByClip.Accuracy)} | {Percent(baseline.BySong.Accuracy)} "
            + $"| {baseline.BySong.Interval} | {Cell(baseline.Note)} |";

        static string Percent(double share) => $"{share:0.0%}";
    }

    // Size of the network, and by what it was trained.
    private string Made()
    {
        RunEnvironment environment = run.Environment;
        string epochs = run.History.Count == 1 ? "epoch" : "epochs";
        string torch = environment.Torch ?? "of an unknown version";
        string device = environment.Device ?? "an unknown device";
        string changes = environment.Changed == true ? ", with changes" : "";
        string commit = environment.Commit is { } known ? $"commit {known}{changes}" : "commit not known";
        return $"{run.Parameters:N0} parameters, {run.History.Count} {epochs}. "
            + $"Made {environment.Started:yyyy-MM-dd} with libtorch {torch} on {device}, "
            + $"{environment.Machine}; {commit}.";
    }

    private string InWords(LeakCount leak)
    {
        string what = leak.Kind switch
        {
            Leak.Song => "title and artist",
            Leak.Artist => "the artist",
            Leak.ExactAudio => "the audio file",
            _ => "the music",
        };
        return $"{leak.Items:N0} of {run.Predictions.Count:N0} test items share {what} with training";
    }

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|");
}
