namespace HitSong.Corpus;

/// <summary>What is assigned to training, validation or test as a whole.</summary>
public enum SplitUnit
{
    /// <summary>Each clip on its own: clips of one song stand on both sides, and the split leaks.</summary>
    Clip,

    /// <summary>All clips of a song together; tracks of one title by one artist are one song.</summary>
    Song,

    /// <summary>All songs of an artist together; a song whose artist is not known stands for itself.</summary>
    Artist,
}

/// <summary>How clips are assigned to training, validation and test.</summary>
/// <param name="Unit">What stays together.</param>
/// <param name="Test">Share for the test.</param>
/// <param name="Validation">Share of the rest for validation.</param>
public sealed record SplitRule(SplitUnit Unit, double Test = 0.25, double Validation = 0.2)
{
    /// <summary>Assigns the clips, at random by <paramref name="seed"/>.</summary>
    public Split Assign(ClipSet clips, ulong seed) => Unit == SplitUnit.Clip
        ? Split.Random(clips.Clips.Count, Test, Validation, seed)
        : Split.Grouped([.. Enumerable.Range(0, clips.Clips.Count).Select(i => Group(clips.TrackOf(i)))], Test, Validation, seed);

    private string Group(Track track) => Unit == SplitUnit.Artist && track.Artist != "" ? $"artist {track.Artist}" : $"song {track.Artist}\n{track.Title}";
}
