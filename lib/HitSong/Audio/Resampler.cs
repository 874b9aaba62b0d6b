using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HitSong.Numerics;

namespace HitSong.Audio;

/// <summary>
/// Changes the rate of a signal with a bank of polyphase filters: a sinc under a Kaiser window (Kaiser and Schafer
/// 1980), flat within 0.1 dB to 90% of the lower Nyquist frequency, below −90 dB from there on. Each output is one sum
/// around its own place, in the order of its terms, so any part of a signal comes out as in the whole, bit by bit, at
/// any width of SIMD.
/// </summary>
internal sealed unsafe class Resampler
{
    // Found by a search for the shortest filter: taps and cutoff at the rate of the lower Nyquist frequency, and the
    // window's shape.
    private const double Length = 102,
        Cutoff = 0.942,
        Beta = 9.2;
    private const int Sums = 8; // vectors of outputs in the making: as many as hide the time of an addition
    private const int Apart = 16; // columns between the inputs of two taps that share them
    private const int TileSamples = 1 << 12; // of input, at least: few enough to stay in the nearest cache
    private const int LargestTile = 1 << 21;

    private static readonly ConcurrentDictionary<(int, int), Resampler> Made = new();

    private readonly long up,
        down; // the rates in lowest terms: output n lies at n · down / up
    private readonly int phases,
        taps;
    private readonly float[] filters; // [phases + 1, taps]: phase p is for places p / phases after a sample
    private readonly int lanes,
        steps; // steps of up outputs that are made at once; 0: one output at a time

    internal Resampler(int from, int to, int lanes)
    {
        this.lanes = lanes;
        long divisor = Gcd(from, to);
        (up, down) = (to / divisor, from / divisor);
        double lower = Math.Min(1, (double)to / from);
        taps = 2 * (int)Math.Ceiling(Length / 2 / lower);
        // Where there are too many phases to keep, a straight line between two neighbours of these is true to −140 dB.
        phases = (int)Math.Min(up, Math.Ceiling(4096 * lower));
        int columns = Sums * lanes;
        if (lanes > 1 && phases == up && (columns + 2) * down + taps <= LargestTile)
            steps = Math.Max(1, TileSamples / (int)down / columns) * columns;
        filters = new float[(phases + 1) * taps];
        for (int phase = 0; phase <= phases; phase++)
        {
            for (int tap = 0; tap < taps; tap++)
            {
                double time = (double)phase / phases + taps / 2 - 1 - tap,
                    edge = 2 * time / taps,
                    turn = Math.PI * Cutoff * lower * time;
                double sinc = time == 0 ? 1 : Math.Sin(turn) / turn;
                filters[phase * taps + tap] = (float)(
                    Cutoff * lower * sinc * Bessel(Beta * Math.Sqrt(Math.Max(0, 1 - edge * edge))) / Bessel(Beta)
                );
            }
        }
    }

    /// <summary>The resampler between two rates, Hz; its filters are made once.</summary>
    public static Resampler For(int from, int to)
    {
        // Damaged files may claim all sorts of rates.
        if (Made.Count > 32)
            Made.Clear();
        return Made.GetOrAdd(
            (from, to),
            rates => new Resampler(
                rates.Item1,
                rates.Item2,
                Vector512.IsHardwareAccelerated ? 16
                    : Vector256.IsHardwareAccelerated ? 8
                    : Vector128.IsHardwareAccelerated ? 4
                    : 1
            )
        );
    }

    /// <summary>Computes a part of the output. Beyond the ends of the input lies silence.</summary>
    /// <param name="input">[samples] at the first rate.</param>
    /// <param name="begin">Place of the first of them in the signal.</param>
    /// <param name="output">[samples] at the second rate; filled.</param>
    /// <param name="first">Place of the first of them in the resampled signal.</param>
    public void Run(ReadOnlySpan<float> input, long begin, Span<float> output, long first)
    {
        fixed (
            float* x = input,
                y = output
        )
        {
            if (steps == 0)
                for (int i = 0; i < output.Length; i++)
                    y[i] = One(x, input.Length, begin, first + i);
            else if (lanes == 16)
                Tiles<Lanes16>(x, input.Length, begin, y, output.Length, first);
            else if (lanes == 8)
                Tiles<Lanes8>(x, input.Length, begin, y, output.Length, first);
            else
                Tiles<Lanes4>(x, input.Length, begin, y, output.Length, first);
        }
    }

    /// <summary>How many outputs to make at once, at least so many: a whole number of tiles.</summary>
    public int Block(int least) =>
        steps == 0 ? least : checked((int)((least + steps * up - 1) / (steps * up) * steps * up));

    /// <summary>How many of so many outputs to make from a place on, so that the next begin where a tile may.</summary>
    public long Whole(long first, int count) => steps == 0 ? count : count - first % up;

    /// <summary>Inputs that so many outputs need, and some to spare.</summary>
    public long Inputs(int outputs) => outputs * down / up + 2 * taps + 64;

    /// <summary>The outputs before this place need no input from <paramref name="inputs"/> on.</summary>
    public long Ready(long inputs) => Math.Max(0, ((inputs - taps / 2) * up + down - 1) / down);

    /// <summary>The first input that an output needs; below 0 lies silence.</summary>
    public long Start(long output) => output * down / up - taps / 2 + 1;

    // Outputs that are up apart share a filter, and their inputs are down apart. With the input laid out by [sample of
    // a step, step], the same tap's inputs of successive such outputs lie side by side.
    private void Tiles<TLanes>(float* x, int length, long begin, float* y, int count, long first)
        where TLanes : struct, ILanes<TLanes>
    {
        int rows = (int)down,
            wide = Sums * TLanes.Count,
            columns = steps + (taps + rows - 1) / rows + 1;
        float* tile = (float*)NativeMemory.AlignedAlloc((nuint)(rows * columns + wide) * sizeof(float), 64),
            beside = tile + rows * columns;
        try
        {
            fixed (float* h = filters)
            {
                for (long group = first / up; group * up < first + count; group += steps)
                {
                    LayOut(x, length, Start(group * up) - begin, tile, rows, columns);
                    for (int phase = 0; phase < up; phase++)
                    {
                        int offset = (int)(phase * down / up),
                            row = offset % rows,
                            column = offset / rows;
                        float* filter = h + phase * down % up * taps;
                        for (int step = 0; step < steps; step += wide)
                        {
                            long place = (group + step) * up + phase - first;
                            if (place >= count)
                                break;
                            bool direct = up == 1 && place >= 0 && place + wide <= count;
                            Filter<TLanes>(
                                filter,
                                tile,
                                row,
                                column + step,
                                rows,
                                columns,
                                direct ? y + place : beside
                            );
                            if (direct)
                                continue;
                            for (int k = 0; k < wide; k++, place += up)
                                if (place >= 0 && place < count)
                                    y[place] = beside[k];
                        }
                    }
                }
            }
        }
        finally
        {
            NativeMemory.AlignedFree(tile);
        }
    }

    private static void LayOut(float* x, int length, long start, float* tile, int rows, int columns)
    {
        bool inside = start >= 0 && start + (long)rows * columns <= length;
        if (inside && rows == 2)
        {
            Split(x + start, tile, tile + columns, columns);
            return;
        }
        for (int row = 0; row < rows; row++, tile += columns)
        {
            long from = start + row;
            if (inside)
                for (int column = 0; column < columns; column++)
                    tile[column] = x[from + (long)column * rows];
            else
                for (int column = 0; column < columns; column++, from += rows)
                    tile[column] = from >= 0 && from < length ? x[from] : 0;
        }
    }

    // Every other sample to either row, for the commonest ratio: a pair of samples is an integer of twice the width,
    // whose halves they are.
    private static void Split(float* x, float* even, float* odd, int columns)
    {
        int column = 0;
        for (; column <= columns - Vector<uint>.Count; column += Vector<uint>.Count)
        {
            Vector<ulong> low = Vector.Load((ulong*)(x + 2 * column)),
                high = Vector.Load((ulong*)(x + 2 * column) + Vector<ulong>.Count);
            Vector.Narrow(low, high).Store((uint*)(even + column));
            Vector.Narrow(low >>> 32, high >>> 32).Store((uint*)(odd + column));
        }
        for (; column < columns; column++)
            (even[column], odd[column]) = (x[2 * column], x[2 * column + 1]);
    }

    // The terms come in pairs, tap and tap + Apart · down, whose inputs are so many columns apart: what one loads for
    // an output serves the other.
    private void Filter<TLanes>(float* h, float* tile, int row, int column, int rows, int columns, float* made)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes s0 = TLanes.Zero,
            s1 = s0,
            s2 = s0,
            s3 = s0,
            s4 = s0,
            s5 = s0,
            s6 = s0,
            s7 = s0;
        for (int block = 0; block < taps; block += 2 * Apart * rows, column += 2 * Apart)
        {
            float* from = tile + (nint)row * columns + column;
            nint lap = (nint)rows * columns - 1;
            int end = Math.Min(block + Apart * rows, taps),
                pairs = Math.Min(end, taps - Apart * rows);
            for (int tap = block, at = row; tap < end; tap++)
            {
                float one = h[tap];
                TLanes v1 = TLanes.Load(from + TLanes.Count),
                    v2 = TLanes.Load(from + 2 * TLanes.Count),
                    v3 = TLanes.Load(from + 3 * TLanes.Count),
                    v4 = TLanes.Load(from + 4 * TLanes.Count);
                TLanes v5 = TLanes.Load(from + 5 * TLanes.Count),
                    v6 = TLanes.Load(from + 6 * TLanes.Count),
                    v7 = TLanes.Load(from + 7 * TLanes.Count);
                s0 = TLanes.MultiplyAdd(TLanes.Load(from), one, s0);
                s1 = TLanes.MultiplyAdd(v1, one, s1);
                s2 = TLanes.MultiplyAdd(v2, one, s2);
                s3 = TLanes.MultiplyAdd(v3, one, s3);
                s4 = TLanes.MultiplyAdd(v4, one, s4);
                s5 = TLanes.MultiplyAdd(v5, one, s5);
                s6 = TLanes.MultiplyAdd(v6, one, s6);
                s7 = TLanes.MultiplyAdd(v7, one, s7);
                if (tap < pairs)
                {
                    float two = h[tap + Apart * rows];
                    bool shared = TLanes.Count == Apart;
                    float* far = from + Apart;
                    s0 = TLanes.MultiplyAdd(shared ? v1 : TLanes.Load(far), two, s0);
                    s1 = TLanes.MultiplyAdd(shared ? v2 : TLanes.Load(far + TLanes.Count), two, s1);
                    s2 = TLanes.MultiplyAdd(shared ? v3 : TLanes.Load(far + 2 * TLanes.Count), two, s2);
                    s3 = TLanes.MultiplyAdd(shared ? v4 : TLanes.Load(far + 3 * TLanes.Count), two, s3);
                    s4 = TLanes.MultiplyAdd(shared ? v5 : TLanes.Load(far + 4 * TLanes.Count), two, s4);
                    s5 = TLanes.MultiplyAdd(shared ? v6 : TLanes.Load(far + 5 * TLanes.Count), two, s5);
                    s6 = TLanes.MultiplyAdd(shared ? v7 : TLanes.Load(far + 6 * TLanes.Count), two, s6);
                    s7 = TLanes.MultiplyAdd(TLanes.Load(far + 7 * TLanes.Count), two, s7);
                }
                from += columns;
                if (++at == rows)
                {
                    at = 0;
                    from -= lap;
                }
            }
        }
        TLanes.Store(s0, made);
        TLanes.Store(s1, made + TLanes.Count);
        TLanes.Store(s2, made + 2 * TLanes.Count);
        TLanes.Store(s3, made + 3 * TLanes.Count);
        TLanes.Store(s4, made + 4 * TLanes.Count);
        TLanes.Store(s5, made + 5 * TLanes.Count);
        TLanes.Store(s6, made + 6 * TLanes.Count);
        TLanes.Store(s7, made + 7 * TLanes.Count);
    }

    // The scalar path, which any ratio of rates can go.
    private float One(float* x, int length, long begin, long n)
    {
        long start = Start(n) - begin,
            rest = n * down % up;
        double place = (double)rest / up * phases;
        int phase = phases == up ? (int)rest : (int)place;
        float low = Sum(phase);
        return phases == up ? low : low + (float)(place - phase) * (Sum(phase + 1) - low);

        float Sum(int phase)
        {
            float sum = 0;
            long apart = Apart * down;
            for (long block = 0; block < taps; block += 2 * apart)
            {
                for (long tap = block; tap < Math.Min(block + apart, taps); tap++)
                {
                    Add(tap);
                    if (tap + apart < taps)
                        Add(tap + apart);
                }
            }
            return sum;

            void Add(long tap) =>
                sum = MathF.FusedMultiplyAdd(
                    start + tap >= 0 && start + tap < length ? x[start + tap] : 0,
                    filters[phase * taps + tap],
                    sum
                );
        }
    }

    // I0, by its power series.
    private static double Bessel(double x)
    {
        double sum = 1,
            term = 1;
        for (int k = 1; term > 1e-17 * sum; k++)
            sum += term *= x * x / (4.0 * k * k);
        return sum;
    }

    private static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);
}
