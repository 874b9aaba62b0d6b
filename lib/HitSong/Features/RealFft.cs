using System.Runtime.CompilerServices;
using HitSong.Numerics;

namespace HitSong.Features;

/// <summary>
/// Power spectra of real frames of any even or odd length, several frames side by side. A frame of even length n goes
/// through one complex transform of n/2 points (its even samples as real, its odd ones as imaginary parts) and is
/// untangled afterwards; an odd one through a complex transform of n points. The transform is a mixed-radix decimation
/// in frequency (Cooley and Tukey 1965), in place and depth first, so that all but its first passes stay in the nearest
/// cache; what it leaves in digit-reversed order is read through a table. Prime factors above 5 take time as their
/// square.
/// </summary>
internal sealed unsafe class RealFft
{
    private readonly record struct Stage(int Radix, int Length, float[] Twiddles, float[] Roots);

    private readonly Stage[] stages;
    private readonly int[] order; // where the transform leaves frequency k
    private readonly float[] untangle; // exp(−2πi k / n), re and im, k ≤ n/4

    /// <summary>Plans transforms of frames of <paramref name="length"/> samples.</summary>
    public RealFft(int length)
    {
        Length = length;
        Points = length % 2 == 0 ? length / 2 : length;
        List<Stage> planned = [];
        for (int rest = Points; rest > 1; )
        {
            int radix = rest % 4 == 0 ? 4 : SmallestFactor(rest);
            planned.Add(new Stage(radix, rest, Twiddles(radix, rest), Roots(radix, radix)));
            rest /= radix;
        }
        stages = [.. planned];
        order = new int[Points];
        for (int k = 0; k < Points; k++)
        {
            int frequency = k,
                position = 0;
            foreach (Stage stage in stages)
            {
                position += frequency % stage.Radix * (stage.Length / stage.Radix);
                frequency /= stage.Radix;
            }
            order[k] = position;
        }
        untangle = Roots(length / 4 + 1, length);
        ScratchPoints = stages
            .Where(stage => stage.Radix is not (2 or 4))
            .Select(stage => stage.Radix)
            .DefaultIfEmpty(0)
            .Max();
    }

    /// <summary>Samples a frame.</summary>
    public int Length { get; }

    /// <summary>Complex points that a frame is packed into.</summary>
    public int Points { get; }

    /// <summary>Complex points that the transform needs behind those, to work in.</summary>
    public int ScratchPoints { get; }

    /// <summary>Frequencies from 0 to the Nyquist frequency.</summary>
    public int Bins => Length / 2 + 1;

    /// <summary>
    /// Power spectra of <c>TLanes.Count</c> frames, given <b>halved</b>: the untangling takes a sum where it means a
    /// mean.
    /// </summary>
    /// <param name="points">
    /// [points and scratch points, re and im, lanes]; overwritten. Where the length is even, point m holds samples 2m
    /// and 2m + 1.
    /// </param>
    /// <param name="power">[bins, lanes], |X|² of the frames as they were before halving.</param>
    public void Power<TLanes>(float* points, float* power)
        where TLanes : struct, ILanes<TLanes>
    {
        Transform<TLanes>(points, 0, points + 2 * TLanes.Count * Points);
        if (Length % 2 == 0)
            UntangleEven<TLanes>(points, power);
        else
            PowerOfOdd<TLanes>(points, power);
    }

    private void UntangleEven<TLanes>(float* points, float* power)
        where TLanes : struct, ILanes<TLanes>
    {
        int lanes = TLanes.Count,
            half = Points;
        TLanes re0 = TLanes.Load(points),
            im0 = TLanes.Load(points + lanes);
        TLanes first = (re0 + im0) * 2,
            last = (re0 - im0) * 2;
        TLanes.Store(first * first, power);
        TLanes.Store(last * last, power + half * lanes);
        fixed (int* at = order)
        fixed (float* roots = untangle)
        {
            for (int k = 1; k <= half / 2; k++)
            {
                float* a = points + 2 * lanes * at[k],
                    b = points + 2 * lanes * at[half - k];
                TLanes ar = TLanes.Load(a),
                    ai = TLanes.Load(a + lanes),
                    br = TLanes.Load(b),
                    bi = TLanes.Load(b + lanes);
                // The transform of the even samples is a + conj b, that of the odd ones (a − conj b) / i.
                TLanes evenR = ar + br,
                    evenI = ai - bi,
                    oddR = ai + bi,
                    oddI = br - ar;
                float wr = roots[2 * k],
                    wi = roots[2 * k + 1];
                TLanes tr = TLanes.MultiplyAdd(oddI, -wi, oddR * wr),
                    ti = TLanes.MultiplyAdd(oddR, wi, oddI * wr);
                TLanes pr = evenR + tr,
                    pi = evenI + ti,
                    mr = evenR - tr,
                    mi = evenI - ti;
                TLanes.Store(pr * pr + pi * pi, power + k * lanes);
                TLanes.Store(mr * mr + mi * mi, power + (half - k) * lanes);
            }
        }
    }

    private void PowerOfOdd<TLanes>(float* points, float* power)
        where TLanes : struct, ILanes<TLanes>
    {
        int lanes = TLanes.Count;
        for (int k = 0; k < Bins; k++)
        {
            float* point = points + 2 * lanes * order[k];
            TLanes re = TLanes.Load(point) * 2,
                im = TLanes.Load(point + lanes) * 2;
            TLanes.Store(re * re + im * im, power + k * lanes);
        }
    }

    private void Transform<TLanes>(float* z, int depth, float* scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        if (depth == stages.Length)
            return;
        Stage stage = stages[depth];
        int part = stage.Length / stage.Radix;
        fixed (
            float* twiddles = stage.Twiddles,
                roots = stage.Roots
        )
        {
            switch (stage.Radix)
            {
                case 2:
                    Radix2<TLanes>(z, part, twiddles);
                    break;
                case 4:
                    Radix4<TLanes>(z, part, twiddles);
                    break;
                default:
                    AnyRadix<TLanes>(z, stage.Radix, part, twiddles, roots, scratch);
                    break;
            }
        }
        for (int i = 0; i < stage.Radix; i++)
            Transform<TLanes>(z + 2 * TLanes.Count * part * i, depth + 1, scratch);
    }

    private static void Radix2<TLanes>(float* z, int part, float* w)
        where TLanes : struct, ILanes<TLanes>
    {
        int lanes = TLanes.Count,
            step = 2 * lanes * part;
        for (int j = 0; j < part; j++, z += 2 * lanes, w += 2)
        {
            TLanes ar = TLanes.Load(z),
                ai = TLanes.Load(z + lanes),
                br = TLanes.Load(z + step),
                bi = TLanes.Load(z + step + lanes);
            TLanes.Store(ar + br, z);
            TLanes.Store(ai + bi, z + lanes);
            StoreTwiddled(ar - br, ai - bi, w, z + step);
        }
    }

    private static void Radix4<TLanes>(float* z, int part, float* w)
        where TLanes : struct, ILanes<TLanes>
    {
        int lanes = TLanes.Count,
            step = 2 * lanes * part;
        for (int j = 0; j < part; j++, z += 2 * lanes, w += 6)
        {
            float* z1 = z + step,
                z2 = z1 + step,
                z3 = z2 + step;
            TLanes ar = TLanes.Load(z),
                ai = TLanes.Load(z + lanes),
                br = TLanes.Load(z1),
                bi = TLanes.Load(z1 + lanes);
            TLanes cr = TLanes.Load(z2),
                ci = TLanes.Load(z2 + lanes),
                dr = TLanes.Load(z3),
                di = TLanes.Load(z3 + lanes);
            TLanes acr = ar + cr,
                aci = ai + ci,
                bdr = br + dr,
                bdi = bi + di;
            TLanes.Store(acr + bdr, z);
            TLanes.Store(aci + bdi, z + lanes);
            TLanes evenR = acr - bdr,
                evenI = aci - bdi;
            acr = ar - cr;
            aci = ai - ci;
            bdr = br - dr;
            bdi = bi - di;
            TLanes oneR = acr + bdi,
                oneI = aci - bdr,
                threeR = acr - bdi,
                threeI = aci + bdr;
            if (part == 1)
            {
                TLanes.Store(oneR, z1);
                TLanes.Store(oneI, z1 + lanes);
                TLanes.Store(evenR, z2);
                TLanes.Store(evenI, z2 + lanes);
                TLanes.Store(threeR, z3);
                TLanes.Store(threeI, z3 + lanes);
            }
            else
            {
                StoreTwiddled(oneR, oneI, w, z1);
                StoreTwiddled(evenR, evenI, w + 2, z2);
                StoreTwiddled(threeR, threeI, w + 4, z3);
            }
        }
    }

    // The definition: radix² products a butterfly.
    private static void AnyRadix<TLanes>(float* z, int radix, int part, float* w, float* roots, float* input)
        where TLanes : struct, ILanes<TLanes>
    {
        int lanes = TLanes.Count,
            step = 2 * lanes * part;
        for (int j = 0; j < part; j++, z += 2 * lanes)
        {
            for (int i = 0; i < radix; i++)
            {
                TLanes.Store(TLanes.Load(z + i * step), input + 2 * i * lanes);
                TLanes.Store(TLanes.Load(z + i * step + lanes), input + (2 * i + 1) * lanes);
            }
            for (int q = 0; q < radix; q++)
            {
                TLanes re = TLanes.Zero,
                    im = TLanes.Zero;
                for (int i = 0, turn = 0; i < radix; i++)
                {
                    TLanes xr = TLanes.Load(input + 2 * i * lanes),
                        xi = TLanes.Load(input + (2 * i + 1) * lanes);
                    float rootR = roots[2 * turn],
                        rootI = roots[2 * turn + 1];
                    re = TLanes.MultiplyAdd(xr, rootR, TLanes.MultiplyAdd(xi, -rootI, re));
                    im = TLanes.MultiplyAdd(xr, rootI, TLanes.MultiplyAdd(xi, rootR, im));
                    if ((turn += q) >= radix)
                        turn -= radix;
                }
                if (q == 0)
                {
                    TLanes.Store(re, z);
                    TLanes.Store(im, z + lanes);
                }
                else
                    StoreTwiddled(re, im, w + 2 * (j * (radix - 1) + q - 1), z + q * step);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreTwiddled<TLanes>(TLanes re, TLanes im, float* w, float* z)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes.Store(TLanes.MultiplyAdd(im, -w[1], re * w[0]), z);
        TLanes.Store(TLanes.MultiplyAdd(re, w[1], im * w[0]), z + TLanes.Count);
    }

    // [part, radix − 1, re and im]: exp(−2πi j q / length) for j < length / radix, 0 < q < radix.
    private static float[] Twiddles(int radix, int length)
    {
        int part = length / radix;
        float[] twiddles = new float[2 * part * (radix - 1)];
        for (int j = 0, at = 0; j < part; j++)
        for (int q = 1; q < radix; q++, at += 2)
            (twiddles[at], twiddles[at + 1]) = Root((long)j * q, length);
        return twiddles;
    }

    // exp(−2πi k / turns) for k < count, re and im.
    private static float[] Roots(int count, int turns)
    {
        float[] roots = new float[2 * count];
        for (int k = 0; k < count; k++)
            (roots[2 * k], roots[2 * k + 1]) = Root(k, turns);
        return roots;
    }

    private static (float Re, float Im) Root(long turn, int turns)
    {
        (double sin, double cos) = Math.SinCos(-2 * Math.PI * (turn % turns) / turns);
        return ((float)cos, (float)sin);
    }

    private static int SmallestFactor(int number)
    {
        for (int factor = 2; factor * factor <= number; factor++)
            if (number % factor == 0)
                return factor;
        return number;
    }
}
