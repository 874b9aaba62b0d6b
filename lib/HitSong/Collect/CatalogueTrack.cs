namespace HitSong.Collect;

/// <summary>A track as a catalogue has it. What the catalogue does not say is null, never zero.</summary>
/// <param name="Source">The catalogue: deezer, spotify, fma, tiktok, or a file's name.</param>
/// <param name="Id">Its identifier there.</param>
/// <param name="Title">Title.</param>
/// <param name="Artist">Artist; empty where none is named.</param>
public sealed record CatalogueTrack(string Source, string Id, string Title, string Artist)
{
    /// <summary>The artist's identifier in the catalogue.</summary>
    public string? ArtistId { get; init; }

    /// <summary>Album.</summary>
    public string? Album { get; init; }

    /// <summary>International Standard Recording Code: the same in every catalogue.</summary>
    public string? Isrc { get; init; }

    /// <summary>Year of release.</summary>
    public int? Year { get; init; }

    /// <summary>Genre.</summary>
    public string? Genre { get; init; }

    /// <summary>Length, s.</summary>
    public double? Duration { get; init; }

    /// <summary>Deezer's rank, 0…1,000,000.</summary>
    public long? Rank { get; init; }

    /// <summary>Spotify's popularity, 0…100.</summary>
    public double? Popularity { get; init; }

    /// <summary>The artist's popularity, 0…100.</summary>
    public double? ArtistPopularity { get; init; }

    /// <summary>The artist's fans on Deezer.</summary>
    public long? Fans { get; init; }

    /// <summary>Listens on the Free Music Archive.</summary>
    public long? Listens { get; init; }

    /// <summary>Views on YouTube.</summary>
    public long? Views { get; init; }

    /// <summary>Plays on TikTok.</summary>
    public long? Plays { get; init; }

    /// <summary>Beats a minute.</summary>
    public double? Bpm { get; init; }

    /// <summary>Replay gain, dB.</summary>
    public double? Gain { get; init; }

    /// <summary>Where its audio, or a preview, can be downloaded.</summary>
    public string? AudioUrl { get; init; }

    /// <summary>Where its audio lies on this machine already.</summary>
    public string? AudioPath { get; init; }

    /// <summary>What may be done with it.</summary>
    public string? Licence { get; init; }

    /// <summary>
    /// What is wrong with the catalogue's answer for it, as the end of a sentence; null where nothing is. Such a track
    /// is kept as failed, and the others go on.
    /// </summary>
    public string? Fault { get; init; }
}
