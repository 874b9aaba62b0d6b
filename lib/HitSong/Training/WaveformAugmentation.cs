using HitSong.Audio;

namespace HitSong.Training;

/// <summary>
/// Plays training clips at other tempos and pitches, which changes neither the song nor its label (McFee, Humphrey and
/// Bello, "A software framework for musical data augmentation", 2015). Every clip gets so many altered copies; in each
/// epoch one of them, or the clip as it is, stands in its place, each as likely. So an epoch is as long as without.
/// </summary>
/// <remarks>
/// The copies' features are extracted once and kept in the feature store: to alter a clip of 30 s took 250 to 490 ms of
/// processor time where to read it there took 0.03, and would be wanted again in every epoch and by every trial of a
/// sweep. Where a split parts the clips of a song, a copy that is played faster may end in a clip that tests.
/// </remarks>
/// <param name="LeastStretch">The shortest duration, as a multiple of the recorded one; from 0.5.</param>
/// <param name="MostStretch">The longest; up to 2.</param>
/// <param name="Semitones">The farthest that the pitch moves up or down, up to 12.</param>
/// <param name="Copies">Altered copies a clip, at least 1.</param>
/// <param name="Seed">
/// Decides the copies, whatever the recipe's seed, which decides when each is trained on: so runs with other seeds find
/// them in the store.
/// </param>
public sealed record WaveformAugmentation(
    double LeastStretch = 0.9,
    double MostStretch = 1.1,
    double Semitones = 2,
    int Copies = 4,
    uint Seed = 0
)
{
    /// <summary>How a copy's clips are altered.</summary>
    /// <param name="copy">From 0.</param>
    public ClipAlteration Alteration(int copy) =>
        new(LeastStretch, MostStretch, Semitones, ((ulong)Seed << 32) + (uint)copy);

    /// <summary>The augmentation in words.</summary>
    public override string ToString()
    {
        string copies = Copies == 1 ? "an altered copy" : $"{Copies} altered copies";
        return $"{copies} of each clip, stretched to {LeastStretch}–{MostStretch} of its time and shifted by up to "
            + $"±{Semitones} semitones";
    }
}
