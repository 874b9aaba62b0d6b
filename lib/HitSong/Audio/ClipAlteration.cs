using HitSong.Numerics;

namespace HitSong.Audio;

/// <summary>
/// A clip played at another tempo and another pitch, each drawn alike between its bounds; the same for the same seed,
/// recording and place. A clip keeps its length: one that is played faster goes on further into its song, and what the
/// song lacks is filled as at any song's end (<see cref="ClipPadding"/>; with silence where none is named).
/// </summary>
/// <param name="LeastStretch">The shortest duration, as a multiple of the recorded one; from 0.5.</param>
/// <param name="MostStretch">The longest; up to 2.</param>
/// <param name="Semitones">The farthest that the pitch moves up or down, up to 12.</param>
/// <param name="Seed">Decides what is drawn.</param>
public sealed record ClipAlteration(
    double LeastStretch = 0.9,
    double MostStretch = 1.1,
    double Semitones = 2,
    ulong Seed = 0
)
{
    /// <summary>Whether the bounds are possible ones.</summary>
    public bool IsPossible =>
        LeastStretch >= 0.5 && MostStretch >= LeastStretch && MostStretch <= 2 && Semitones is >= 0 and <= 12;

    /// <summary>The samples of a recording that an altered clip may need.</summary>
    /// <param name="length">Of the clip, samples.</param>
    /// <exception cref="HitSongException">A bound out of its range.</exception>
    public int Reach(int length) =>
        IsPossible
            ? (int)Math.Ceiling(length / LeastStretch)
            : throw new HitSongException(
                $"clips stretched to {LeastStretch} to {MostStretch} and shifted by {Semitones} semitones: 0.5 to 2 "
                    + "and 0 to 12 are possible"
            );

    /// <summary>Alters a part of a recording.</summary>
    /// <param name="samples">[<see cref="Reach"/>] samples from the clip's first one on, fewer at the end.</param>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="recording">What tells this recording from others, such as its content hash.</param>
    /// <param name="start">Where the clip begins, samples.</param>
    /// <returns>At least a clip, unless there were fewer samples.</returns>
    public float[] Apply(ReadOnlySpan<float> samples, int sampleRate, string recording, long start)
    {
        SeededRandom random = new(Seed, $"alteration {recording}", (int)start);
        double stretch = random.Uniform(LeastStretch, MostStretch),
            semitones = random.Uniform(-Semitones, Semitones);
        return Vocoder.Alter(samples, sampleRate, stretch, semitones);
    }
}
