using System.Runtime.InteropServices;
using HitSong.Features;
using static TorchSharp.torch;

namespace HitSong.Training;

/// <summary>The items that a network learns from or is asked about.</summary>
/// <param name="Count">How many; an item is a number from 0.</param>
/// <param name="Batch">
/// Makes the batch of some items, [batch, …] float32 on the CPU, the caller's to dispose. A trainer calls it on a
/// thread of its own.
/// </param>
public sealed record Examples(int Count, Func<IReadOnlyList<int>, Tensor> Batch)
{
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

    /// <summary>
    /// Clips of a feature store, [batch, bands, frames], read from its memory-mapped shards as they are wanted.
    /// </summary>
    /// <param name="store">The store, which has to stay open.</param>
    /// <param name="clips">
    /// Places in <see cref="FeatureStore.Clips"/>: item 0 is the first of them. All where null.
    /// </param>
    /// <param name="scale">Scales one clip's [bands · frames] values in place.</param>
    public static Examples Of(FeatureStore store, IReadOnlyList<int>? clips = null, Action<Span<float>>? scale = null)
    {
        int size = store.Bands * store.Frames;
        return new(
            clips?.Count ?? store.Clips.Count,
            items =>
            {
                Tensor batch = empty(items.Count, store.Bands, store.Frames);
                Span<float> values = MemoryMarshal.Cast<byte, float>(batch.bytes);
                for (int i = 0; i < items.Count; i++)
                {
                    Span<float> clip = values.Slice(i * size, size);
                    store.Read(clips?[items[i]] ?? items[i], clip);
                    scale?.Invoke(clip);
                }
                return batch;
            }
        );
    }
}
