namespace HitSong.Corpus;

/// <summary>What is assigned to training, validation or test as a whole.</summary>
public enum SplitUnit
{
    /// <summary>Each clip on its own: clips of one song stand on both sides, and the split leaks.</summary>
    Clip,

    /// <summary>All clips of a track together. Two tracks may be one song: a re-release, a remaster.</summary>
    Track,

    /// <summary>
    /// All clips of a song together; tracks of one title by one artist are one song (<see cref="SongKey"/>).
    /// </summary>
    Song,

    /// <summary>All songs of an album together; a song whose album is not known stands for itself.</summary>
    Album,

    /// <summary>All songs of an artist together; a song whose artist is not known stands for itself.</summary>
    Artist,
}
