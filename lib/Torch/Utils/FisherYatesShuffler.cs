using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>The numbers below a size in random order.</summary>
/// <param name="size">How many.</param>
/// <param name="seed">With one, every pass has the same order. Without, each pass draws its own from libtorch's generator.</param>
public sealed class FisherYatesShuffler(long size, int? seed = null) : IEnumerable<long>
{
    public IEnumerator<long> GetEnumerator()
    {
        using Generator? generator = seed is { } s ? new Generator((ulong)(uint)s) : null;
        using Tensor order = randperm(size, generator: generator);
        long[] numbers = [.. order.data<long>()];
        return ((IEnumerable<long>)numbers).GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
