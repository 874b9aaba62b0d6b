namespace HitSong.Corpus.Demo;

/// <summary>The instruments that artists choose from.</summary>
internal static class Instruments
{
    public static readonly Instrument[] Basses =
    [
        new SubBass(Glide: 0.3, Drive: 1.2),
        new SubBass(Glide: 0, Drive: 3),
        new Analog
        {
            Cutoff = 350,
            Sweep = 2.5,
            SweepTime = 0.12,
            Resonance = 1.6,
            Envelope = new(0.003, 0.3, 0.6, 0.06),
        },
        new Analog
        {
            Square = 1,
            Cutoff = 500,
            Sweep = 1.5,
            SweepTime = 0.2,
            Envelope = new(0.004, 0.4, 0.5, 0.06),
        },
        new FrequencyModulation(Ratio: 1, Index: 1.8, IndexTime: 0.15, Tine: 0)
        {
            Envelope = new(0.002, 0.5, 0.4, 0.08),
        },
        new PluckedString(Decay: 1.2),
    ];

    public static readonly Instrument[] Chords =
    [
        new Analog
        {
            Oscillators = 3,
            Detune = 14,
            Cutoff = 1100,
            Sweep = 0.5,
            SweepTime = 1,
            Envelope = new(0.08, 1, 0.8, 0.5),
            Sustained = true,
        },
        new Analog
        {
            Oscillators = 2,
            Detune = 9,
            Square = 0.6,
            Cutoff = 900,
            Sweep = 1,
            SweepTime = 0.8,
            Envelope = new(0.03, 1, 0.7, 0.3),
            Sustained = true,
        },
        new Analog
        {
            Oscillators = 2,
            Detune = 10,
            Cutoff = 1300,
            Sweep = 1.6,
            SweepTime = 0.1,
            Resonance = 1.2,
            Envelope = new(0.003, 0.25, 0.3, 0.12),
        },
        new FrequencyModulation(Ratio: 1, Index: 1.2, IndexTime: 0.4, Tine: 0.25)
        {
            Envelope = new(0.003, 1.2, 0.25, 0.2),
        },
        new Organ([1, 0.7, 0.5, 0.35, 0, 0.2]) { Sustained = true },
        new Organ([0.8, 1, 0.2, 0.5, 0.1, 0.3]),
        new PluckedString(Decay: 2.5),
    ];

    public static readonly Instrument[] Leads =
    [
        new Singer(),
        new Singer { Small = true },
        new Analog
        {
            Oscillators = 2,
            Detune = 8,
            Cutoff = 1800,
            Sweep = 1,
            SweepTime = 0.3,
            Envelope = new(0.01, 0.4, 0.7, 0.12),
        },
        new Analog
        {
            Square = 1,
            Cutoff = 1500,
            Sweep = 1.5,
            SweepTime = 0.15,
            Resonance = 1.5,
            Envelope = new(0.004, 0.3, 0.6, 0.1),
        },
        new FrequencyModulation(Ratio: 3.5, Index: 1.6, IndexTime: 0.5, Tine: 0)
        {
            Envelope = new(0.002, 0.9, 0.1, 0.4),
        },
        new FrequencyModulation(Ratio: 2, Index: 1.5, IndexTime: 0.3, Tine: 0.15)
        {
            Envelope = new(0.004, 0.8, 0.4, 0.2),
        },
        new PluckedString(Decay: 1.8),
    ];
}
