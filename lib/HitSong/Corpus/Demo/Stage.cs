using HitSong.Numerics;

namespace HitSong.Corpus.Demo;

/// <summary>What a note needs to know of the song it sounds in.</summary>
/// <param name="SampleRate">Hz.</param>
/// <param name="Brightness">0…1, as <see cref="Sound.Brightness"/>.</param>
/// <param name="Random">For noise and small irregularities; one stream a song, used in the order of the notes.</param>
internal sealed record Stage(int SampleRate, double Brightness, SeededRandom Random)
{
    /// <summary>Factor on the cutoff of filters: two and a half octaves down to as many up.</summary>
    public double Opening => Math.Pow(2, 5 * (Brightness - 0.5));
}
