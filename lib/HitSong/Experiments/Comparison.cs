using HitSong.Evaluation;

namespace HitSong.Experiments;

/// <summary>Two runs on the songs that both were tested on.</summary>
/// <param name="First">One run.</param>
/// <param name="Second">The other.</param>
/// <param name="Songs">Songs that both were tested on, with the same label.</param>
/// <param name="Accuracy">McNemar's test of their accuracies by song.</param>
/// <param name="RocAuc">
/// DeLong's test of their ROC-AUC by song; null where a class has fewer than two songs, or there are more than two
/// classes.
/// </param>
public sealed record Comparison(Run First, Run Second, int Songs, McNemar Accuracy, DeLong? RocAuc)
{
    /// <summary>Compares two runs; null where no song was tested in both, with the same classes.</summary>
    public static Comparison? Of(Run first, Run second)
    {
        if (first.Bins.Count != second.Bins.Count)
            return null;
        var others = Prediction.BySong(second.Predictions, second.Recipe.SongVote).ToDictionary(p => p.Track);
        var both = Prediction
            .BySong(first.Predictions, first.Recipe.SongVote)
            .Where(p => others.TryGetValue(p.Track, out Prediction? other) && other.Label == p.Label)
            .Select(p => (First: p, Second: others[p.Track]))
            .ToArray();
        if (both.Length == 0)
            return null;
        var accuracy = McNemar.Test([.. both.Select(b => b.First.Right)], [.. both.Select(b => b.Second.Right)]);
        DeLong? rocAuc =
            first.Bins.Count > 2
                ? null
                : DeLong.Test(
                    [.. both.Select(b => b.First.Label == 1)],
                    [.. both.Select(b => b.First.Probabilities[1])],
                    [.. both.Select(b => b.Second.Probabilities[1])]
                );
        return new(first, second, both.Length, accuracy, rocAuc);
    }

    /// <summary>What the tests say, in a sentence.</summary>
    public override string ToString()
    {
        string rocAuc = RocAuc is null
            ? ""
            : $"; their ROC-AUC differ by {RocAuc.Difference:+0.000;-0.000;0.000} (DeLong's p = {RocAuc.P:0.000})";
        return $"{First.Id} and {Second.Id}, on {Songs} songs that both were tested on: {Accuracy.OnlyFirst} "
            + $"right by the first alone, {Accuracy.OnlySecond} by the second alone (McNemar's p = "
            + $"{Accuracy.P:0.000}){rocAuc}.";
    }
}
