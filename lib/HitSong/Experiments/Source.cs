using HitSong.Corpus;

namespace HitSong.Experiments;

/// <summary>The tracks of an experiment, and what is known of where they come from.</summary>
/// <param name="Name">Stands beside every figure that was measured on it, such as <c>demo corpus</c>.</param>
/// <param name="Tracks">The tracks; each with its plays.</param>
public sealed record Source(string Name, IReadOnlyList<Track> Tracks)
{
    /// <summary>Files that gave no track, with the reason.</summary>
    public IReadOnlyList<Failure> Rejected { get; init; } = [];

    /// <summary>Best accuracy that any model could reach on songs whose artist it does not know; null where nobody can know.</summary>
    public double? Ceiling { get; init; }

    /// <summary>The same where it knows the artist.</summary>
    public double? CeilingWithArtist { get; init; }

    /// <summary>Whether it is our own demo corpus, on which every figure says so.</summary>
    public bool IsDemo { get; init; }

    /// <summary>The demo corpus.</summary>
    public static Source Demo(DemoCorpus corpus) => new($"demo corpus, {corpus.Tracks.Count} synthesized songs", corpus.Tracks)
    {
        Ceiling = corpus.Ceilings[0].ArtistUnknown,
        CeilingWithArtist = corpus.Ceilings[0].ArtistKnown,
        IsDemo = true,
    };

    /// <summary>A folder of files named as the TikTok collector names them.</summary>
    /// <exception cref="CorpusException">The folder is missing or has no such file.</exception>
    public static Source TikTok(string folder)
    {
        TikTokFolder files = TikTokFolder.Read(folder);
        return new(folder, files.Tracks) { Rejected = files.Rejected };
    }
}
