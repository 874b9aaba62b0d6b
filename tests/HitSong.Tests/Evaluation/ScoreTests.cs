using System.Globalization;
using System.Text.Json;
using HitSong.Evaluation;
using Tests;

namespace HitSong.Tests.Evaluation;

public class ScoreTests
{
    [Fact]
    public void Figures_equal_scikit_learns()
    {
        var random = new Random(7);
        // Rounded, so that many scores are tied.
        Prediction[] predictions = [.. Enumerable.Range(0, 500).Select(i => new Prediction($"{i}", $"artist {i % 50}", 0, random.NextDouble() < 0.3, Math.Round(random.NextDouble(), 2)))];
        string given = JsonSerializer.Serialize(predictions.Select(p => new { y = p.Label ? 1 : 0, s = p.Probability }));
        double[] expected = [.. Python.Run($"""
            import json
            from sklearn.metrics import *
            from sklearn.calibration import calibration_curve
            rows = json.loads('{given}')
            y = [r['y'] for r in rows]; s = [r['s'] for r in rows]; p = [int(x >= 0.5) for x in s]
            print(roc_auc_score(y, s), accuracy_score(y, p), *confusion_matrix(y, p).ravel(), balanced_accuracy_score(y, p), f1_score(y, p), average_precision_score(y, s), log_loss(y, s), brier_score_loss(y, s), len(calibration_curve(y, s, n_bins=10)[0]))
            """).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => double.Parse(word, CultureInfo.InvariantCulture))];

        var score = Score.Of(predictions, majority: false);

        var confusion = score.Confusion;
        double[] actual =
        [
            score.RocAuc!.Value, score.Accuracy, confusion.TrueNegatives, confusion.FalsePositives, confusion.FalseNegatives, confusion.TruePositives,
            confusion.BalancedAccuracy, confusion.F1, score.AveragePrecision!.Value, score.LogLoss, score.Brier, Calibration.Curve([.. predictions.Select(p => p.Label)], [.. predictions.Select(p => p.Probability)]).Count,
        ];
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.Equal(predictions.Count(p => !p.Label) / 500.0, score.MajorityBaseline, 12);
    }

    [Fact]
    public void The_calibration_error_weighs_each_bins_distance_by_its_count()
    {
        // Bin 0.2…0.3: three items at 0.2, one positive: |0.2 − 1/3| · 3. Bin 0.9…1: one at 1, positive: 0. By hand: 0.4 / 4.
        Assert.Equal(0.1, Calibration.ExpectedError([true, false, false, true], [0.2, 0.2, 0.2, 1]), 12);
    }

    [Fact]
    public void Auc_is_undefined_without_both_classes() => Assert.Null(Roc.Auc([true, true], [0.1, 0.9]));

    [Fact]
    public void A_song_gets_the_mean_of_its_clips()
    {
        var songs = Prediction.BySong([new("a", "x", 0, true, 0.2), new("b", "y", 0, false, 0.5), new("a", "x", 1, true, 0.6)]);
        Assert.Equal([new Prediction("a", "x", 0, true, 0.4), new Prediction("b", "y", 0, false, 0.5)], songs);
    }
}
