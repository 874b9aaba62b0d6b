using System.Globalization;
using System.Text.Json;
using HitSong.Evaluation;
using Tests;

namespace HitSong.Tests.Evaluation;

public class ScoreTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(11)]
    public void Figures_equal_scikit_learns(int classes)
    {
        var random = new Random(classes);
        Prediction[] predictions =
        [
            .. Enumerable
                .Range(0, 500)
                .Select(i =>
                {
                    // Rounded, so that many scores are tied.
                    double[] weights =
                    [
                        .. Enumerable.Range(0, classes).Select(_ => Math.Round(random.NextDouble(), 1) + 0.1),
                    ];
                    return new Prediction(
                        $"{i}",
                        $"artist {i % 50}",
                        0,
                        random.Next(classes),
                        [.. weights.Select(w => w / weights.Sum())]
                    );
                }),
        ];
        string given = JsonSerializer.Serialize(predictions.Select(p => new { y = p.Label, s = p.Probabilities }));
        double[] expected =
        [
            .. Python
                .Run(
                    $"""
                    import json, numpy as np
                    from sklearn.metrics import *
                    from sklearn.preprocessing import label_binarize
                    rows = json.loads('{given}')
                    y = np.array([r['y'] for r in rows]); s = np.array([r['s'] for r in rows]); n = s.shape[1]
                    if n == 2:
                        p = (s[:, 1] >= 0.5).astype(int)
                        auc = roc_auc_score(y, s[:, 1])
                        f1 = f1_score(y, p)
                        precision = average_precision_score(y, s[:, 1])
                        brier = brier_score_loss(y, s[:, 1])
                    else:
                        p = s.argmax(1)
                        one = np.eye(n)[y]
                        auc = roc_auc_score(y, s, multi_class='ovr')
                        f1 = f1_score(y, p, average='macro')
                        precision = average_precision_score(one, s, average='macro')
                        brier = ((s - one) ** 2).sum(1).mean()
                    from scipy.stats import spearmanr, kendalltau
                    expected = s @ np.arange(n)
                    print(spearmanr(y, expected)[0], kendalltau(y, expected)[0], np.abs(y - p).mean(), auc,
                          accuracy_score(y, p), balanced_accuracy_score(y, p), f1, precision, log_loss(y, s),
                          brier, *confusion_matrix(y, p).ravel())
                    """
                )
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Select(word => double.Parse(word, CultureInfo.InvariantCulture)),
        ];

        var score = Score.Of(predictions, majority: 0);

        double[] actual =
        [
            score.Spearman!.Value,
            score.Kendall!.Value,
            score.Confusion.MeanAbsoluteError,
            score.RocAuc!.Value,
            score.Accuracy,
            score.Confusion.BalancedAccuracy,
            score.Confusion.F1,
            score.AveragePrecision!.Value,
            score.LogLoss,
            score.Brier,
            .. score.Confusion.Counts.SelectMany(row => row.Select(count => (double)count)),
        ];
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        Assert.Equal(predictions.Count(p => p.Label == 0) / 500.0, score.MajorityBaseline, 12);
    }

    [Fact]
    public void The_calibration_error_weighs_each_bins_distance_by_its_count()
    {
        // Bin 0.2…0.3: three items at 0.2, one positive: |0.2 − 1/3| · 3. Bin 0.9…1: one at 1, positive: 0.
        // By hand: 0.4 / 4.
        Assert.Equal(0.1, Calibration.ExpectedError([true, false, false, true], [0.2, 0.2, 0.2, 1]), 12);
    }

    [Fact]
    public void Auc_is_undefined_without_both_classes() => Assert.Null(Roc.Auc([true, true], [0.1, 0.9]));

    [Fact]
    public void A_song_gets_its_clips_vote()
    {
        Prediction[] clips =
        [
            Clip("a", 0, 0.4),
            Clip("b", 0, 0.3),
            Clip("a", 1, 0.6),
            Clip("a", 2, 0.1),
            Clip("a", 3, 0.8),
        ];
        Assert.Equal([0, 0], Prediction.BySong(clips).Select(song => song.Answer));
        Assert.Equal(0.475, Prediction.BySong(clips)[0].Probabilities[1], 12);
        Assert.Equal([0, 0], Prediction.BySong(clips, Vote.Majority).Select(song => song.Answer));
        Assert.Equal([1, 0], Prediction.BySong(clips, Vote.AtLeastHalf).Select(song => song.Answer));
        // A vote gives the class; the probability stays the clips' mean, as a share of votes is none.
        Assert.Equal(0.475, Prediction.BySong(clips, Vote.AtLeastHalf)[0].Probabilities[1], 12);

        static Prediction Clip(string track, int number, double probability) =>
            new(track, track, number, 1, [1 - probability, probability]);
    }

    [Theory]
    [InlineData(2, 1, 30)]
    [InlineData(3, 1, 60)]
    [InlineData(4, 0, 200)]
    [InlineData(11, 10, 300)]
    [InlineData(3, 2, 1)]
    public void With_a_class_missing_from_the_test_the_rest_equals_scikit_learns(int classes, int absent, int count)
    {
        Prediction[] predictions = Problem.Predictions(classes, count, classes, absent);
        string labels = JsonSerializer.Serialize(predictions.Select(p => p.Label));
        string probabilities = JsonSerializer.Serialize(predictions.Select(p => p.Probabilities));
        double[] expected = Problem.Numbers(
            Python.Run(
                $"""
                import json, numpy as np, warnings
                from sklearn.metrics import *
                warnings.simplefilter('ignore')
                y, s = (np.array(json.loads(t)) for t in ('{labels}', '{probabilities}'))
                n = {classes}; c = range(n)
                if n == 2:
                    p = (s[:, 1] >= 0.5).astype(int)
                    f1 = f1_score(y, p, zero_division=0)
                    brier = ((s[:, 1] - y) ** 2).mean()
                else:
                    p = s.argmax(1)
                    f1 = f1_score(y, p, labels=c, average='macro', zero_division=0)
                    brier = ((s - np.eye(n)[y]) ** 2).sum(1).mean()
                print(accuracy_score(y, p), balanced_accuracy_score(y, p), f1, log_loss(y, s, labels=c), brier,
                      *confusion_matrix(y, p, labels=c).ravel())
                there = np.unique(y)
                if len(there) > 1:
                    print(np.mean([roc_auc_score(y == k, s[:, k]) for k in there]),
                          np.mean([average_precision_score(y == k, s[:, k]) for k in there]))
                """
            )
        );
        var score = Score.Of(predictions, majority: 0);
        double[] actual =
        [
            score.Accuracy,
            score.Confusion.BalancedAccuracy,
            score.Confusion.F1,
            score.LogLoss,
            score.Brier,
            .. score.Confusion.Counts.SelectMany(row => row.Select(n => (double)n)),
        ];
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        // Of the classes that are there, each against the rest.
        double[] areas = expected[(7 - 2 + classes * classes)..];
        if (areas.Length == 0)
            Assert.Null(score.RocAuc);
        else
        {
            Assert.Equal(areas[0], score.RocAuc!.Value, 1e-9);
            Assert.Equal(areas[1], score.AveragePrecision!.Value, 1e-9);
        }
    }

    [Fact]
    public void What_cannot_be_scored_is_named()
    {
        Prediction good = new("a", "a", 0, 1, [0.4, 0.6]);
        void Refused(string named, params Prediction[] predictions) =>
            Assert.Contains(named, Assert.Throws<HitSongException>(() => Score.Of(predictions, 0)).Message);
        Refused("test set is empty");
        Refused("prediction of b, clip 3", good, good with { Track = "b", Clip = 3, Label = 2 });
        Refused("3 probabilities", good, good with { Probabilities = [0.2, 0.3, 0.5] });
        Refused("sum to 1", good with { Probabilities = [0.4, 0.7] });
        Refused("sum to 1", good with { Probabilities = [double.NaN, 1] });
    }
}
