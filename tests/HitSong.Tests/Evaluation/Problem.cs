using System.Globalization;
using HitSong.Evaluation;

namespace HitSong.Tests.Evaluation;

internal static class Problem
{
    /// <summary>
    /// Predictions of a random model that knows something, many of them tied; a class can be kept out of the labels.
    /// </summary>
    public static Prediction[] Predictions(int classes, int count, int seed, int? absent = null)
    {
        var random = new Random(seed);
        int[] there = [.. Enumerable.Range(0, classes).Where(c => c != absent)];
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    int label = there[random.Next(there.Length)];
                    double[] weights =
                    [
                        .. Enumerable
                            .Range(0, classes)
                            .Select(c => Math.Round(random.NextDouble(), 1) + (c == label ? 0.4 : 0.1)),
                    ];
                    return new Prediction(
                        $"{i / 2}",
                        $"artist {i % 50}",
                        i % 2,
                        label,
                        [.. weights.Select(w => w / weights.Sum())]
                    );
                }),
        ];
    }

    public static double[] Numbers(string words) =>
        [
            .. words
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Select(w => double.Parse(w, CultureInfo.InvariantCulture)),
        ];
}
