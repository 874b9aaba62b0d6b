namespace HitSong.Collect;

/// <summary>What became of tracks that were looked up in another catalogue; the parts add up to all of them.</summary>
/// <param name="Found">Found there, by what agrees within the measure of <see cref="SongMatch"/>.</param>
/// <param name="Missing">Not there; asked for again after <see cref="Lookups.Memory"/>.</param>
/// <param name="Doubtful">
/// Of which something else was found, which is not taken; listed in <see cref="Lookups.DoubtfulFile"/>.
/// </param>
/// <param name="Failed">Whose answer could not be read; asked for again on the next call.</param>
/// <param name="Remembered">Missing or doubtful not long ago, and so not asked for.</param>
/// <param name="Reasons">Why those failed, the commonest first.</param>
public sealed record LookupTable(
    int Found,
    int Missing,
    int Doubtful,
    int Failed,
    int Remembered,
    IReadOnlyList<(string Reason, int Tracks)> Reasons
);
