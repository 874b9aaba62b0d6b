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
/// <param name="Stratified">Whether every side gets about the same share of hits.</param>
public sealed record SplitRule(SplitUnit Unit, double Test = 0.25, double Validation = 0.2, bool Stratified = false)
{
    /// <summary>Assigns the clips, at random by <paramref name="seed"/>.</summary>
    /// <param name="clips">The clips.</param>
    /// <param name="classes">[N] classes of the clips, which a stratified split spreads evenly; others pay no heed to them.</param>
    /// <param name="seed">Seed.</param>
    /// <exception cref="CorpusException">A side would be empty.</exception>
    public Split Assign(ClipSet clips, IReadOnlyList<int> classes, ulong seed)
    {
        if (Unit == SplitUnit.Clip) return Stratified ? Split.Stratified(classes, Test, Validation, seed) : Split.Random(classes.Count, Test, Validation, seed);
        string[] groups = [.. Enumerable.Range(0, clips.Clips.Count).Select(i => Group(clips.TrackOf(i)))];
        return Stratified ? Split.GroupedStratified(groups, classes, Test, Validation, seed) : Split.Grouped(groups, Test, Validation, seed);
    }

    private string Group(Track track) => Unit == SplitUnit.Artist && track.Artist != "" ? $"artist {track.Artist}" : $"song {track.Artist}\n{track.Title}";
}
