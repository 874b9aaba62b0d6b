namespace HitSong.Collect;

/// <summary>What Spotify lets an application have.</summary>
public enum SpotifyMode
{
    /// <summary>
    /// Every new application since February 2026: no popularity, no preview, ten results a search, tracks one by one.
    /// </summary>
    Development,

    /// <summary>
    /// Applications that Spotify granted the extended quota: popularity, fifty results a search; previews where granted
    /// before November 2024.
    /// </summary>
    Extended,
}
