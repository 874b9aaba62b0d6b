namespace HitSong.Numerics;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): the same numbers
/// for the same seed on every version of .NET, which <see cref="Random"/> does not promise. A stream of its own for
/// each purpose and each item makes what is drawn for one item independent of the order in which items are made.
/// </summary>
/// <example><code>
/// // Of the same seed, purpose and item always the same numbers.
/// var random = new SeededRandom(42, "crop", item: 7);
/// int[] order = random.Permutation(5); // [2, 1, 4, 0, 3]
/// random.Uniform(-1, 1) // -0.6819
/// </code></example>
public sealed class SeededRandom
{
    private ulong _state;

    /// <summary>The stream of one purpose and one item under a seed.</summary>
    /// <param name="seed">The seed of the whole.</param>
    /// <param name="purpose">What is drawn, such as "artist".</param>
    /// <param name="item">For which of many.</param>
    public SeededRandom(ulong seed, string purpose, int item = 0)
    {
        _state = Mix(seed + Step);
        foreach (char letter in purpose)
            _state = Mix(_state ^ letter) + Step;
        _state = Mix(_state ^ (uint)item);
    }

    private const ulong Step = 0x9E3779B97F4A7C15;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        _state += Step;
        return Mix(_state);
    }

    /// <summary>Uniform in [0, 1), of 53 bits.</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform between two bounds.</summary>
    public double Uniform(double low, double high) => low + (high - low) * Uniform();

    /// <summary>
    /// A whole number in [0, <paramref name="bound"/>), each equally likely (Lemire's multiplication; its bias is below
    /// bound / 2⁶⁴).
    /// </summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => Uniform() < probability;

    /// <summary>One of the items, each equally likely.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>Standard normal (Box and Muller 1958; the cosine half).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>
    /// The whole numbers 0…<paramref name="count"/> − 1 in random order (Fisher and Yates, from the end, as Durstenfeld
    /// 1964 has it).
    /// </summary>
    public int[] Permutation(int count)
    {
        int[] order = Enumerable.Range(0, count).ToArray();
        for (int last = count - 1; last > 0; last--)
        {
            int other = Below(last + 1);
            (order[last], order[other]) = (order[other], order[last]);
        }
        return order;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
