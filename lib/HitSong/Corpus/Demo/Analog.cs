namespace HitSong.Corpus.Demo;

/// <summary>
/// Subtractive synthesis: sawtooths and squares, slightly apart, through a low-pass that opens with each note.
/// </summary>
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
        Span<float> phases = stackalloc float[Oscillators],
            steps = stackalloc float[Oscillators];
        for (int i = 0; i < Oscillators; i++)
        {
            double cents = Detune * (i - (Oscillators - 1) / 2.0);
            steps[i] = (float)(note.Frequency * Math.Pow(2, cents / 1200) / stage.SampleRate);
            phases[i] = (float)stage.Random.Uniform();
        }
        double cutoff = Cutoff * stage.Opening * Math.Sqrt(note.Frequency / 261.63) * (0.6 + 0.4 * note.Velocity);
        double sweep = Sweep,
            sweepFall = Math.Exp(-Control / (SweepTime * stage.SampleRate));
        float square = (float)Square,
            gain = (float)(note.Velocity / Oscillators);
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
                float phase = phases[i],
                    step = steps[i];
                if (square < 1)
                    sum += (1 - square) * Blep.Saw(phase, step);
                if (square > 0)
                    sum += square * Blep.Square(phase, step);
                phase += step;
                phases[i] = phase >= 1 ? phase - 1 : phase;
            }
            bus[start + t] += filter.Low(sum) * level * gain;
        }
    }
}
