namespace HitSong.Corpus.Demo;

/// <summary>A sawtooth or square of limited bandwidth by PolyBLEP (Välimäki, Pekonen and Nam 2012).</summary>
internal static class Blep
{
    /// <summary>Sawtooth, −1…1, at a phase of 0…1.</summary>
    public static float Saw(float phase, float step) => 2 * phase - 1 - Residual(phase, step);

    /// <summary>Square, −1…1, at a phase of 0…1.</summary>
    public static float Square(float phase, float step)
    {
        float half = phase < 0.5f ? phase + 0.5f : phase - 0.5f;
        return (phase < 0.5f ? 1 : -1) + Residual(phase, step) - Residual(half, step);
    }

    private static float Residual(float phase, float step)
    {
        if (phase < step)
        {
            float t = phase / step;
            return t + t - t * t - 1;
        }
        if (phase > 1 - step)
        {
            float t = (phase - 1) / step;
            return t * t + t + t + 1;
        }
        return 0;
    }
}
