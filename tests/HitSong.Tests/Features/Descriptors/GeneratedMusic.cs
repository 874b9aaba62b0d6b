using HitSong.Audio;

namespace Tests;

/// <summary>
/// Music whose tempo or key is known, of another kind than the demo corpus's: strokes of noise and tones in rhythms
/// that swing, breathe and change their metre; chord progressions in other timbres and tunings.
/// </summary>
public static class GeneratedMusic
{
    private const int Rate = 44_100,
        Seconds = 25;

    /// <summary>A rhythm and its tempo.</summary>
    public sealed record Rhythm(string Kind, double BeatsPerMinute, Waveform Sound);

    /// <summary>A progression, its key (0 is C) and its tuning.</summary>
    public sealed record Progression(string Timbre, int Tonic, bool IsMinor, double Cents, Waveform Sound);

    private static readonly string[] Rhythms = ["straight", "swing", "rubato", "changing metre", "syncopated", "waltz"];
    private static readonly string[] Timbres = ["saw", "square", "bell", "plucked", "organ", "choir"];

    // Degrees of the scale from 0, one chord a bar; a minor key's fifth degree is major, as in harmonic minor.
    private static readonly int[][] MajorChords =
    [
        [0, 3, 4, 0],
        [0, 4, 5, 3],
        [1, 4, 0, 0],
        [0, 5, 1, 4],
        [3, 4, 2, 5, 1, 4, 0, 0],
        [0, 3, 0, 4],
    ];
    private static readonly int[][] MinorChords =
    [
        [0, 3, 4, 0],
        [0, 5, 2, 6],
        [1, 4, 0, 0],
        [0, 6, 5, 4],
        [0, 3, 6, 2, 5, 1, 4, 0],
        [0, 5, 3, 4],
    ];

    /// <summary>The i-th rhythm; kinds and tempi come in turn.</summary>
    public static Rhythm RhythmAt(int i)
    {
        Random random = new(1000 + i);
        string kind = Rhythms[i % Rhythms.Length];
        double tempo = 60 + 120 * random.NextDouble();
        List<(double Beat, int Voice, double Gain)> strokes = [];
        double beats = Seconds * tempo / 60;
        double swing = 0.6 + 0.07 * random.NextDouble();
        int[] pattern = [0, 3, 6, 10, 12];
        for (int bar = 0, first = 0; first < beats; bar++)
        {
            int metre = kind switch
            {
                "waltz" => 3,
                "changing metre" => new[] { 3, 4, 5, 4, 2 }[random.Next(5)],
                _ => 4,
            };
            for (int beat = 0; beat < metre; beat++)
            {
                double at = first + beat;
                if (kind == "syncopated")
                    strokes.Add((at, 2, 0.35));
                else
                    strokes.Add((at, beat == 0 ? 0 : 1, beat == 0 ? 1 : 0.6));
                double off = kind == "swing" ? swing : 0.5;
                if (kind != "straight" || random.NextDouble() < 0.5)
                    strokes.Add((at + off, 2, 0.3));
            }
            if (kind == "syncopated")
            {
                foreach (int step in pattern)
                    strokes.Add((first + step / 4.0, 0, 0.9));
                strokes.Add((first + 1, 1, 0.9));
                strokes.Add((first + 3, 1, 0.9));
            }
            first += metre;
        }
        double breath = kind == "rubato" ? 0.03 + 0.04 * random.NextDouble() : 0;
        float[] samples = new float[Rate * Seconds];
        foreach ((double beat, int voice, double gain) in strokes)
        {
            // Tempo waves about its mean once in 8 beats; the sum of so many waves stays on it.
            double time = 60 / tempo * (beat + breath * 8 / (2 * Math.PI) * Math.Sin(2 * Math.PI * beat / 8));
            Strike(samples, time + 0.3 + 0.004 * random.NextDouble(), voice, gain, random);
        }
        return new(kind, tempo, new(Scaled(samples), Rate));
    }

    private static void Strike(float[] samples, double time, int voice, double gain, Random random)
    {
        double decay = new[] { 0.12, 0.08, 0.03 }[voice];
        int first = (int)(time * Rate),
            length = (int)(5 * decay * Rate);
        double last = 0;
        for (int i = 0; i < length && first + i < samples.Length; i++)
        {
            double t = (double)i / Rate,
                noise = 2 * random.NextDouble() - 1;
            double sound = voice switch
            {
                0 => Math.Sin(2 * Math.PI * (60 * t + 4 * (1 - Math.Exp(-30 * t)))) + 0.05 * noise,
                1 => 0.6 * noise + 0.4 * Math.Sin(2 * Math.PI * 190 * t),
                _ => noise - last,
            };
            last = noise;
            samples[first + i] += (float)(gain * sound * Math.Exp(-t / decay));
        }
    }

    /// <summary>The i-th progression; timbres come in turn.</summary>
    public static Progression ProgressionAt(int i)
    {
        Random random = new(5000 + i);
        string timbre = Timbres[i % Timbres.Length];
        bool isMinor = random.Next(2) == 1;
        int tonic = random.Next(12);
        double cents = -40 + 80 * random.NextDouble();
        int[] chords = (isMinor ? MinorChords : MajorChords)[random.Next(6)];
        int[] scale = isMinor ? [0, 2, 3, 5, 7, 8, 10] : [0, 2, 4, 5, 7, 9, 11];
        double bar = 1.2 + random.NextDouble();
        float[] samples = new float[Rate * Seconds];
        for (int n = 0; n * bar < Seconds; n++)
        {
            int degree = chords[n % chords.Length];
            double start = n * bar;
            Note(36 + tonic + Of(degree) - (tonic > 6 ? 12 : 0), start, bar, 0.6);
            foreach (int third in new[] { 0, 2, 4 })
                Note(60 + (tonic + Of(degree + third)) % 12, start, bar, 0.4);
            for (int k = 0; k < 4; k++)
            {
                int step = random.NextDouble() < 0.7 ? degree + 2 * random.Next(3) : random.Next(7);
                Note(72 + (tonic + Of(step)) % 12, start + k * bar / 4, bar / 4, 0.35);
            }
            if (i % 3 == 0)
                for (int k = 0; k < 4; k++)
                    Strike(samples, start + k * bar / 4, k % 2 == 0 ? 0 : 1, 0.8, random);

            // Semitones above the tonic; the leading note in a minor key's fifth chord.
            int Of(int step)
            {
                int semitones = scale[step % 7] + 12 * (step / 7);
                return isMinor && degree == 4 && step % 7 == 6 ? semitones + 1 : semitones;
            }
        }
        return new(timbre, tonic, isMinor, cents, new(Scaled(samples), Rate));

        void Note(int pitch, double start, double duration, double gain) =>
            Play(samples, timbre, 440 * Math.Pow(2, (pitch - 69 + cents / 100) / 12), start, duration, gain, random);
    }

    private static void Play(
        float[] samples,
        string timbre,
        double frequency,
        double start,
        double duration,
        double gain,
        Random random
    )
    {
        int first = (int)(start * Rate),
            length = Math.Min((int)(duration * Rate), samples.Length - first);
        float[] line = new float[Math.Max(2, (int)Math.Round(Rate / frequency))];
        if (timbre == "plucked")
            for (int i = 0; i < line.Length; i++)
                line[i] = 2 * random.NextSingle() - 1;
        for (int i = 0; i < length; i++)
        {
            double t = (double)i / Rate,
                turn = 2 * Math.PI * frequency * t,
                sound = 0;
            switch (timbre)
            {
                case "saw":
                    for (int k = 1; k <= 12 && k * frequency < 10_000; k++)
                        sound += Math.Sin(k * turn) / k;
                    break;
                case "square":
                    for (int k = 1; k <= 11 && k * frequency < 10_000; k += 2)
                        sound += Math.Sin(k * turn) / k;
                    break;
                case "bell":
                    sound = Math.Sin(turn + 2 * Math.Exp(-4 * t) * Math.Sin(2 * turn)) * Math.Exp(-1.5 * t);
                    break;
                case "plucked":
                    // A period that is no whole number of samples is read between two (else it is out of tune).
                    double place = t * frequency % 1 * line.Length;
                    int whole = (int)place;
                    sound = line[whole] + (place - whole) * (line[(whole + 1) % line.Length] - line[whole]);
                    line[whole] = 0.996f * (line[whole] + line[(whole + 1) % line.Length]) / 2;
                    break;
                case "organ":
                    sound =
                        Math.Sin(turn) + 0.7 * Math.Sin(2 * turn) + 0.4 * Math.Sin(3 * turn) + 0.3 * Math.Sin(4 * turn);
                    break;
                default:
                    double vibrato = turn + 3 * Math.Sin(2 * Math.PI * 5.5 * t) * frequency / 440 * 0.5;
                    for (int k = 1; k <= 6; k++)
                        sound += Math.Sin(k * vibrato) * Math.Exp(-Math.Pow((k * frequency - 700) / 600, 2));
                    break;
            }
            double fade = Math.Min(1, Math.Min(t / 0.01, (duration - t) / 0.02));
            samples[first + i] += (float)(gain * fade * sound);
        }
    }

    private static float[] Scaled(float[] samples)
    {
        float largest = samples.Max(Math.Abs);
        return [.. samples.Select(sample => 0.7f * sample / largest)];
    }
}
