namespace HitSong.Corpus;

/// <summary>A popularity for songs whose catalogue counts plays, listens or views instead.</summary>
/// <example><code>
/// Track[] tracks =
/// [
///     new("1", "One", "A", "1.mp3") { Plays = 900_000 },
///     new("2", "Two", "B", "2.mp3") { Plays = 10 },
/// ];
/// PopularityRank.Of(tracks).Select(track => track.Popularity) // [50, 0]
/// </code></example>
public static class PopularityRank
{
    /// <summary>
    /// The songs that have a popularity; where none has, those that have a count, with the percentage of them that have
    /// fewer, 0 to 100: counts span orders of magnitude, and ranks do not.
    /// </summary>
    public static IReadOnlyList<Track> Of(IReadOnlyList<Track> tracks)
    {
        if (tracks.Any(track => track.Popularity is not null))
            return [.. tracks.Where(track => track.Popularity is not null)];

        Track[] counted = [.. tracks.Where(track => CountOf(track) is not null).OrderBy(CountOf)];
        Dictionary<long, double> fewer = counted
            .Index()
            .DistinctBy(place => CountOf(place.Item))
            .ToDictionary(place => CountOf(place.Item)!.Value, place => 100.0 * place.Index / counted.Length);
        return
        [
            .. tracks
                .Where(track => CountOf(track) is not null)
                .Select(track => track with { Popularity = fewer[CountOf(track)!.Value] }),
        ];
    }

    private static long? CountOf(Track track) => track.Plays ?? track.Views;
}
