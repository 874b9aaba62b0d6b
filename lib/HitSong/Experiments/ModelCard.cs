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
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var recipe = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale(epochs: 1, seed: 42);
/// var run = Experiment.Execute(recipe, source, new RunStore("../artifacts/runs"));
/// new ModelCard(run).ToMetadata().Keys
/// </code></example>
public sealed class ModelCard(Run run)
{
    private string Licence => run.Imported is null ? "MIT" : "other";

    private string Weights =>
        run.Imported is null
            ? "MIT, as this workspace; what the owners of the recordings or of the catalogue that it was "
                + "trained on allow is for them to say"
            : $"What the authors of {run.Imported.File} allow is for them to say";

    private bool Listens => run.Recipe.Features is not null;

    private bool AsksOneSong => run.Recipe.Model is not TikTokLstmSettings { RecurOverTime: false };

    private string Items => Listens ? "songs" : "rows";

    private string IntendedUse
    {
        get
        {
            string that =
                run.Recipe.PicturePixels is not null ? "that looks at a song's picture"
                : Listens ? "that hears a song"
                : "that reads a catalogue's numbers";
            string songs =
                run.Imported is not null
                    ? "Others trained it, on what is not known here. Not to decide alone what is released, signed or "
                        + "paid."
                : run.IsDemo
                    ? "It was trained on synthesized songs with made-up popularity: an exercise, no forecast for any "
                        + "real song."
                : "For songs like those that it was trained on, read beside its interval and its baselines. Not to "
                    + "decide alone what is released, signed or paid.";
            return $"Research: what a model {that} can tell of its popularity ({run.Recipe.Question}). {songs}";
        }
    }

    private string Split =>
        run.Imported is not null
            ? $"none: all {run.Predictions.Count:N0} {run.Recipe.Item}s test"
            : $"{run.Recipe.SplitInWords}; {run.Train:N0} {run.Recipe.Item}s train, "
                + $"{run.Validation.Count:N0} validate, {run.Predictions.Count:N0} test";

    private string Leaks =>
        run.Leaks.Count == 0 ? "not looked for" : string.Join("; ", run.Leaks.Select(InWords)) + Audio;

    private string Audio =>
        Listens && run.Leaks.All(leak => leak.Kind != Leak.NearAudio)
            ? "; the same music in other files was not looked for"
            : "";

    // What the numbers themselves say against the model.
    private IEnumerable<string> Limits
    {
        get
        {
            Score score = run.Verdict.BySong;
            bool knowsArtists = run.Leaks.Any(leak => leak.Kind == Leak.Artist && leak.Items > 0);
            if (run.Imported is { } imported)
                yield return $"Weights of others ({imported.File}, SHA-256 {imported.Hash}): there are no figures of "
                    + "its own training, and songs that were tested may have trained it.";
            else if (run.IsDemo)
                yield return "Trained and measured on the demo corpus, whose plays follow a written rule: it says "
                    + "nothing of real songs.";
            if (run.Verdict.Leaks)
                yield return $"{run.SongsMet:N0} of {run.Predictions.Count:N0} test {run.Recipe.Item}s are of songs "
                    + "that stand in training or validation too: as far as their answers are the same there, all "
                    + "figures are too good.";
            else if (knowsArtists)
                yield return "Artists of the test stand in training or validation too: for artists that it never met "
                    + "the figures are too good.";
            if (run.Leaks.Any(leak => leak.Kind is Leak.Track or Leak.Song or Leak.ExactAudio && leak.Validation > 0))
                yield return "Songs of the validation stand in training: the epoch was picked, and probabilities are "
                    + "calibrated, on what it had met.";
            yield return $"Tested on {score.Confusion.Total:N0} {Items} only: the 95% interval of its accuracy by "
                + $"{run.Recipe.Voter} is {score.Interval}.";
            if (score.Gain is not { Interval.Low: > 0 })
                yield return $"Its accuracy by {run.Recipe.Voter} is not distinguishable from, or is below, that of "
                    + "the best constant answer.";
            foreach (string plain in (string[])["logistic regression", "gradient boosting"])
                if (run.BaselineOf(plain)?.BySong.Accuracy is double accuracy && accuracy >= score.Accuracy)
                    yield return $"A plainer model, {plain} on a few numbers, does no worse ({accuracy:0.0%} by "
                        + $"{run.Recipe.Voter}).";
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

    private string Tracks =>
        run.Data is { } data
            ? $"{data.Tracks:N0} (training {data.Training:N0}, validation {data.Validation:N0}, test {data.Test:N0}), "
                + $"listed in {RunFiles.TracksFile}; SHA-256 {data.Hash}"
            : "not recorded";

    private string LeftOut => run.LeftOut.Count == 0 ? "nothing" : Corpus.LeftOut.InWords(run.LeftOut);

    private string Calibrated
    {
        get
        {
            Score score = run.Verdict.BySong;
            string calibration = Calibrator.CanFit(run.Validation)
                ? "asked about a song, probabilities are first calibrated on the validation items (validation.csv)"
                : "no validation items of two classes were kept, so probabilities cannot be calibrated";
            return $"expected calibration error {score.CalibrationError:0.000}, Brier score {score.Brier:0.000}, "
                + $"log loss {score.LogLoss:0.000} by {run.Recipe.Voter}, as the network gives them; {calibration}";
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
            ["tracks"] = Tracks,
            ["left_out"] = LeftOut,
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
        if (run.Stratified(verdict.BySong) is double stratified)
            metadata["stratified_expected"] = $"{stratified:0.0000}";
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
        string best = verdict.Ceiling is double ceiling
            ? $"The best that any model could reach on these test {Items}, in expectation: {Percent(ceiling)}. Skill, "
                + $"(accuracy − best constant) / (ceiling − best constant): {verdict.SkillInWords ?? "not defined"}."
            : "The best that any model could reach on them is not known, and so neither is the skill.";
        string baselines =
            run.Baselines.Count == 0
                ? "None were measured with this run."
                : $"""
                    | baseline |{ByBoth} 95% interval | what it knows |
                    |---|{Lines}---|---|
                    {string.Join('\n', run.Baselines.Select(RowOf))}
                    """;
        string load =
            run.Recipe.PicturePixels is not null
                ? $"""
                    using HitSong.Experiments;
                    RunStore store = new("artifacts/runs");
                    Run run = RunStore.Load(store.PathOf("{run.Id}"));
                    ExternalValidation others = ExternalValidation.Of(run, store, Source.Pictures("pictures"));
                    """
            : AsksOneSong
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
        string inputs =
            run.Recipe.Descriptors.Count > 0 ? $"{run.Recipe.Descriptors.Count} descriptors of the whole recording"
            : run.Recipe.PicturePixels is int pixels ? $"pictures of {pixels} × {pixels} in three colours"
            : run.Recipe.Features is { } features ? $"clips of {features.Shape.Bands} × {features.Shape.Frames}"
            : "the columns of columns.json";
        return $"""
            # {run.Recipe.Experiment}, {run.Recipe.Variant}

            {run.Recipe.Question} {verdict.InWords()}

            ## Intended use

            {IntendedUse}

            ## Data

            - Source: {run.Source}
            - Tracks: {Tracks}
            - Left out of the data: {LeftOut}
            - Label: {run.Recipe.Label}; the classes: {string.Join(" | ", run.Bins.Names)}
            - Split: {Split}
            - What the sides of the split share: {Leaks}

            ## Recipe

            | setting | value |
            |---|---|
            {settings}

            {Made()}

            ## What was measured

            | |{ByBoth}
            |---|{Lines}
            {string.Join('\n',
            [
                Row("tested", score => $"{score.Confusion.Total:N0}"),
                Row("accuracy", score => Percent(score.Accuracy)),
                Row("95% interval", score => score.Interval.ToString()),
                Row("majority baseline", score => Percent(score.MajorityBaseline)),
                Row("best constant answer", score => Percent(score.BestConstant)),
                Row("to expect of answers drawn by training's shares", Stratified),
                Row("gain over it", score => score.Gain is { } gain ? $"{gain.Value:0.0%} ({gain.Interval})" : "–"),
                Row("ROC-AUC", score => score.RocAuc is double auc ? $"{auc:0.000}" : "–"),
                Row("95% interval of it", score => Ends(score.RocAucInterval)),
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
            $"| {name} | {Both(cell(verdict.ByClip), cell(verdict.BySong))} |";

        string Stratified(Score score) => run.Stratified(score) is double share ? Percent(share) : "–";

        string RowOf(Baseline baseline) =>
            $"| {baseline.Name} | {Both(Percent(baseline.ByClip.Accuracy), Percent(baseline.BySong.Accuracy))} "
            + $"| {baseline.BySong.Interval} | {Cell(baseline.Note)} |";

        static string Percent(double share) => $"{share:0.0%}";

        static string Ends(Interval? of) => of is null ? "–" : $"{of.Low:0.00} to {of.High:0.00}";
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
        string trained = run.Imported is null ? $"{run.History.Count} {epochs}" : "trained elsewhere";
        return $"{run.Parameters:N0} parameters, {trained}"
            + (run.Continues is null ? ". " : $", the first of them in the run {run.Continues}. ")
            + $"Made {environment.Started:yyyy-MM-dd} with libtorch {torch} on {device}, "
            + $"{environment.Machine}; {commit}.";
    }

    // A clip and its song are scored apart; a row stands for itself.
    private string Both(string byItem, string byVoter) => Listens ? $"{byItem} | {byVoter}" : byVoter;

    private string ByBoth => $" {Both("by clip", $"by {run.Recipe.Voter}")} |";

    private string Lines => Listens ? "---|---|" : "---|";

    private string InWords(LeakCount leak) =>
        LeakAudit.InWords(leak, run.Predictions.Count, run.Validation.Count, $"{run.Recipe.Item}s");

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|");
}
