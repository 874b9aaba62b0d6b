using HitSong.Numerics;
using static TorchSharp.torch;

namespace HitSong.Training;

/// <summary>The items that a network learns from or is asked about.</summary>
/// <param name="Count">How many; an item is a number from 0.</param>
/// <param name="Batch">
/// Makes the batch of some items, [batch, …] float32 on the CPU, the caller's to dispose. A trainer calls it on a
/// thread of its own.
/// </param>
/// <example><code>
/// using static TorchSharp.torch;
/// var examples = Examples.Of(rand(100, 128, 44));
/// examples.Batch([3, 5, 8]).shape // [3, 128, 44]
/// </code></example>
public sealed record Examples(int Count, Func<IReadOnlyList<int>, Tensor> Batch)
{
    /// <summary>
    /// Makes the batch of some items to train on, each altered, or not, as the stream decides
    /// (<see cref="TrainingSettings.Waveform"/>); null where there are no altered ones.
    /// </summary>
    public Func<IReadOnlyList<int>, SeededRandom, Tensor>? Altered { get; init; }

    /// <summary>The rows of a tensor.</summary>
    /// <param name="values">[N, …] float32, which has to stay.</param>
    public static Examples Of(Tensor values) =>
        new(
            (int)values.shape[0],
            items =>
            {
                using Tensor rows = tensor(items.Select(i => (long)i).ToArray());
                return values.index_select(0, rows);
            }
        );
}
