namespace HitSong.Corpus;

/// <summary>A song with what a catalogue knows of it, and where its audio lies.</summary>
/// <param name="Id">The catalogue's identifier; one a song.</param>
/// <param name="Title">Title, in any script.</param>
/// <param name="Artist">Artist; empty where the source names none.</param>
/// <param name="AudioPath">Path of the audio file.</param>
/// <example><code>
/// var track = new Track("1", "An Example", "The Examples", "1.mp3") { Plays = 1_200 };
/// track.Of(Target.Plays) // 1200
/// </code></example>
public sealed record Track(string Id, string Title, string Artist, string AudioPath)
{
    /// <summary>Album, where the source has it.</summary>
    public string? Album { get; init; }

    /// <summary>The artist's album, for comparison; null where none is named.</summary>
    internal string? AlbumKey =>
        Album is { Length: > 0 } album ? $"{SongKey.OfArtist(Artist)}\n{SongKey.OfArtist(album)}" : null;

    /// <summary>Popularity, 0…100, where the source has it.</summary>
    public double? Popularity { get; init; }

    /// <summary>Year of release, where the source has it.</summary>
    public int? Year { get; init; }

    /// <summary>Views on a video site, where the source has them.</summary>
    public long? Views { get; init; }

    /// <summary>Plays of videos with this sound, where the source has them.</summary>
    public long? Plays { get; init; }

    /// <summary>A number that says how well it did; null where the source does not have it.</summary>
    public double? Of(Target target) =>
        target switch
        {
            Target.Popularity => Popularity,
            Target.Views => Views,
            _ => Plays,
        };
}
