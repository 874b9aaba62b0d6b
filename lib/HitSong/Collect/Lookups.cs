using Tables;

namespace HitSong.Collect;

/// <summary>
/// Finds a collection's tracks in another catalogue, for what their own does not say. What is not found there, and what
/// is found but doubtful, is remembered in the collection's table <c>looked_up</c>, and not asked for again before
/// <see cref="Memory"/> has passed; the doubtful are also listed in <see cref="DoubtfulFile"/>, beside it.
/// </summary>
/// <example><code>
/// // Views for the songs of a folder that have none yet; this folder has no song, so nothing is asked.
/// using var songs = Collection.Open("../artifacts/nothing-collected");
/// using var web = new Web(YouTube.Rate);
/// LookupTable table = await songs.AddViewsAsync(new YouTube(web, key: "…"));
/// table.Found // 0
/// </code></example>
public static class Lookups
{
    /// <summary>The file of what was found and not taken: the track, what was found, and why it is doubtful.</summary>
    public const string DoubtfulFile = "doubtful.csv";

    /// <summary>The query that tracks joined with Deezer are listed under.</summary>
    public const string JoinedQuery = "joined with deezer";

    private const string Found = "found",
        NotFound = "missing",
        Doubtful = "doubtful",
        Failed = "failed";

    /// <summary>How long a track that was not found is not asked for again.</summary>
    public static TimeSpan Memory { get; } = TimeSpan.FromDays(30);

    private sealed record Wanted(string Source, string Id, string Title, string Artist, double? Duration, string? Isrc);

    // What was found, and why it is not taken; both null where nothing was found.
    private sealed record Answer(CatalogueTrack? Found, string? Doubt);

    /// <summary>Adds YouTube's views to the tracks that have none: 101 units of the day's quota each.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="youTube">How YouTube is asked.</param>
    /// <param name="cancellation">Stops; what was found so far is kept.</param>
    /// <exception cref="CollectException">YouTube refuses, or the day's quota is used up.</exception>
    public static Task<LookupTable> AddViewsAsync(
        this Collection collection,
        YouTube youTube,
        CancellationToken cancellation = default
    )
    {
        return AskAsync(collection, "youtube", "views IS NULL", Ask, Take, cancellation);

        async Task<Answer> Ask(Wanted song) =>
            Best(song, await youTube.SearchAsync(song.Artist, song.Title, cancellation)) switch
            {
                { Found: { Views: null } video, Doubt: null } => new(video, "the video hides its views"),
                Answer answer => answer,
            };

        void Take(Wanted song, CatalogueTrack video) =>
            collection.Database.Execute(
                "UPDATE tracks SET views = ? WHERE source = ? AND id = ?",
                video.Views,
                song.Source,
                song.Id
            );
    }

    /// <summary>
    /// Adds Deezer's rank, tempo, gain and preview to the tracks of other catalogues that lack rank or audio: found by
    /// ISRC, which names a recording, or else by artist and title. All of them are listed under
    /// <see cref="JoinedQuery"/>.
    /// </summary>
    /// <param name="collection">The collection.</param>
    /// <param name="deezer">How Deezer is asked.</param>
    /// <param name="cancellation">Stops; what was found so far is kept.</param>
    /// <exception cref="CollectException">Deezer refuses.</exception>
    public static Task<LookupTable> JoinAsync(
        this Collection collection,
        Deezer deezer,
        CancellationToken cancellation = default
    )
    {
        const string Lacking = "tracks.source <> 'deezer' AND (rank IS NULL OR state = 'none')";
        collection.Database.Execute(
            $"INSERT OR IGNORE INTO asked SELECT ?, source, id FROM tracks WHERE {Lacking}",
            JoinedQuery
        );
        return AskAsync(collection, "deezer", Lacking, Ask, Take, cancellation);

        async Task<Answer> Ask(Wanted song)
        {
            if (song.Isrc is string isrc && await deezer.TrackByIsrcAsync(isrc, cancellation) is { } named)
                return new(named, named.Fault);
            const int MostFound = 25;
            string words = $"artist:\"{song.Artist.Replace('"', ' ')}\" track:\"{song.Title.Replace('"', ' ')}\"";
            return Best(
                song,
                await deezer.SearchAsync(words, 0, cancellation).Take(MostFound).ToListAsync(cancellation)
            );
        }

        void Take(Wanted song, CatalogueTrack found) =>
            collection.Database.Execute(
                """
                UPDATE tracks
                SET rank = ?, bpm = coalesce(bpm, ?), gain = coalesce(gain, ?), audio_url = coalesce(audio_url, ?),
                    state = CASE WHEN state = 'none' AND ? IS NOT NULL THEN 'wanted' ELSE state END
                WHERE source = ? AND id = ?
                """,
                found.Rank,
                found.Bpm,
                found.Gain,
                found.AudioUrl,
                found.AudioUrl,
                song.Source,
                song.Id
            );
    }

    private static async Task<LookupTable> AskAsync(
        Collection collection,
        string service,
        string lacking,
        Func<Wanted, Task<Answer>> ask,
        Action<Wanted, CatalogueTrack> take,
        CancellationToken cancellation
    )
    {
        // The length of a TikTok video is not that of its song. A track whose answer was at fault has no words to
        // search for.
        string songs = $"""
            SELECT tracks.source, tracks.id, title, artist, isrc,
                CASE WHEN tracks.source = 'tiktok' THEN NULL ELSE duration END AS duration
            FROM tracks LEFT JOIN looked_up
                ON looked_up.service = '{service}' AND looked_up.source = tracks.source AND looked_up.id = tracks.id
                    AND looked_up.outcome IN ('{NotFound}', '{Doubtful}') AND looked_up.asked > ?
            WHERE {lacking} AND title <> ''
            """;
        DateTime since = DateTime.UtcNow - Memory;
        long remembered = collection
            .Database.Query($"SELECT count(*) AS n FROM ({songs} AND looked_up.id IS NOT NULL)", since)
            .Values<long>("n")[0];
        Wanted[] wanted =
        [
            .. collection
                .Database.Query($"{songs} AND looked_up.id IS NULL ORDER BY tracks.source, tracks.id", since)
                .Rows<Wanted>(),
        ];
        var outcomes = new List<(string Outcome, string? Reason)>();
        try
        {
            foreach (Wanted song in wanted)
            {
                cancellation.ThrowIfCancellationRequested();
                var (outcome, reason, found) = await LookUpAsync(song, ask);
                collection.Database.Transaction(() =>
                {
                    if (outcome == Found)
                        take(song, found!);
                    Remember(collection.Database, service, song, outcome, reason, found);
                });
                outcomes.Add((outcome, reason));
            }
        }
        finally
        {
            List(collection);
        }
        int Of(string outcome) => outcomes.Count(one => one.Outcome == outcome);
        return new(
            Of(Found),
            Of(NotFound),
            Of(Doubtful),
            Of(Failed),
            (int)remembered,
            [
                .. outcomes
                    .Where(one => one.Outcome == Failed)
                    .CountBy(one => one.Reason!)
                    .OrderByDescending(reason => reason.Value)
                    .Select(reason => (reason.Key, reason.Value)),
            ]
        );
    }

    private static async Task<(string Outcome, string? Reason, CatalogueTrack? Found)> LookUpAsync(
        Wanted song,
        Func<Wanted, Task<Answer>> ask
    )
    {
        try
        {
            return await ask(song) switch
            {
                { Found: null, Doubt: null } => (NotFound, null, null),
                { Found.Fault: string fault } => (Failed, $"what was found {fault}", null),
                { Doubt: string doubt, Found: var found } => (Doubtful, doubt, found),
                { Found: var found } => (Found, null, found),
            };
        }
        catch (CollectException e) when (e.IsOfOneAnswer)
        {
            return (Failed, e.Message, null);
        }
    }

    // The first that agrees, or else the first with its doubt; one that cannot be read only where there is no other.
    private static Answer Best(Wanted song, IReadOnlyList<CatalogueTrack> found)
    {
        var wanted = new CatalogueTrack(song.Source, song.Id, song.Title, song.Artist) { Duration = song.Duration };
        Answer[] readable =
        [
            .. found
                .Where(track => track.Fault is null)
                .Select(track => new Answer(track, SongMatch.Doubt(wanted, track))),
        ];
        return Array.Find(readable, answer => answer.Doubt is null)
            ?? readable.FirstOrDefault()
            ?? new(found.FirstOrDefault(), found.FirstOrDefault()?.Fault);
    }

    private static void Remember(
        Database database,
        string service,
        Wanted song,
        string outcome,
        string? reason,
        CatalogueTrack? found
    ) =>
        database.Execute(
            "INSERT OR REPLACE INTO looked_up VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            service,
            song.Source,
            song.Id,
            DateTime.UtcNow,
            outcome,
            reason,
            found?.Id,
            found?.Title,
            found?.Artist,
            found?.Duration
        );

    private static void List(Collection collection)
    {
        string path = Path.Combine(collection.Folder, DoubtfulFile);
        const string Listed = $"FROM looked_up JOIN tracks USING (source, id) WHERE outcome = '{Doubtful}'";
        bool isThere = collection.Database.Query($"SELECT 1 {Listed} LIMIT 1").Count > 0;
        if (!isThere)
            File.Delete(path);
        else
            collection.Database.Export(
                "SELECT source, id, title, artist, duration, service, found, found_title, found_artist, "
                    + $"found_duration, looked_up.reason, asked {Listed} ORDER BY service, source, id",
                path
            );
    }
}
