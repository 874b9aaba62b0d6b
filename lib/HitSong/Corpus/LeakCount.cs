namespace HitSong.Corpus;

/// <summary>One way in which a split leaks.</summary>
/// <param name="Kind">What is shared.</param>
/// <param name="Items">
/// How many test items share it with training or validation: by the one the weights are fitted, by the other the epoch
/// is picked and probabilities are calibrated.
/// </param>
/// <param name="Example">One of them and its like there; empty where there is none.</param>
/// <param name="Validation">How many validation items share it with training.</param>
public sealed record LeakCount(Leak Kind, int Items, string Example, int Validation = 0)
{
    /// <summary>What is shared, in words.</summary>
    internal string What =>
        Kind switch
        {
            Leak.Track => "the track itself",
            Leak.Song => "title and artist",
            Leak.Album => "the album",
            Leak.Artist => "the artist",
            Leak.ExactAudio => "the audio file",
            _ => "the music, near-identical",
        };

    /// <summary>Whether the answer itself may be known from elsewhere: the same song has the same success.</summary>
    internal bool IsOfSong => Kind is Leak.Track or Leak.Song or Leak.ExactAudio or Leak.NearAudio && Items > 0;
}
