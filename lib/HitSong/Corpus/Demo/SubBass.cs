namespace HitSong.Corpus.Demo;

/// <summary>A sine bass with harmonics from saturation.</summary>
/// <param name="Glide">Octaves above the note at which it starts; it falls within some hundredths of a second.</param>
/// <param name="Drive">How hard it is saturated, at medium brightness.</param>
internal sealed record SubBass(double Glide, double Drive) : Instrument
{
    public override void Play(Note note, Span<float> bus, Stage stage)
    {
        double step = note.Frequency / stage.SampleRate,
            phase = 0,
            glide = Glide;
        double glideFall = Math.Exp(-16 / (0.03 * stage.SampleRate)),
            bend = 1;
        float drive = (float)(Drive * Math.Sqrt(stage.Opening)),
            gain = (float)note.Velocity;
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
