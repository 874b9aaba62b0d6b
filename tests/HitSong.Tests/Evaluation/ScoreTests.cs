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
        Prediction[] predictions = [.. Enumerable.Range(0, 500).Select(i => new Prediction($"{i}", 0, random.NextDouble() < 0.3, Math.Round(random.NextDouble(), 2)))];
        string given = JsonSerializer.Serialize(predictions.Select(p => new { y = p.Label ? 1 : 0, s = p.Probability }));
        string[] expected = Python.Run($"""
            import json
            from sklearn.metrics import roc_auc_score, accuracy_score, confusion_matrix
            rows = json.loads('{given}')
            y = [r['y'] for r in rows]; s = [r['s'] for r in rows]; p = [int(x >= 0.5) for x in s]
            print(repr(roc_auc_score(y, s)), repr(accuracy_score(y, p)), *confusion_matrix(y, p).ravel())
            """).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

        var score = Score.Of(predictions, majority: false);

        Assert.Equal(double.Parse(expected[0], CultureInfo.InvariantCulture), score.RocAuc!.Value, 12);
        Assert.Equal(double.Parse(expected[1], CultureInfo.InvariantCulture), score.Accuracy, 12);
        var confusion = score.Confusion;
        Assert.Equal(expected[2..], new[] { confusion.TrueNegatives, confusion.FalsePositives, confusion.FalseNegatives, confusion.TruePositives }.Select(n => $"{n}"));
        Assert.Equal(predictions.Count(p => !p.Label) / 500.0, score.MajorityBaseline, 12);
    }

    [Fact]
    public void Auc_is_undefined_without_both_classes() => Assert.Null(Roc.Auc([true, true], [0.1, 0.9]));

    [Fact]
    public void A_song_gets_the_mean_of_its_clips()
    {
        var songs = Prediction.BySong([new("a", 0, true, 0.2), new("b", 0, false, 0.5), new("a", 1, true, 0.6)]);
        Assert.Equal([new Prediction("a", 0, true, 0.4), new Prediction("b", 0, false, 0.5)], songs);
    }
}
