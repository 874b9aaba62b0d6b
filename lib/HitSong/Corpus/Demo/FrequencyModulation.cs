namespace HitSong.Corpus.Demo;

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
        double step = note.Frequency / stage.SampleRate,
            phase = 0;
        double index = Index * Math.Sqrt(stage.Opening) * (0.4 + 0.6 * note.Velocity) / (2 * Math.PI);
        double indexFall = Math.Exp(-1 / (IndexTime * stage.SampleRate));
        double floor = 0.25 * index;
        // The tine must stay below half the rate.
        double tine = note.Frequency * 7 < 0.45 * stage.SampleRate ? Tine * stage.Opening : 0,
            tineFall = Math.Exp(-1 / (0.08 * stage.SampleRate));
        float gain = (float)note.Velocity;
        Envelope.Running envelope = Envelope.Start(note.Length, stage.SampleRate);

        int start = (int)(note.Start * stage.SampleRate);
        for (int t = 0; start + t < bus.Length && envelope.Next(out float level); t++)
        {
            float sample = Sine.At(phase + (floor + index) * Sine.At(phase * Ratio));
            if (tine > 1e-4)
                sample += (float)tine * Sine.At(phase * 7);
            bus[start + t] += sample * level * gain;
            phase += step;
            index *= indexFall;
            tine *= tineFall;
        }
    }
}
