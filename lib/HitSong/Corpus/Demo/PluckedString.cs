namespace HitSong.Corpus.Demo;

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
        for (int i = 0; i < length; i++)
            line[i] -= mean;

        float gain = (float)note.Velocity,
            previous = 0,
            passedIn = 0,
            passedOut = 0;
        Envelope.Running hand = new Envelope(0.001, 1, 1, 0.15).Start(note.Length, stage.SampleRate);
        int start = (int)(note.Start * stage.SampleRate),
            position = 0;
        for (int t = 0; start + t < bus.Length && hand.Next(out float level); t++)
        {
            float current = line[position];
            float averaged = 0.5f * (current + previous) * loss;
            previous = current;
            passedOut = allPass * (averaged - passedOut) + passedIn;
            passedIn = averaged;
            line[position] = passedOut;
            if (++position == length)
                position = 0;
            bus[start + t] += current * level * gain;
        }
    }
}
