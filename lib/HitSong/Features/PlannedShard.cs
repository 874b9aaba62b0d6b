namespace HitSong.Features;

/// <summary>A shard of the feature store that is still to be made.</summary>
/// <param name="Number">Its number, as <c>files-*.csv</c> has it.</param>
/// <param name="Path">The <c>.npy</c> file that is there, whole, once it is made.</param>
public sealed record PlannedShard(int Number, string Path);
