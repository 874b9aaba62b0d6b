namespace HitSong.Corpus.Demo;

/// <summary>What a note needs to know of the song it sounds in.</summary>
/// <param name="SampleRate">Hz.</param>
/// <param name="Brightness">0…1, as <see cref="Sound.Brightness"/>.</param>
/// <param name="Random">For noise and small irregularities; one stream a song, used in the order of the notes.</param>
internal sealed record Stage(int SampleRate, double Brightness, SeededRandom Random)
{
    /// <summary>Factor on the cutoff of filters: two and a half octaves down to as many up.</summary>
    public double Opening => Math.Pow(2, 5 * (Brightness - 0.5));
}

/// <summary>A way of making a note sound.</summary>
internal abstract record Instrument
{
    /// <summary>Plays whole chords a bar long rather than rhythms.</summary>
    public bool Sustained { get; init; }

    /// <summary>Adds a note to a bus, [samples] at the stage's rate; what lies beyond the bus's end is cut.</summary>
    public abstract void Play(Note note, Span<float> bus, Stage stage);
}

/// <summary>Attack, decay to the sustained level, release, in seconds; the attack is linear, the rest falls exponentially.</summary>
internal readonly record struct Envelope(double Attack, double Decay, double Sustain, double Release)
{
    /// <summary>Starts it for a note of the given length in seconds.</summary>
    public Running Start(double length, int sampleRate) => new()
    {
        Attack = Math.Max(1, (int)(Attack * sampleRate)),
        Held = (int)(length * sampleRate),
        Sustain = (float)Sustain,
        DecayRate = (float)(1 - Math.Exp(-1 / (Decay * sampleRate / 3))),
        ReleaseRate = (float)(1 - Math.Exp(-1 / (Release * sampleRate / 3))),
    };

    /// <summary>An envelope under way.</summary>
    public struct Running
    {
        internal int Attack, Held;
        internal float Sustain, DecayRate, ReleaseRate;
        private int _position;
        private float _level;

        /// <summary>The next sample's level; false once the note has died away.</summary>
        public bool Next(out float level)
        {
            if (_position >= Held) _level += (-0.03f - _level) * ReleaseRate; // aims below silence, so that it gets there
            else if (_position < Attack) _level = (float)(_position + 1) / Attack;
            else _level += (Sustain - _level) * DecayRate;
            _position++;
            level = _level;
            return _level > 0;
        }
    }
}

/// <summary>A sine by table, linearly interpolated; its error is below −120 dB.</summary>
internal static class Sine
{
    private const int Size = 4096;
    private static readonly float[] Table = Enumerable.Range(0, Size + 1).Select(i => (float)Math.Sin(2 * Math.PI * i / Size)).ToArray();

    /// <summary>The sine of a phase in cycles, of any size and sign.</summary>
    public static float At(double cycles)
    {
        double position = (cycles - Math.Floor(cycles)) * Size;
        int index = (int)position;
        return Table[index] + (Table[index + 1] - Table[index]) * (float)(position - index);
    }
}

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

/// <summary>A state-variable filter that stays stable while its cutoff moves (Zavalishin, The Art of VA Filter Design, 2012).</summary>
internal struct StateVariableFilter
{
    private float _a1, _a2, _a3, _s1, _s2, _damping;

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
