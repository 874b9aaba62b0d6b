namespace HitSong.Corpus;

/// <summary>What an item may share with another that stands on another side of a split.</summary>
public enum Leak
{
    /// <summary>The track itself: other clips of it, or its row once more.</summary>
    Track,

    /// <summary>Title and artist (<see cref="SongKey"/>), such as the same song under another id.</summary>
    Song,

    /// <summary>The album, where one is named.</summary>
    Album,

    /// <summary>The artist, where one is named.</summary>
    Artist,

    /// <summary>The same audio file, byte for byte.</summary>
    ExactAudio,

    /// <summary>The same music by <see cref="Fingerprint"/>: another encoding, a remaster, a re-release.</summary>
    NearAudio,
}
