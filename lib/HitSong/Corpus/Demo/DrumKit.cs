using HitSong.Numerics;

namespace HitSong.Corpus.Demo;

/// <summary>An artist's drum kit: every piece is synthesized once a song and then struck.</summary>
internal sealed record DrumKit
{
    /// <summary>Final frequency of the kick, Hz.</summary>
    public required double KickPitch { get; init; }

    /// <summary>Seconds in which the kick dies away.</summary>
    public required double KickLength { get; init; }

    /// <summary>Frequency of the snare's body, Hz.</summary>
    public required double SnarePitch { get; init; }

    /// <summary>Share of noise in the snare; with much of it, and several bursts, it is a clap.</summary>
    public required double SnareNoise { get; init; }

    public required bool Clap { get; init; }

    /// <summary>Lower edge of the cymbals, Hz.</summary>
    public required double CymbalEdge { get; init; }

    public static DrumKit Create(SeededRandom random) =>
        new()
        {
            KickPitch = random.Uniform(42, 62),
            KickLength = random.Uniform(0.15, 0.45),
            SnarePitch = random.Uniform(160, 240),
            SnareNoise = random.Uniform(0.5, 0.85),
            Clap = random.Chance(0.35),
            CymbalEdge = random.Uniform(5000, 8000),
        };

    /// <summary>Adds all strokes to a bus.</summary>
    public void Play(List<Stroke> strokes, Span<float> bus, Stage stage)
    {
        float[][] pieces = Enum.GetValues<Drum>().Select(drum => Synthesize(drum, stage)).ToArray();
        float cymbals = (float)Math.Pow(10, (stage.Brightness - 0.5) * 14 / 20);
        foreach (Stroke stroke in strokes)
        {
            float[] piece = pieces[(int)stroke.Drum];
            float gain =
                (float)stroke.Velocity
                * (stroke.Drum is Drum.Hat or Drum.OpenHat or Drum.Shaker or Drum.Crash ? cymbals : 1);
            int start = (int)(stroke.Start * stage.SampleRate);
            int length = Math.Min(piece.Length, bus.Length - start);
            for (int t = 0; t < length; t++)
                bus[start + t] += piece[t] * gain;
        }
    }

    private float[] Synthesize(Drum drum, Stage stage) =>
        drum switch
        {
            Drum.Kick => Add(
                Thump(KickPitch, 2.2, 0.035, KickLength, 1, stage),
                Noise(2000, 0.7, 0.006, 0.25, stage, high: false)
            ),
            Drum.Snare when Clap => Enumerable
                .Range(0, 4)
                .Select(burst =>
                    Delayed(Noise(1100, 1.2, burst < 3 ? 0.012 : 0.14, 0.9, stage, band: true), burst * 0.011, stage)
                )
                .Aggregate(Add),
            Drum.Snare => Add(
                Thump(SnarePitch, 0.6, 0.02, 0.13, 1 - SnareNoise, stage),
                Noise(1400 * Math.Sqrt(stage.Opening), 0.7, 0.16, SnareNoise, stage, high: true)
            ),
            Drum.Hat => Noise(CymbalEdge, 0.9, 0.04, 0.35, stage, high: true),
            Drum.OpenHat => Noise(CymbalEdge * 0.9, 0.9, 0.22, 0.32, stage, high: true),
            Drum.Shaker => Noise(CymbalEdge * 0.8, 1.5, 0.06, 0.3, stage, band: true),
            Drum.Tom => Thump(95, 0.8, 0.08, 0.3, 0.9, stage),
            Drum.Crash => Noise(CymbalEdge * 0.6, 0.8, 1.2, 0.28, stage, high: true),
            _ => throw new ArgumentOutOfRangeException(nameof(drum), drum, "no such drum"),
        };

    // A sine that falls by `drop` octaves and dies away.
    private static float[] Thump(double pitch, double drop, double dropTime, double length, double level, Stage stage)
    {
        var samples = new float[(int)(length * 1.6 * stage.SampleRate)];
        double phase = 0;
        for (int t = 0; t < samples.Length; t++)
        {
            double seconds = (double)t / stage.SampleRate;
            phase += pitch * Math.Pow(2, drop * Math.Exp(-seconds / dropTime)) / stage.SampleRate;
            samples[t] = (float)(level * Decay(seconds, length)) * Sine.At(phase);
        }
        return samples;
    }

    private static float[] Noise(
        double frequency,
        double resonance,
        double length,
        double level,
        Stage stage,
        bool high = false,
        bool band = false
    )
    {
        var samples = new float[(int)(length * 1.6 * stage.SampleRate)];
        var filter = new StateVariableFilter();
        filter.Tune(frequency, resonance, stage.SampleRate);
        for (int t = 0; t < samples.Length; t++)
        {
            float noise = (float)stage.Random.Uniform(-1, 1);
            float filtered =
                high ? filter.High(noise)
                : band ? 2 * filter.Band(noise)
                : filter.Low(noise);
            samples[t] = filtered * (float)(level * Decay((double)t / stage.SampleRate, length));
        }
        return samples;
    }

    // Falls by 30 dB within the length, and to nothing at 1.6 times the length.
    private static double Decay(double seconds, double length) =>
        Math.Exp(-3.45 * seconds / length) * (1 - seconds / (1.6 * length));

    private static float[] Delayed(float[] samples, double seconds, Stage stage)
    {
        int offset = (int)(seconds * stage.SampleRate);
        var delayed = new float[offset + samples.Length];
        samples.CopyTo(delayed, offset);
        return delayed;
    }

    private static float[] Add(float[] first, float[] second)
    {
        float[] longer = first.Length >= second.Length ? first : second,
            shorter = first.Length >= second.Length ? second : first;
        for (int t = 0; t < shorter.Length; t++)
            longer[t] += shorter[t];
        return longer;
    }
}
