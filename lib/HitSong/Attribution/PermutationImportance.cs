using HitSong.Evaluation;
using HitSong.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Attribution;

/// <summary>
/// How much worse a model gets where some of its inputs are shuffled among the items, which leaves their values and
/// takes what they say (Breiman 2001; the same numbers as scikit-learn's <c>permutation_importance</c> under the same
/// seed). Of inputs that say the same, each seems unimportant, since the others are left.
/// </summary>
/// <param name="Name">What was shuffled.</param>
/// <param name="Drops">[repeats] the items' mean score as they are, less that of the shuffled ones.</param>
/// <param name="Influences">
/// [N] how much each item has to do with the mean drop, which is their mean: its own drop, and that of the items that
/// were given its values, less the mean, all over the repeats (Hájek's projection; van der Vaart 1998, chapter 11).
/// </param>
/// <example><code>
/// using static TorchSharp.torch;
/// // The first column is the answer, the second says nothing.
/// var items = tensor(new float[] { 1, 5, 0, 5, 1, 6, 0, 6 }, [4, 2, 1]);
/// double[] labels = [1, 0, 1, 0];
/// double[] Right(Tensor x) =>
///     [.. x.select(1, 0).flatten().data&lt;float>().Zip(labels, (value, label) => value == label ? 1.0 : 0)];
/// var importances = PermutationImportance.Of(items, [("first", [0]), ("second", [1])], Right);
/// importances.Select(importance => importance.Mean > 0) // [True, False]
/// </code></example>
public sealed record PermutationImportance(string Name, IReadOnlyList<double> Drops, IReadOnlyList<double> Influences)
{
    /// <summary>The mean drop.</summary>
    public double Mean => Drops.Average();

    /// <summary>
    /// The drops' (population) deviation over the repeats: how far another shuffle would differ, not other songs.
    /// </summary>
    public double Deviation => Math.Sqrt(Drops.Average(drop => (drop - Mean) * (drop - Mean)));

    /// <summary>
    /// The 95% interval of the mean drop, were other songs asked about: <see cref="ClusteredMean"/> of the items'
    /// influences. Their own drops alone make it too narrow, for an item also counts where its values go.
    /// </summary>
    /// <param name="groups">[N] the group of each item, such as its artist.</param>
    /// <returns>Null where all items are of one group, which tells no spread.</returns>
    public Interval? Interval(IReadOnlyList<string> groups) => ClusteredMean.Of(Influences, groups)?.Interval;

    /// <summary>The importance of each group of inputs.</summary>
    /// <param name="items">[N, bands, frames]; a table's columns are bands of one frame.</param>
    /// <param name="groups">
    /// What is shuffled together, by its bands: a column, the columns of a one-hot, some neighbouring bands of a
    /// spectrogram. A band keeps its frames' order.
    /// </param>
    /// <param name="scores">
    /// Each item's score, better the higher, such as 1 where the answer is right or the logarithm of the label's
    /// probability: [N, bands, frames] → [N].
    /// </param>
    /// <param name="repeats">Shuffles of each group.</param>
    /// <param name="seed">scikit-learn's <c>random_state</c>.</param>
    /// <exception cref="HitSongException">
    /// There is no shuffle to make, or a group names a band that is not there.
    /// </exception>
    public static IReadOnlyList<PermutationImportance> Of(
        Tensor items,
        IReadOnlyList<(string Name, IReadOnlyList<int> Bands)> groups,
        Func<Tensor, IReadOnlyList<double>> scores,
        int repeats = 10,
        uint seed = 0
    )
    {
        if (repeats < 1)
            throw new HitSongException($"{repeats} shuffles tell nothing: at least 1 is needed.");
        foreach (var (name, bands) in groups)
            if (bands.Any(band => band < 0 || band >= items.shape[1]))
                throw new HitSongException(
                    $"{name} names a band that is not there: the items have the bands 0 to {items.shape[1] - 1}."
                );
        IReadOnlyList<double> whole = scores(items);
        // As scikit-learn: every group is shuffled alike, from one seed that is drawn from the given one, and each time
        // from how it lay before.
        uint each = new RandomState(seed).Next() & int.MaxValue;
        return
        [
            .. groups.Select(group =>
            {
                var random = new RandomState(each);
                long[] order = [.. Enumerable.Range(0, (int)items.shape[0]).Select(i => (long)i)],
                    from = [.. order];
                var drops = new double[repeats];
                var influences = new double[order.Length];
                for (int repeat = 0; repeat < repeats; repeat++)
                {
                    using DisposeScope scope = NewDisposeScope();
                    random.Shuffle<long>(order);
                    from = [.. order.Select(i => from[i])];
                    Tensor bands = tensor(group.Bands.Select(band => (long)band).ToArray()),
                        shuffled = items.clone();
                    shuffled.index_copy_(1, bands, items.index_select(0, tensor(from)).index_select(1, bands));
                    double[] own = [.. whole.Zip(scores(shuffled), (score, left) => score - left)];
                    drops[repeat] = own.Average();
                    for (int i = 0; i < own.Length; i++)
                    {
                        influences[i] += (own[i] - drops[repeat]) / repeats;
                        influences[from[i]] += own[i] / repeats;
                    }
                }
                return new PermutationImportance(group.Name, drops, influences);
            }),
        ];
    }
}
