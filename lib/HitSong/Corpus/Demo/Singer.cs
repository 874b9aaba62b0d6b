namespace HitSong.Corpus.Demo;

/// <summary>
/// A voice without words: a buzzing source through the resonances of a vowel, another vowel each note, with vibrato on
/// long notes.
/// </summary>
internal sealed record Singer : Instrument
{
    // First three formants, Hz (Peterson and Barney 1952, men): a, e, i, o, u
    private static readonly double[][] Vowels =
    [
        [730, 1090, 2440],
        [530, 1840, 2480],
        [270, 2290, 3010],
        [570, 840, 2410],
        [300, 870, 2240],
    ];
    private static readonly float[] Levels = [1, 0.6f, 0.35f];

    /// <summary>A smaller head: higher formants.</summary>
    public bool Small { get; init; }

    public override void Play(Note note, Span<float> bus, Stage stage)
    {
        double[] vowel = stage.Random.Pick(Vowels);
        var formants = new StateVariableFilter[3];
        for (int i = 0; i < 3; i++)
            formants[i]
                .Tune(Math.Max(vowel[i] * (Small ? 1.18 : 1), note.Frequency * (i + 1)), 6 + 2 * i, stage.SampleRate);
        var source = new StateVariableFilter();
        source.Tune(1800 * stage.Opening, 0.7, stage.SampleRate);
        float gain = (float)note.Velocity,
            phase = 0,
            step = 0;
        double scoop = -0.06,
            scoopFall = Math.Exp(-16 / (0.04 * stage.SampleRate));
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
            for (int i = 0; i < 3; i++)
                sum += Levels[i] * formants[i].Band(buzz) * 3;
            bus[start + t] += sum * level * gain;
            phase += step;
            if (phase >= 1)
                phase -= 1;
        }
    }
}
