using HitSong.Numerics;

namespace HitSong.Corpus.Demo;

/// <summary>
/// What makes an artist's songs sound alike and does not count for popularity: instruments, drum kit, groove, room.
/// </summary>
internal sealed record Style
{
    public required Instrument Bass { get; init; }
    public required Instrument Chords { get; init; }
    public required Instrument Lead { get; init; }
    public required DrumKit Kit { get; init; }
    public required Groove Groove { get; init; }

    /// <summary>Delay of every second sixteenth, as a share of a sixteenth.</summary>
    public required double Swing { get; init; }

    /// <summary>Share of chords with a seventh.</summary>
    public required double Sevenths { get; init; }

    /// <summary>Level of the reverberation, 0…1.</summary>
    public required double Reverb { get; init; }

    /// <summary>How long the room rings, 0…1.</summary>
    public required double RoomSize { get; init; }

    /// <summary>Level of the echoes of the lead, 0…1.</summary>
    public required double Echo { get; init; }

    /// <summary>How far the kick pushes the other instruments down, 0…1.</summary>
    public required double Pump { get; init; }

    /// <summary>Level of the lead against its usual one, dB.</summary>
    public required double LeadLevel { get; init; }

    public static Style Create(SeededRandom random) =>
        new()
        {
            Bass = random.Pick(Instruments.Basses),
            Chords = random.Pick(Instruments.Chords),
            Lead = random.Pick(Instruments.Leads),
            Kit = DrumKit.Create(random),
            Groove = random.Pick(Groove.All),
            Swing = random.Chance(0.4) ? random.Uniform(0.15, 0.33) : 0,
            Sevenths = random.Chance(0.4) ? random.Uniform(0.5, 1) : 0,
            Reverb = random.Uniform(0.05, 0.5),
            RoomSize = random.Uniform(),
            Echo = random.Chance(0.5) ? random.Uniform(0.15, 0.4) : 0,
            Pump = random.Chance(0.35) ? random.Uniform(0.4, 0.8) : 0.15,
            LeadLevel = random.Uniform(-2, 2),
        };
}
