namespace HitSong.Collect;

/// <summary>What became of all that was asked for; the parts add up to <see cref="Asked"/>.</summary>
/// <param name="Asked">Tracks asked for.</param>
/// <param name="There">With audio that was decoded.</param>
/// <param name="Duplicates">Whose audio another track has already, byte for byte.</param>
/// <param name="WithoutAudio">Of which the catalogue gives none.</param>
/// <param name="Failed">Whose audio cannot be had; tried again on the next call.</param>
/// <param name="Waiting">Not yet tried.</param>
/// <param name="Missing">That the catalogue does not have.</param>
/// <param name="Reasons">Why those failed, the commonest first.</param>
public sealed record CollectionSummary(
    int Asked,
    int There,
    int Duplicates,
    int WithoutAudio,
    int Failed,
    int Waiting,
    int Missing,
    IReadOnlyList<(string Reason, int Tracks)> Reasons
);
