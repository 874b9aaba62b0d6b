using HitSong.Corpus;
using HitSong.Corpus.Demo;
using HitSong.Evaluation;
using HitSong.Numerics;
using MathNet.Numerics.Statistics;

namespace HitSong.Experiments;

/// <summary>
/// How far a run's answers go with what the demo corpus' rule rewards (<see cref="PopularityRule"/>): Spearman's
/// correlation, over the test songs, of the expected class with each term of the rule, beside that of the rule itself,
/// with the 95% interval over artists drawn anew. It tells what the answers follow, not by which way through the
/// network.
/// </summary>
/// <example><code>
/// var demo = DemoCorpus.Open("../data/demo/corpus");
/// var recipe = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale(epochs: 1, seed: 42);
/// var run = Experiment.Execute(recipe, Source.Demo(demo), new RunStore("../artifacts/runs"));
/// new RuleAgreement(run, demo).Terms.Select(term => term.Term) // [brightness, loudness, drums, hook, tempo, mode]
/// </code></example>
public sealed class RuleAgreement
{
    private const int Draws = 500;

    /// <param name="run">A run on the demo corpus.</param>
    /// <param name="corpus">That corpus.</param>
    /// <exception cref="CorpusException">The run was tested on other songs.</exception>
    public RuleAgreement(Run run, DemoCorpus corpus)
    {
        Run = run;
        // A catalogue's rows are the songs in their order.
        var songs = corpus
            .Songs.SelectMany(song => new[] { (song.Id, song), ($"row {song.Number}", song) })
            .ToDictionary();
        IReadOnlyList<Prediction> predictions = Prediction.BySong(run.Predictions, run.Recipe.SongVote);
        if (predictions.FirstOrDefault(p => !songs.ContainsKey(p.Track)) is { } other)
            throw new CorpusException(
                $"{run.Id} was tested on {other.Track}, which is no song of {corpus.Folder}: only on the "
                    + "demo corpus is the rule known"
            );
        DemoSong[] tested = [.. predictions.Select(p => songs[p.Track])];
        double[] answers =
            [.. predictions.Select(p => p.Probabilities.Select((probability, c) => c * probability).Sum())],
            scores = [.. tested.Select(song => PopularityRule.Audible(song.Sound))];
        int[][] artists =
        [
            .. predictions
                .Select((p, i) => (p.Artist, i))
                .GroupBy(p => p.Artist, p => p.i)
                .Select(artist => artist.ToArray()),
        ];
        int[][] draws =
        [
            .. Enumerable
                .Range(0, Draws)
                .Select(draw => new SeededRandom(0, "rule", draw))
                .Select(random => artists.SelectMany(_ => random.Pick(artists)).ToArray()),
        ];
        Terms = [.. PopularityRule.Terms(tested[0].Sound).Select((term, t) => Agreement(term.Name, t))];

        (string, double, Interval, double) Agreement(string term, int t)
        {
            double[] values = [.. tested.Select(song => PopularityRule.Terms(song.Sound)[t].Value)];
            double[] drawn =
            [
                .. draws.Select(draw =>
                    Correlated([.. draw.Select(i => answers[i])], [.. draw.Select(i => values[i])])
                ),
            ];
            double correlation = Correlated(answers, values);
            // Fisher's transformation of a correlation is half the log odds of its place between −1 and 1.
            // One artist alone tells nothing of others.
            Interval place =
                artists.Length < 2
                    ? new(0, 1)
                    : Bootstrap.OfShare((1 + correlation) / 2, [.. drawn.Select(one => (1 + one) / 2)], artists.Length);
            return (term, correlation, new(2 * place.Low - 1, 2 * place.High - 1), Correlated(scores, values));
        }
    }

    /// <summary>The run.</summary>
    public Run Run { get; }

    /// <summary>
    /// Each term of the rule: the answers' correlation with it and its interval, and the correlation of the rule's own
    /// score.
    /// </summary>
    public IReadOnlyList<(string Term, double Correlation, Interval Interval, double Rule)> Terms { get; }

    /// <summary>What the numbers say.</summary>
    public string InWords()
    {
        string Named(IEnumerable<(string Term, double Correlation, Interval, double)> terms) =>
            string.Join(
                ", ",
                terms.Select(term => FormattableString.Invariant($"{term.Term} ({term.Correlation:0.00})"))
            );
        var followed = Terms.Where(term => term.Interval.Low > 0).OrderByDescending(term => term.Correlation).ToArray();
        var against = Terms.Where(term => term.Interval.High < 0).ToArray();
        var unclear = Terms.Except(followed).Except(against).ToArray();
        return $"Of what the rule rewards, the answers of {Run.Recipe.Experiment} {Run.Recipe.Variant} go with "
            + $"{(followed.Length == 0 ? "nothing distinguishable from chance" : Named(followed))}"
            + (against.Length == 0 ? "" : $"; against {Named(against)}")
            + (unclear.Length == 0 ? "." : $"; not distinguishable from 0: {Named(unclear)}.")
            + $" The rule itself goes most with {Terms.MaxBy(term => term.Rule).Term}.";
    }

    // Of answers or values that are all alike nothing can be said.
    private static double Correlated(double[] a, double[] b) =>
        Correlation.Spearman(a, b) is var r && double.IsNaN(r) ? 0 : r;
}
