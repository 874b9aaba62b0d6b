namespace HitSong.Corpus.Demo;

/// <summary>The instruments that artists choose from.</summary>
internal static class Instruments
{
    public static readonly Instrument[] Basses =
    [
        new SubBass(Glide: 0.3, Drive: 1.2),
        new SubBass(Glide: 0, Drive: 3),
        new Analog { Cutoff = 350, Sweep = 2.5, SweepTime = 0.12, Resonance = 1.6, Envelope = new(0.003, 0.3, 0.6, 0.06) },
        new Analog { Square = 1, Cutoff = 500, Sweep = 1.5, SweepTime = 0.2, Envelope = new(0.004, 0.4, 0.5, 0.06) },
        new FrequencyModulation(Ratio: 1, Index: 1.8, IndexTime: 0.15, Tine: 0) { Envelope = new(0.002, 0.5, 0.4, 0.08) },
        new PluckedString(Decay: 1.2),
    ];

    public static readonly Instrument[] Chords =
    [
        new Analog { Oscillators = 3, Detune = 14, Cutoff = 1100, Sweep = 0.5, SweepTime = 1, Envelope = new(0.08, 1, 0.8, 0.5), Sustained = true },
        new Analog { Oscillators = 2, Detune = 9, Square = 0.6, Cutoff = 900, Sweep = 1, SweepTime = 0.8, Envelope = new(0.03, 1, 0.7, 0.3), Sustained = true },
        new Analog { Oscillators = 2, Detune = 10, Cutoff = 1300, Sweep = 1.6, SweepTime = 0.1, Resonance = 1.2, Envelope = new(0.003, 0.25, 0.3, 0.12) },
        new FrequencyModulation(Ratio: 1, Index: 1.2, IndexTime: 0.4, Tine: 0.25) { Envelope = new(0.003, 1.2, 0.25, 0.2) },
        new Organ([1, 0.7, 0.5, 0.35, 0, 0.2]) { Sustained = true },
        new Organ([0.8, 1, 0.2, 0.5, 0.1, 0.3]),
        new PluckedString(Decay: 2.5),
    ];

    public static readonly Instrument[] Leads =
    [
        new Singer(),
        new Singer { Small = true },
        new Analog { Oscillators = 2, Detune = 8, Cutoff = 1800, Sweep = 1, SweepTime = 0.3, Envelope = new(0.01, 0.4, 0.7, 0.12) },
        new Analog { Square = 1, Cutoff = 1500, Sweep = 1.5, SweepTime = 0.15, Resonance = 1.5, Envelope = new(0.004, 0.3, 0.6, 0.1) },
        new FrequencyModulation(Ratio: 3.5, Index: 1.6, IndexTime: 0.5, Tine: 0) { Envelope = new(0.002, 0.9, 0.1, 0.4) },
        new FrequencyModulation(Ratio: 2, Index: 1.5, IndexTime: 0.3, Tine: 0.15) { Envelope = new(0.004, 0.8, 0.4, 0.2) },
        new PluckedString(Decay: 1.8),
    ];
}

/// <summary>Subtractive synthesis: sawtooths and squares, slightly apart, through a low-pass that opens with each note.</summary>
internal sealed record Analog : Instrument
{
    public int Oscillators { get; init; } = 1;

    /// <summary>Cents between neighbouring oscillators.</summary>
    public double Detune { get; init; }

    /// <summary>Share of square against sawtooth.</summary>
    public double Square { get; init; }

    /// <summary>Hz, at middle C and medium brightness.</summary>
    public required double Cutoff { get; init; }

    /// <summary>Octaves by which the filter is further open at the note's start.</summary>
    public double Sweep { get; init; }

    /// <summary>Seconds in which it closes.</summary>
    public double SweepTime { get; init; } = 0.2;

    public double Resonance { get; init; } = 0.8;

    public required Envelope Envelope { get; init; }

    public override void Play(Note note, Span<float> bus, Stage stage)
    {
        const int Control = 16; // samples between movements of the filter
        Span<float> phases = stackalloc float[Oscillators], steps = stackalloc float[Oscillators];
        for (int i = 0; i < Oscillators; i++)
        {
            double cents = Detune * (i - (Oscillators - 1) / 2.0);
            steps[i] = (float)(note.Frequency * Math.Pow(2, cents / 1200) / stage.SampleRate);
            phases[i] = (float)stage.Random.Uniform();
        }
        double cutoff = Cutoff * stage.Opening * Math.Sqrt(note.Frequency / 261.63) * (0.6 + 0.4 * note.Velocity);
        double sweep = Sweep, sweepFall = Math.Exp(-Control / (SweepTime * stage.SampleRate));
        float square = (float)Square, gain = (float)(note.Velocity / Oscillators);
        var filter = new StateVariableFilter();
        Envelope.Running envelope = Envelope.Start(note.Length, stage.SampleRate);

        int start = (int)(note.Start * stage.SampleRate);
        for (int t = 0; start + t < bus.Length && envelope.Next(out float level); t++)
        {
            if (t % Control == 0)
            {
                filter.Tune(cutoff * Math.Pow(2, sweep), Resonance, stage.SampleRate);
                sweep *= sweepFall;
            }
            float sum = 0;
            for (int i = 0; i < phases.Length; i++)
            {
                float phase = phases[i], step = steps[i];
                if (square < 1) sum += (1 - square) * Blep.Saw(phase, step);
                if (square > 0) sum += square * Blep.Square(phase, step);
                phase += step;
                phases[i] = phase >= 1 ? phase - 1 : phase;
            }
            bus[start + t] += filter.Low(sum) * level * gain;
        }
    }
}

/// <summary>Two-operator frequency modulation (Chowning 1973): electric pianos, bells, basses.</summary>
/// <param name="Ratio">The modulator's frequency over the carrier's.</param>
/// <param name="Index">The modulation's depth at the start, at medium brightness.</param>
/// <param name="IndexTime">Seconds in which it fades.</param>
/// <param name="Tine">Level of a short, high overtone at the start.</param>
internal sealed record FrequencyModulation(double Ratio, double Index, double IndexTime, double Tine) : Instrument
{
    public required Envelope Envelope { get; init; }

    public override void Play(Note note, Span<float> bus, Stage stage)
    {
        double step = note.Frequency / stage.SampleRate, phase = 0;
        double index = Index * Math.Sqrt(stage.Opening) * (0.4 + 0.6 * note.Velocity) / (2 * Math.PI);
        double indexFall = Math.Exp(-1 / (IndexTime * stage.SampleRate));
        double floor = 0.25 * index;
        // The tine must stay below half the rate.
        double tine = note.Frequency * 7 < 0.45 * stage.SampleRate ? Tine * stage.Opening : 0, tineFall = Math.Exp(-1 / (0.08 * stage.SampleRate));
        float gain = (float)note.Velocity;
        Envelope.Running envelope = Envelope.Start(note.Length, stage.SampleRate);

        int start = (int)(note.Start * stage.SampleRate);
        for (int t = 0; start + t < bus.Length && envelope.Next(out float level); t++)
        {
            float sample = Sine.At(phase + (floor + index) * Sine.At(phase * Ratio));
            if (tine > 1e-4) sample += (float)tine * Sine.At(phase * 7);
            bus[start + t] += sample * level * gain;
            phase += step;
            index *= indexFall;
            tine *= tineFall;
        }
    }
}

/// <summary>A plucked string (Karplus and Strong 1983; tuned by an all-pass as Jaffe and Smith 1983 have it).</summary>
/// <param name="Decay">Seconds in which middle C falls by 60 dB.</param>
internal sealed record PluckedString(double Decay) : Instrument
{
    public override void Play(Note note, Span<float> bus, Stage stage)
    {
        // The averaging of two neighbours delays by half a sample, the all-pass by the rest beyond a whole number.
        double period = stage.SampleRate / note.Frequency - 0.5;
        int length = (int)(period - 0.1);
        double fraction = period - length;
        float allPass = (float)((1 - fraction) / (1 + fraction));
        float loss = (float)Math.Pow(10, -3 / (Decay * Math.Sqrt(261.63 / note.Frequency) * note.Frequency));

        var line = new float[length];
        var pick = new StateVariableFilter();
        pick.Tune(2500 * stage.Opening * (0.5 + 0.5 * note.Velocity), 0.7, stage.SampleRate);
        float mean = 0;
        for (int i = 0; i < length; i++)
        {
            line[i] = pick.Low((float)stage.Random.Uniform(-1, 1));
            mean += line[i] / length;
        }
        for (int i = 0; i < length; i++) line[i] -= mean;

        float gain = (float)note.Velocity, previous = 0, passedIn = 0, passedOut = 0;
        Envelope.Running hand = new Envelope(0.001, 1, 1, 0.15).Start(note.Length, stage.SampleRate);
        int start = (int)(note.Start * stage.SampleRate), position = 0;
        for (int t = 0; start + t < bus.Length && hand.Next(out float level); t++)
        {
            float current = line[position];
            float averaged = 0.5f * (current + previous) * loss;
            previous = current;
            passedOut = allPass * (averaged - passedOut) + passedIn;
            passedIn = averaged;
            line[position] = passedOut;
            if (++position == length) position = 0;
            bus[start + t] += current * level * gain;
        }
    }
}

/// <summary>A drawbar organ: a few sines at organ footings, with a key's click and a slow tremulant.</summary>
/// <param name="Drawbars">Levels of the harmonics 1, 2, 3, 4, 6 and 8.</param>
internal sealed record Organ(double[] Drawbars) : Instrument
{
    private static readonly int[] Harmonics = [1, 2, 3, 4, 6, 8];

    public override void Play(Note note, Span<float> bus, Stage stage)
    {
        double step = note.Frequency / stage.SampleRate, phase = stage.Random.Uniform();
        var levels = new float[Harmonics.Length];
        for (int i = 0; i < levels.Length; i++)
            if (note.Frequency * Harmonics[i] < 0.45 * stage.SampleRate)
                levels[i] = (float)(Drawbars[i] * Math.Pow(stage.Opening, 0.25 * i) * note.Velocity / 2.5);
        double tremulant = 5.8 / stage.SampleRate;
        Envelope.Running envelope = new Envelope(0.006, 0.1, 0.9, 0.06).Start(note.Length, stage.SampleRate);

        int start = (int)(note.Start * stage.SampleRate);
        for (int t = 0; start + t < bus.Length && envelope.Next(out float level); t++)
        {
            float sum = 0;
            for (int i = 0; i < levels.Length; i++)
                if (levels[i] != 0) sum += levels[i] * Sine.At(phase * Harmonics[i]);
            bus[start + t] += sum * level * (1 + 0.12f * Sine.At(tremulant * (start + t)));
            phase += step;
        }
    }
}

/// <summary>A sine bass with harmonics from saturation.</summary>
/// <param name="Glide">Octaves above the note at which it starts; it falls within some hundredths of a second.</param>
/// <param name="Drive">How hard it is saturated, at medium brightness.</param>
internal sealed record SubBass(double Glide, double Drive) : Instrument
{
    public override void Play(Note note, Span<float> bus, Stage stage)
    {
        double step = note.Frequency / stage.SampleRate, phase = 0, glide = Glide;
        double glideFall = Math.Exp(-16 / (0.03 * stage.SampleRate)), bend = 1;
        float drive = (float)(Drive * Math.Sqrt(stage.Opening)), gain = (float)note.Velocity;
        Envelope.Running envelope = new Envelope(0.004, 0.6, 0.6, 0.08).Start(note.Length, stage.SampleRate);

        int start = (int)(note.Start * stage.SampleRate);
        for (int t = 0; start + t < bus.Length && envelope.Next(out float level); t++)
        {
            if (t % 16 == 0)
            {
                bend = Math.Pow(2, glide);
                glide *= glideFall;
            }
            bus[start + t] += MathF.Tanh(drive * level * Sine.At(phase)) * gain;
            phase += step * bend;
        }
    }
}

/// <summary>A voice without words: a buzzing source through the resonances of a vowel, another vowel each note, with vibrato on long notes.</summary>
internal sealed record Singer : Instrument
{
    // First three formants, Hz (Peterson and Barney 1952, men): a, e, i, o, u
    private static readonly double[][] Vowels = [[730, 1090, 2440], [530, 1840, 2480], [270, 2290, 3010], [570, 840, 2410], [300, 870, 2240]];
    private static readonly float[] Levels = [1, 0.6f, 0.35f];

    /// <summary>A smaller head: higher formants.</summary>
    public bool Small { get; init; }

    public override void Play(Note note, Span<float> bus, Stage stage)
    {
        double[] vowel = stage.Random.Pick(Vowels);
        var formants = new StateVariableFilter[3];
        for (int i = 0; i < 3; i++) formants[i].Tune(Math.Max(vowel[i] * (Small ? 1.18 : 1), note.Frequency * (i + 1)), 6 + 2 * i, stage.SampleRate);
        var source = new StateVariableFilter();
        source.Tune(1800 * stage.Opening, 0.7, stage.SampleRate);
        float gain = (float)note.Velocity, phase = 0, step = 0;
        double scoop = -0.06, scoopFall = Math.Exp(-16 / (0.04 * stage.SampleRate));
        Envelope.Running envelope = new Envelope(0.03, 0.3, 0.8, 0.1).Start(note.Length, stage.SampleRate);

        int start = (int)(note.Start * stage.SampleRate);
        for (int t = 0; start + t < bus.Length && envelope.Next(out float level); t++)
        {
            if (t % 16 == 0)
            {
                double seconds = (double)t / stage.SampleRate;
                double vibrato = Math.Clamp((seconds - 0.12) / 0.2, 0, 1) * 0.015 * Sine.At(5.4 * seconds);
                step = (float)(note.Frequency * Math.Pow(2, vibrato + scoop) / stage.SampleRate);
                scoop *= scoopFall;
            }
            float breath = (float)stage.Random.Uniform(-0.05, 0.05);
            float buzz = source.Low(Blep.Saw(phase, step) + breath);
            float sum = 0.15f * buzz;
            for (int i = 0; i < 3; i++) sum += Levels[i] * formants[i].Band(buzz) * 3;
            bus[start + t] += sum * level * gain;
            phase += step;
            if (phase >= 1) phase -= 1;
        }
    }
}
