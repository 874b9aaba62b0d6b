namespace HitSong.Corpus.Demo;

/// <summary>A drawbar organ: a few sines at organ footings, with a key's click and a slow tremulant.</summary>
/// <param name="Drawbars">Levels of the harmonics 1, 2, 3, 4, 6 and 8.</param>
internal sealed record Organ(double[] Drawbars) : Instrument
{
    private static readonly int[] Harmonics = [1, 2, 3, 4, 6, 8];

    public override void Play(Note note, Span<float> bus, Stage stage)
    {
        double step = note.Frequency / stage.SampleRate,
            phase = stage.Random.Uniform();
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
                if (levels[i] != 0)
                    sum += levels[i] * Sine.At(phase * Harmonics[i]);
            bus[start + t] += sum * level * (1 + 0.12f * Sine.At(tremulant * (start + t)));
            phase += step;
        }
    }
}
