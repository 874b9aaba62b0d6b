namespace HitSong.Numerics;

/// <summary>
/// NumPy's legacy <c>numpy.random.RandomState</c>: MT19937 (Matsumoto and Nishimura 1998) seeded as
/// <c>init_genrand</c>, whose shuffle scikit-learn splits with. The same numbers, in the same order; only what splits
/// need.
/// </summary>
/// <example><code>
/// // As numpy.random.RandomState(42).permutation(5).
/// new RandomState(42).Permutation(5) // [1, 4, 2, 0, 3]
/// </code></example>
public sealed class RandomState
{
    private const int Words = 624,
        Middle = 397;
    private readonly uint[] state = new uint[Words];
    private int used = Words;

    /// <summary>Seeds it.</summary>
    /// <param name="seed">scikit-learn's <c>random_state</c>, 0…2³² − 1.</param>
    public RandomState(uint seed)
    {
        for (uint i = 0; i < Words; i++)
        {
            state[i] = seed;
            seed = 1812433253 * (seed ^ (seed >> 30)) + i + 1;
        }
    }

    /// <summary>The next 32 bits.</summary>
    public uint Next()
    {
        if (used == Words)
            Refill();
        uint y = state[used++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    /// <summary>
    /// A whole number in 0…<paramref name="max"/>, by rejection under the smallest mask of ones that covers it, as
    /// NumPy's <c>random_interval</c>.
    /// </summary>
    public int UpTo(int max)
    {
        if (max == 0)
            return 0;
        uint mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount((uint)max),
            value;
        while ((value = Next() & mask) > max) { }
        return (int)value;
    }

    /// <summary>Shuffles in place (Fisher and Yates, from the end).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = UpTo(last);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    /// <summary>0…<paramref name="count"/> − 1, shuffled.</summary>
    public int[] Permutation(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        Shuffle<int>(order);
        return order;
    }

    private void Refill()
    {
        for (int i = 0; i < Words; i++)
        {
            uint y = (state[i] & 0x80000000) | (state[(i + 1) % Words] & 0x7FFFFFFF);
            state[i] = state[(i + Middle) % Words] ^ (y >> 1) ^ (y % 2 == 0 ? 0 : 0x9908B0DF);
        }
        used = 0;
    }
}
