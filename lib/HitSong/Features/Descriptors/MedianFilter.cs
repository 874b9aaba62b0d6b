using System.Numerics;
using System.Runtime.CompilerServices;

namespace HitSong.Features.Descriptors;

/// <summary>
/// Medians of 17 values that lie a step apart, for as many places side by side as there are SIMD lanes. The two in the
/// middle of 16 are found by forgetful selection: of ten values the least and the largest can be neither, of the other
/// eight and the next value again, until two are left. Then a seventeenth, whichever it is, lies between both or is
/// held by them, so that neighbours whose windows share 16 values share the work.
/// </summary>
internal static unsafe class MedianFilter
{
    /// <summary>Values of a window.</summary>
    public const int Length = 17;

    /// <summary>Values of a window on either side of its middle.</summary>
    public const int Half = Length / 2;

    /// <summary>The eighth and ninth of 16 values.</summary>
    /// <param name="values">The first of them, for each lane.</param>
    /// <param name="step">From one to the next.</param>
    public static (Vector<float> Lower, Vector<float> Upper) Middle(float* values, nint step)
    {
        Vector<float> v0 = Vector.Load(values),
            v1 = Vector.Load(values + step),
            v2 = Vector.Load(values + 2 * step),
            v3 = Vector.Load(values + 3 * step),
            v4 = Vector.Load(values + 4 * step),
            v5 = Vector.Load(values + 5 * step),
            v6 = Vector.Load(values + 6 * step),
            v7 = Vector.Load(values + 7 * step),
            v8 = Vector.Load(values + 8 * step),
            v9 = Vector.Load(values + 9 * step);

        // Each time: the smaller of each pair to the front, then the least of those and the largest of the others to
        // the ends.
        Sort(ref v0, ref v9);
        Sort(ref v1, ref v8);
        Sort(ref v2, ref v7);
        Sort(ref v3, ref v6);
        Sort(ref v4, ref v5);
        Sort(ref v0, ref v1);
        Sort(ref v8, ref v9);
        Sort(ref v0, ref v2);
        Sort(ref v7, ref v9);
        Sort(ref v0, ref v3);
        Sort(ref v6, ref v9);
        Sort(ref v0, ref v4);
        Sort(ref v5, ref v9);

        v0 = Vector.Load(values + 10 * step);
        Sort(ref v0, ref v8);
        Sort(ref v1, ref v7);
        Sort(ref v2, ref v6);
        Sort(ref v3, ref v5);
        Sort(ref v0, ref v1);
        Sort(ref v7, ref v8);
        Sort(ref v0, ref v2);
        Sort(ref v6, ref v8);
        Sort(ref v0, ref v3);
        Sort(ref v5, ref v8);
        Sort(ref v0, ref v4);
        Sort(ref v4, ref v8);

        v0 = Vector.Load(values + 11 * step);
        Sort(ref v0, ref v7);
        Sort(ref v1, ref v6);
        Sort(ref v2, ref v5);
        Sort(ref v3, ref v4);
        Sort(ref v0, ref v1);
        Sort(ref v6, ref v7);
        Sort(ref v0, ref v2);
        Sort(ref v5, ref v7);
        Sort(ref v0, ref v3);
        Sort(ref v4, ref v7);

        v0 = Vector.Load(values + 12 * step);
        Sort(ref v0, ref v6);
        Sort(ref v1, ref v5);
        Sort(ref v2, ref v4);
        Sort(ref v0, ref v1);
        Sort(ref v5, ref v6);
        Sort(ref v0, ref v2);
        Sort(ref v4, ref v6);
        Sort(ref v0, ref v3);
        Sort(ref v3, ref v6);

        v0 = Vector.Load(values + 13 * step);
        Sort(ref v0, ref v5);
        Sort(ref v1, ref v4);
        Sort(ref v2, ref v3);
        Sort(ref v0, ref v1);
        Sort(ref v4, ref v5);
        Sort(ref v0, ref v2);
        Sort(ref v3, ref v5);

        v0 = Vector.Load(values + 14 * step);
        Sort(ref v0, ref v4);
        Sort(ref v1, ref v3);
        Sort(ref v0, ref v1);
        Sort(ref v3, ref v4);
        Sort(ref v0, ref v2);
        Sort(ref v2, ref v4);

        v0 = Vector.Load(values + 15 * step);
        Sort(ref v0, ref v3);
        Sort(ref v1, ref v2);
        Sort(ref v0, ref v1);
        Sort(ref v2, ref v3);
        Sort(ref v1, ref v2);
        return (v1, v2);
    }

    /// <summary>The median of 16 values of which the middle is known, and another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> With((Vector<float> Lower, Vector<float> Upper) middle, Vector<float> other) =>
        Vector.Max(middle.Lower, Vector.Min(middle.Upper, other));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sort(ref Vector<float> smaller, ref Vector<float> larger) =>
        (smaller, larger) = (Vector.Min(smaller, larger), Vector.Max(smaller, larger));
}
