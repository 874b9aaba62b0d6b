namespace HitSong.Corpus;

/// <summary>A number that says how well a song did.</summary>
public enum Target
{
    /// <summary>0…100, as a streaming service's popularity.</summary>
    Popularity,

    /// <summary>Views of a video.</summary>
    Views,

    /// <summary>Plays of short videos with the song's sound.</summary>
    Plays,
}
