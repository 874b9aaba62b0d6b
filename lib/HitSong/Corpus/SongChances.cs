namespace HitSong.Corpus;

/// <summary>
/// How likely each class is for each song of a corpus whose rule is known, by many draws of what is chance in it. The
/// ceiling of any of its songs, such as those of a test, is a mean of them.
/// </summary>
/// <param name="ArtistUnknown">
/// [songs][classes] probabilities where fame is unknown and drawn anew for each artist.
/// </param>
/// <param name="ArtistKnown">[songs][classes] those where each artist's fame is known.</param>
/// <param name="Draws">Number of draws.</param>
public sealed record SongChances(double[][] ArtistUnknown, double[][] ArtistKnown, int Draws)
{
    /// <summary>The ceiling of some songs.</summary>
    /// <param name="label">The label, in words.</param>
    /// <param name="songs">Their places in the corpus, each once, one at least; null: all.</param>
    public Ceiling CeilingOf(string label, IReadOnlyCollection<int>? songs = null)
    {
        double[][] unknown = Of(ArtistUnknown),
            known = Of(ArtistKnown);
        // Further digits would be the draws' own chance.
        return new(
            label,
            Math.Round(Ceiling.MajorityAccuracy(unknown), 4),
            Math.Round(Ceiling.BestAccuracy(unknown), 4),
            Math.Round(Ceiling.BestAccuracy(known), 4),
            Draws
        );

        double[][] Of(double[][] all) => songs is null ? all : [.. songs.Select(song => all[song])];
    }
}
