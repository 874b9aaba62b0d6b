namespace HitSong.Features;

/// <summary>
/// Settings that no extractor can have, or samples that a feature cannot be computed of; the message says which and
/// what is allowed.
/// </summary>
public sealed class FeatureException(string message) : HitSongException(message);
