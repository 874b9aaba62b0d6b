using HitSong.Numerics;

namespace HitSong.Corpus;

/// <summary>
/// The best accuracy that any model could reach for one label of given songs, in expectation. The model knows the rule
/// and all that can be heard, exactly, but not the chance. The songs' labels are drawn many times, each time from the
/// label's own rule over all songs (a quantile is taken anew in each draw); a song's likeliest class is the best
/// prediction, and the mean over songs of that class's probability is the ceiling. A finite test set may by luck come
/// out above or below it.
/// </summary>
/// <param name="Label">The label, in words.</param>
/// <param name="Majority">What always predicting the commonest class reaches, in expectation.</param>
/// <param name="ArtistUnknown">
/// The ceiling where fame is unknown and drawn anew for each artist: for a split by artist.
/// </param>
/// <param name="ArtistKnown">
/// The ceiling where each artist's fame is known. Under a split that leaves an artist's songs on both sides, a model
/// that recognizes the artist can learn fame from the training labels, and so come between the two.
/// </param>
/// <param name="Draws">
/// Number of draws. The estimate is too high by at most 0.4 / √draws, and by far less as most songs are no coin flips.
/// </param>
/// <example><code>
/// // Four items, each a hit with probability 0.7, drawn anew 2,000 times.
/// void Draw(SeededRandom random, double[] scores)
/// {
///     for (int item = 0; item &lt; scores.Length; item++)
///         scores[item] = random.Uniform();
/// }
/// int[] Label(double[] scores) => [.. scores.Select(score => score &lt; 0.7 ? 1 : 0)];
/// Ceiling.BestAccuracy(Ceiling.ClassProbabilities(4, 2, Draw, Label, draws: 2000, seed: 1)) // 0.7036
/// </code></example>
public sealed record Ceiling(string Label, double Majority, double ArtistUnknown, double ArtistKnown, int Draws)
{
    /// <summary>The probability of each class of each item, [items][classes].</summary>
    /// <param name="items">Number of items.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="draw">Fills in one draw of every item's number, [items].</param>
    /// <param name="label">From those numbers to each item's class, 0…classes − 1, [items].</param>
    /// <param name="draws">Number of draws.</param>
    /// <param name="seed">Seed; the result does not depend on the number of threads.</param>
    public static double[][] ClassProbabilities(
        int items,
        int classes,
        Action<SeededRandom, double[]> draw,
        Func<double[], int[]> label,
        int draws,
        ulong seed
    )
    {
        const int Blocks = 16;
        var counts = new int[items * classes];
        Parallel.For(
            0,
            Blocks,
            block =>
            {
                var random = new SeededRandom(seed, "ceiling", block);
                var values = new double[items];
                var own = new int[items * classes];
                for (int i = draws * block / Blocks; i < draws * (block + 1) / Blocks; i++)
                {
                    draw(random, values);
                    int[] labels = label(values);
                    for (int item = 0; item < items; item++)
                        own[item * classes + labels[item]]++;
                }
                lock (counts)
                {
                    for (int i = 0; i < counts.Length; i++)
                        counts[i] += own[i];
                }
            }
        );
        return Enumerable
            .Range(0, items)
            .Select(item =>
                Enumerable.Range(0, classes).Select(c => (double)counts[item * classes + c] / draws).ToArray()
            )
            .ToArray();
    }

    /// <summary>The accuracy of predicting each item's likeliest class.</summary>
    /// <param name="probabilities">[items][classes].</param>
    public static double BestAccuracy(double[][] probabilities) => probabilities.Average(item => item.Max());

    /// <summary>The accuracy of predicting the one class that is likeliest over all items.</summary>
    /// <param name="probabilities">[items][classes].</param>
    public static double MajorityAccuracy(double[][] probabilities) =>
        Enumerable.Range(0, probabilities[0].Length).Max(c => probabilities.Average(item => item[c]));
}
