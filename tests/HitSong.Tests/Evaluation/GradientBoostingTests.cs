using System.Text.Json;
using HitSong.Evaluation;
using Tests;

namespace HitSong.Tests.Evaluation;

public class GradientBoostingTests
{
    // What no straight line tells apart: the label follows the product of two of five features, with noise; of four
    // classes the third is never there.
    private static (double[][] Features, int[] Labels) Songs(int count, int classes)
    {
        var random = new Random(count + classes);
        double[][] features = [.. Enumerable.Range(0, count).Select(_ => Row())];
        return (features, [.. features.Select(Label)]);

        double[] Row() => [.. Enumerable.Range(0, 5).Select(_ => Math.Round(random.NextDouble() * 2 - 1, 6))];

        int Label(double[] row)
        {
            double share = 0.5 + (row[0] * row[1] + 0.3 * row[2] + 0.4 * (random.NextDouble() - 0.5)) / 1.2;
            int label = Math.Clamp((int)(classes * share), 0, classes - 1);
            return classes == 4 && label == 2 ? 1 : label;
        }
    }

    [Fact]
    public void A_round_is_the_step_that_its_paper_has()
    {
        // 40 items on each side of a gap, a quarter of the left of class 1 and all of the right but ten. LightGBM
        // begins at the logit of the mean, ln(40/40) = 0, where p = ½, and splits at the gap, the only one: 40 items a
        // leaf. A leaf's step is −Σ(p − y) / Σ p(1 − p): left −(30 · ½ − 10 · ½) / (40 · ¼) = −1, right +1.
        // One round at a rate of 0.1: p = 1 / (1 + exp(±0.1)).
        double[][] features = [.. Enumerable.Range(0, 80).Select(i => new double[] { i < 40 ? 0 : 1 })];
        int[] labels = [.. Enumerable.Range(0, 80).Select(i => i < 10 || i >= 50 ? 1 : 0)];

        using var one = GradientBoosting.Fit(features, labels, 2, rounds: 1);

        double[][] told = one.Probabilities([
            [0],
            [1],
        ]);
        Assert.Equal(1 / (1 + Math.Exp(0.1)), told[0][1], 1e-6);
        Assert.Equal(1 / (1 + Math.Exp(-0.1)), told[1][1], 1e-6);
        Assert.All(told, row => Assert.Equal(1, row.Sum(), 1e-12));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void It_is_as_good_as_scikit_learns_boosting_where_a_line_is_not(int classes)
    {
        var (features, labels) = Songs(6000, classes);
        double[][] train = features[..4000],
            test = features[4000..];
        int[] truth = labels[4000..];
        using var folder = new TemporaryFolder();
        string path = folder.At("songs.json");
        File.WriteAllText(path, JsonSerializer.Serialize(new { features, labels }));
        double[] expected = Problem.Numbers(
            Python.Run(
                """
                import json, os, sys
                os.environ["OMP_NUM_THREADS"] = "1"  # else its threads wait for each other on a busy machine
                import numpy as np
                from sklearn.ensemble import HistGradientBoostingClassifier
                from sklearn.metrics import roc_auc_score
                songs = json.load(open(sys.argv[1])); x, y = np.array(songs['features']), np.array(songs['labels'])
                # LightGBM's defaults: 100 rounds of 0.1, 31 leaves, 20 items a leaf, 255 bins, none stopped early.
                model = HistGradientBoostingClassifier(early_stopping=False).fit(x[:4000], y[:4000])
                p = model.predict_proba(x[4000:])
                auc = np.mean([roc_auc_score(y[4000:] == c, p[:, i]) for i, c in enumerate(model.classes_)])
                print(model.score(x[4000:], y[4000:]), auc)
                """,
                path
            )
        );
        Prediction[] asked = [.. truth.Select((y, i) => new Prediction($"{i}", $"{i}", 0, y, new double[classes]))];
        Score Of(IReadOnlyList<Prediction> answers) => Score.Of(answers, majority: 0);

        Score boosting = Of(Baselines.Boosting(train, labels[..4000], [], [], test, asked)),
            regression = Of(Baselines.Logistic(train, labels[..4000], test, asked));

        // Of 2,000 tested songs, two fits of one method differ by a point or two.
        Assert.Equal(expected[0], boosting.Accuracy, 0.02);
        Assert.Equal(expected[1], boosting.RocAuc!.Value, 0.02);
        Assert.True(boosting.Accuracy > regression.Accuracy + 0.03, $"{boosting.Accuracy} {regression.Accuracy}");
        if (classes == 4)
            Assert.All(
                Baselines.Boosting(train, labels[..4000], [], [], test[..20], asked[..20]),
                answer => Assert.Equal((0.0, 1.0), (answer.Probabilities[2], Math.Round(answer.Probabilities.Sum(), 9)))
            );
    }

    [Fact]
    public void The_same_songs_give_the_same_trees_and_validation_says_how_many()
    {
        // Labels by the throw of a coin: what is learned is noise, and the fewest rounds are the best.
        var random = new Random(7);
        double[][] features =
        [
            .. Enumerable.Range(0, 400).Select(_ => new[] { random.NextDouble(), random.NextDouble() }),
        ];
        int[] labels = [.. features.Select(_ => random.Next(2))];

        using GradientBoosting once = GradientBoosting.Fit(features[..270], labels[..270], 2),
            again = GradientBoosting.Fit(features[..270], labels[..270], 2),
            validated = GradientBoosting.Fit(features[..270], labels[..270], 2, features[270..], labels[270..]);

        Assert.Equal(once.Probabilities(features), again.Probabilities(features));
        Assert.Equal(100, once.Rounds);
        Assert.InRange(validated.Rounds, 1, 30);
        double Loss(GradientBoosting of) =>
            of.Probabilities(features[270..]).Select((p, i) => -Math.Log(p[labels[270 + i]])).Average();
        Assert.True(Loss(validated) < Loss(once));
    }
}
