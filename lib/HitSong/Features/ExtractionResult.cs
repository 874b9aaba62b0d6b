namespace HitSong.Features;

/// <summary>What an extraction left behind.</summary>
/// <param name="Folder">The folder of these settings, for <see cref="FeatureStore.Open"/>.</param>
/// <param name="Files">Audio files of this share, now in the store or among the failures.</param>
/// <param name="Extracted">How many of them this extraction worked on; the others were there.</param>
/// <param name="Repaired">Shards that were damaged, or lacked files, and have been made again.</param>
/// <param name="Damaged">
/// Shards that are damaged still, because some of their files are not among the given ones.
/// </param>
/// <param name="Failures">Files that gave no clip, with the reason.</param>
/// <param name="Audio">
/// SHA-256 of each readable file's content, hexadecimal, by the file's name: the clips of equal content stand in the
/// store once.
/// </param>
public sealed record ExtractionResult(
    string Folder,
    int Files,
    int Extracted,
    int Repaired,
    int Damaged,
    IReadOnlyList<StoredFailure> Failures,
    IReadOnlyDictionary<string, string> Audio
);
