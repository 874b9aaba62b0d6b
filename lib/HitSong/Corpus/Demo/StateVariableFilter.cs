namespace HitSong.Corpus.Demo;

/// <summary>
/// A state-variable filter that stays stable while its cutoff moves (Zavalishin, The Art of VA Filter Design, 2012).
/// </summary>
internal struct StateVariableFilter
{
    private float _a1,
        _a2,
        _a3,
        _s1,
        _s2,
        _damping;

    /// <summary>Sets cutoff (Hz, kept below 0.45 of the rate) and resonance (Q).</summary>
    public void Tune(double cutoff, double resonance, int sampleRate)
    {
        float g = (float)Math.Tan(Math.PI * Math.Clamp(cutoff, 20, 0.45 * sampleRate) / sampleRate);
        _damping = (float)(1 / resonance);
        _a1 = 1 / (1 + g * (g + _damping));
        _a2 = g * _a1;
        _a3 = g * _a2;
    }

    /// <summary>The next sample's low-pass.</summary>
    public float Low(float input)
    {
        Step(input, out _, out float low);
        return low;
    }

    /// <summary>The next sample's band-pass, of gain 1 at its centre.</summary>
    public float Band(float input)
    {
        Step(input, out float band, out _);
        return _damping * band;
    }

    /// <summary>The next sample's high-pass.</summary>
    public float High(float input)
    {
        Step(input, out float band, out float low);
        return input - _damping * band - low;
    }

    private void Step(float input, out float band, out float low)
    {
        float v3 = input - _s2;
        band = _a1 * _s1 + _a2 * v3;
        low = _s2 + _a2 * _s1 + _a3 * v3;
        _s1 = 2 * band - _s1;
        _s2 = 2 * low - _s2;
    }
}
