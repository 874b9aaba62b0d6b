using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using HitSong.Audio;
using HitSong.Corpus;
using HitSong.Features;
using HitSong.Features.Descriptors;
using Tables;

namespace HitSong.Collect;

/// <summary>
/// A folder of collected tracks: the track table <c>tracks.duckdb</c> and <c>audio/</c>. Whatever was reported as done
/// is on disk; a process that is killed at any point leaves a collection that the next one goes on with.
/// </summary>
/// <remarks>
/// The table <c>tracks</c> has a row a track: source, id, title, artist, album, isrc, year, genre, duration (s), the
/// labels rank, popularity, artist_popularity, fans, listens, views and plays, bpm, gain (dB), audio_url, audio_path,
/// licence, query, collected (UTC), state (wanted, there, duplicate, none, failed), reason and content_hash (SHA-256).
/// The table <c>asked</c> says which query found which tracks, <c>looked_up</c> what other catalogues were asked about
/// (<see cref="Lookups"/>), and <c>descriptors</c>, once <see cref="Describe"/> has made it, what each recording
/// sounds like.
/// </remarks>
/// <example><code>
/// using var songs = Collection.Open("../artifacts/collected");
/// songs.Add("by hand", [new("mine", "1", "An Example", "The Examples") { Popularity = 40 }]);
/// songs.Database.Query("SELECT title, popularity FROM tracks").ToDataFrame()
/// </code></example>
public sealed class Collection : IDisposable
{
    private readonly string folder;
    private readonly Lock keeping = new();

    private Collection(string folder)
    {
        this.folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(Path.Combine(this.folder, "audio"));
        try
        {
            Database = Database.Open(Path.Combine(this.folder, "tracks.duckdb"));
        }
        catch (TableException e)
        {
            throw new CollectException($"{e.Reason} Is another collect at work in this folder?", e);
        }
        Database.Execute(
            """
            CREATE TABLE IF NOT EXISTS tracks(
                source VARCHAR, id VARCHAR, title VARCHAR, artist VARCHAR, album VARCHAR, isrc VARCHAR,
                year INTEGER, genre VARCHAR, duration DOUBLE,
                rank BIGINT, popularity DOUBLE, artist_popularity DOUBLE, fans BIGINT,
                listens BIGINT, views BIGINT, plays BIGINT, bpm DOUBLE, gain DOUBLE,
                audio_url VARCHAR, audio_path VARCHAR, licence VARCHAR, query VARCHAR, collected TIMESTAMP,
                state VARCHAR, reason VARCHAR, content_hash VARCHAR,
                PRIMARY KEY (source, id)
            );
            CREATE TABLE IF NOT EXISTS asked(
                query VARCHAR, source VARCHAR, id VARCHAR,
                PRIMARY KEY (query, source, id)
            );
            CREATE TABLE IF NOT EXISTS looked_up(
                service VARCHAR, source VARCHAR, id VARCHAR, asked TIMESTAMP, outcome VARCHAR, reason VARCHAR,
                found VARCHAR, found_title VARCHAR, found_artist VARCHAR, found_duration DOUBLE,
                PRIMARY KEY (service, source, id)
            );
            """
        );
    }

    /// <summary>Its folder.</summary>
    public string Folder => folder;

    /// <summary>The track table, for SQL.</summary>
    public Database Database { get; }

    /// <summary>Opens the collection in a folder, which is made where it is missing.</summary>
    /// <exception cref="CollectException">Another process has it open, or it cannot be written.</exception>
    public static Collection Open(string folder) => new(folder);

    /// <summary>
    /// Adds a query's tracks until there are so many of it, or the catalogue has no more. What an earlier call added
    /// counts.
    /// </summary>
    /// <param name="query">What is asked; it names the tracks' provenance.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="from">The catalogue's answer, from a place in it on.</param>
    /// <param name="cancellation">Stops; what came so far is kept.</param>
    /// <returns>How many tracks there are of the query.</returns>
    public async Task<int> AddAsync(
        string query,
        int count,
        Func<int, IAsyncEnumerable<CatalogueTrack>> from,
        CancellationToken cancellation = default
    )
    {
        const int AtOnce = 100;
        // Whether what was seen under a key was damaged: then a sound track may still come under it.
        Dictionary<(string, string), bool> seen = Database
            .Query(
                $"SELECT source, id, {Damaged} AS damaged FROM asked JOIN tracks USING (source, id) "
                    + "WHERE asked.query = ?",
                query
            )
            .Rows<Seen>()
            .ToDictionary(one => (one.Source, one.Id), one => one.Damaged);
        if (seen.Count >= count)
            return seen.Count;
        var some = new List<CatalogueTrack>(AtOnce);
        try
        {
            await foreach (CatalogueTrack track in from(seen.Count).WithCancellation(cancellation))
            {
                bool isDamaged = track.Fault is not null;
                if (seen.TryGetValue((track.Source, track.Id), out bool wasDamaged) && (isDamaged || !wasDamaged))
                    continue;
                seen[(track.Source, track.Id)] = isDamaged;
                some.Add(track);
                if (some.Count == AtOnce)
                    Keep(some, query);
                if (seen.Count == count)
                    break;
            }
        }
        finally
        {
            Keep(some, query);
        }
        return seen.Count;
    }

    /// <summary>Adds tracks that are known already.</summary>
    /// <inheritdoc cref="AddAsync"/>
    public void Add(string query, IEnumerable<CatalogueTrack> tracks) => Keep([.. tracks], query);

    /// <summary>
    /// Gets the audio of a query's tracks that is not there yet, failures of earlier calls again: downloads it, decodes
    /// it, and finds what another track has already.
    /// </summary>
    /// <param name="query">The query.</param>
    /// <param name="asked">How many tracks were asked for.</param>
    /// <param name="web">How servers are asked.</param>
    /// <param name="connections">Downloads at once.</param>
    /// <param name="renew">A new address where an address no longer holds; given source and id.</param>
    /// <param name="progress">Told how many of those to get are done; each is on disk by then.</param>
    /// <param name="cancellation">Stops.</param>
    public async Task<CollectionSummary> FetchAsync(
        string query,
        int asked,
        Web web,
        int connections = 8,
        Func<string, string, CancellationToken, Task<string?>>? renew = null,
        IProgress<(int Done, int Of)>? progress = null,
        CancellationToken cancellation = default
    )
    {
        // What another query's track got from the same address is not asked for again.
        Database.Execute(
            """
            UPDATE tracks
            SET state = 'duplicate', audio_path = same.audio_path, content_hash = same.content_hash, reason = NULL
            FROM tracks AS same, asked
            WHERE asked.query = ? AND tracks.source = asked.source AND tracks.id = asked.id
                AND tracks.state IN ('wanted', 'failed') AND tracks.audio_path IS NULL
                AND same.audio_url = tracks.audio_url AND same.state = 'there'
            """,
            query
        );
        Wanted[] wanted =
        [
            .. Database
                .Query(
                    """
                    SELECT tracks.source, tracks.id, audio_url, audio_path FROM tracks JOIN asked USING (source, id)
                    WHERE asked.query = ? AND state IN ('wanted', 'failed')
                        AND coalesce(audio_path, audio_url) IS NOT NULL
                    ORDER BY tracks.source, tracks.id
                    """,
                    query
                )
                .Rows<Wanted>(),
        ];
        int done = 0;
        // Connections only download. What arrived is decoded and kept by threads of their own, as the pool's few
        // threads move the downloads; where that is slower, at most so many files wait.
        const int MostWaiting = 256;
        var arrived = Channel.CreateBounded<Arrival>(MostWaiting);
        Task decoding = Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => OnOwnThread(Decode)));
        try
        {
            // Tracks that share an address share a file: it is asked for once.
            await Parallel.ForEachAsync(
                wanted.GroupBy(track => track.AudioPath ?? track.AudioUrl),
                new ParallelOptions { MaxDegreeOfParallelism = connections, CancellationToken = cancellation },
                async (same, stop) =>
                    await arrived.Writer.WriteAsync(await FetchAsync([.. same], web, renew, stop), stop)
            );
        }
        finally
        {
            arrived.Writer.TryComplete();
            await decoding;
        }
        return Close(query, asked);

        void Decode()
        {
            try
            {
                var arrivals = arrived.Reader.ReadAllAsync(cancellation).ToBlockingEnumerable(cancellation);
                foreach (Arrival arrival in arrivals)
                {
                    Keep(arrival);
                    progress?.Report((Interlocked.Add(ref done, arrival.Same.Length), wanted.Length));
                }
            }
            catch (Exception e)
            {
                arrived.Writer.TryComplete(e);
                throw;
            }
        }

        static Task OnOwnThread(Action work) =>
            Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What became of a query's tracks.</summary>
    /// <param name="query">The query.</param>
    /// <param name="asked">How many were asked for.</param>
    public CollectionSummary Close(string query, int asked)
    {
        var states = Database
            .Query(
                "SELECT state, count(*) AS tracks FROM tracks JOIN asked USING (source, id) WHERE "
                    + "asked.query = ? GROUP BY state",
                query
            )
            .Rows<StateCount>()
            .ToDictionary(row => row.State, row => (int)row.Tracks);
        int Of(string state) => states.GetValueOrDefault(state);
        var reasons = Database
            .Query(
                "SELECT reason, count(*) AS tracks FROM tracks JOIN asked USING (source, id) WHERE "
                    + "asked.query = ? AND state = 'failed' GROUP BY reason ORDER BY tracks DESC, reason",
                query
            )
            .Rows<ReasonCount>()
            .Select(row => (row.Reason, (int)row.Tracks))
            .ToArray();
        int found = states.Values.Sum();
        return new(
            Math.Max(asked, found),
            Of("there"),
            Of("duplicate"),
            Of("none"),
            Of("failed"),
            Of("wanted"),
            Math.Max(0, asked - found),
            reasons
        );
    }

    /// <summary>
    /// The tracks whose audio is there, one a recording. Popularity is Spotify's, or else Deezer's rank / 10,000; plays
    /// are TikTok's, or else listens on the Free Music Archive.
    /// </summary>
    public IReadOnlyList<Track> Read() =>
        [
            .. Database
                .Query(
                    "SELECT source || '-' || id AS id, title, artist, album, audio_path, coalesce(popularity, "
                        + "rank / 10000.0) AS popularity, year, views, coalesce(plays, listens) AS plays FROM "
                        + "tracks WHERE state = 'there' ORDER BY source, id"
                )
                .Rows<Collected>()
                .Select(row => new Track(row.Id, row.Title, row.Artist, Path.Combine(folder, row.AudioPath))
                {
                    Album = row.Album,
                    Popularity = row.Popularity,
                    Year = row.Year,
                    Views = row.Views,
                    Plays = row.Plays,
                }),
        ];

    /// <summary>The audio that is there, relative to the folder.</summary>
    public IReadOnlyList<string> AudioFiles =>
        [
            .. Database
                .Query("SELECT DISTINCT audio_path FROM tracks WHERE state = 'there' ORDER BY audio_path")
                .Values<string>("audio_path"),
        ];

    /// <summary>
    /// Measures the audio that is there, and keeps it in the table <c>descriptors</c>: file (as audio_path), audio (the
    /// SHA-256 of its content), key, and a column a descriptor.
    /// </summary>
    /// <param name="features">The folder of all feature stores, which keeps what was measured.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops at once; what was measured is not measured again.</param>
    /// <exception cref="HitSongException">The feature store cannot be written.</exception>
    public DescriptorTable Describe(
        string features,
        IProgress<ExtractionProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        DescriptorTable sounds = DescriptorTable.Measure(
            folder,
            AudioFiles,
            features,
            progress: progress,
            cancellation: cancellation
        );
        Database.Import(sounds.ToTable().ToDataFrame(), "descriptors");
        return sounds;
    }

    /// <summary>The tracks that <see cref="Read"/> does not give, by reason.</summary>
    public IReadOnlyList<LeftOut> LeftOut
    {
        get
        {
            var states = Database
                .Query("SELECT state, count(*) AS tracks FROM tracks GROUP BY state")
                .Rows<StateCount>()
                .ToDictionary(row => row.State, row => (int)row.Tracks);
            LeftOut[] leftOut =
            [
                new("without audio in the catalogue", Of("none")),
                new("that failed to be collected", Of("failed")),
                new("whose audio was not yet asked for", Of("wanted")),
                new("of the same audio as another", Of("duplicate"), IsGap: false),
            ];
            return [.. leftOut.Where(left => left.Count > 0)];

            int Of(string state) => states.GetValueOrDefault(state);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Database.Dispose();

    // A track in whose answer a fault was found: unlike one whose audio failed, it has no place where to get it.
    private const string Damaged = "(state = 'failed' AND audio_url IS NULL AND audio_path IS NULL)";

    private sealed record Seen(string Source, string Id, bool Damaged);

    private sealed record Wanted(string Source, string Id, string? AudioUrl, string? AudioPath);

    private sealed record StateCount(string State, long Tracks);

    private sealed record ReasonCount(string Reason, long Tracks);

    private sealed record Collected(
        string Id,
        string Title,
        string Artist,
        string? Album,
        string AudioPath,
        double? Popularity,
        int? Year,
        long? Views,
        long? Plays
    );

    // Tracks of one address with the file that it gave, or the reason why it gave none.
    private sealed record Arrival(Wanted[] Same, string Path, string? Reason);

    private sealed record Twin(string AudioPath);

    private async Task<Arrival> FetchAsync(
        Wanted[] same,
        Web web,
        Func<string, string, CancellationToken, Task<string?>>? renew,
        CancellationToken cancellation
    )
    {
        string path = "";
        try
        {
            path = Path.Combine(folder, same[0].AudioPath ?? Path.Combine("audio", FileName(same[0])));
            if (same[0].AudioPath is null && !File.Exists(path))
                await DownloadAsync(same, path, web, renew, cancellation);
            return new(same, path, null);
        }
        catch (Exception e)
            when (e
                    is HitSongException
                        or UriFormatException
                        or IOException
                        or UnauthorizedAccessException
                        or ArgumentException
                        or InvalidOperationException
                        or NotSupportedException
            )
        {
            return new(same, path, e.Message);
        }
    }

    private static async Task DownloadAsync(
        Wanted[] same,
        string path,
        Web web,
        Func<string, string, CancellationToken, Task<string?>>? renew,
        CancellationToken cancellation
    )
    {
        string address = same[0].AudioUrl!;
        try
        {
            await web.DownloadAsync(new Uri(address), path, cancellation);
        }
        catch (RefusedException e) when (renew is not null && HoldsNoLonger(e.Status))
        {
            string? fresh = null;
            foreach (Wanted track in same)
                fresh ??=
                    await renew(track.Source, track.Id, cancellation) is string other && other != address
                        ? other
                        : null;
            if (fresh is null)
                throw;
            await web.DownloadAsync(new Uri(fresh), path, cancellation);
        }
    }

    // Whether servers answer so for an address that held once.
    private static bool HoldsNoLonger(HttpStatusCode status) =>
        status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Gone;

    private void Keep(Arrival arrival)
    {
        var (same, path, reason) = arrival;
        string? known = same[0].AudioPath,
            hash = null;
        try
        {
            if (reason is null && AudioFile.Read(path).Samples.Length == 0)
                throw new AudioException(path, "holds no sound");
            using FileStream? file = reason is null ? File.OpenRead(path) : null;
            if (file is not null)
                hash = Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (AudioException e)
        {
            // What the server gave is no audio: the next call asks for it anew.
            if (known is null)
                File.Delete(path);
            reason = $"the file {e.Reason}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reason = e.Message;
        }
        lock (keeping)
        {
            string? twin = hash is null ? null : TwinOf(hash);
            string? kept = hash is null ? known : twin ?? Path.GetRelativePath(folder, path);
            Database.Transaction(() =>
            {
                for (int i = 0; i < same.Length; i++)
                {
                    string there = twin is null && i == 0 ? "there" : "duplicate";
                    Keep(same[i], hash is null ? "failed" : there, kept, hash, reason);
                }
            });
            if (twin is not null && known is null)
                File.Delete(path);
        }
    }

    // The file that holds the same, if there is one.
    private string? TwinOf(string hash) =>
        Database
            .Query("SELECT audio_path FROM tracks WHERE content_hash = ? AND state = 'there' LIMIT 1", hash)
            .Rows<Twin>()
            .FirstOrDefault()
            ?.AudioPath;

    private void Keep(Wanted track, string state, string? audioPath, string? hash, string? reason) =>
        Database.Execute(
            "UPDATE tracks SET state = ?, audio_path = ?, content_hash = ?, reason = ? WHERE source = ? AND id = ?",
            state,
            audioPath,
            hash,
            reason,
            track.Source,
            track.Id
        );

    private void Keep(List<CatalogueTrack> tracks, string query)
    {
        if (tracks.Count == 0)
            return;
        DateTime now = DateTime.UtcNow;
        // Row by row, DuckDB's transactions take much memory and time: the rows arrive in a table of their own, and are
        // taken over at once.
        Database.Transaction(() =>
        {
            Database.Execute("CREATE OR REPLACE TABLE arriving AS FROM tracks LIMIT 0");
            using (Appender rows = Database.Append("arriving"))
            {
                foreach (CatalogueTrack track in tracks)
                {
                    rows.Add(track.Source)
                        .Add(track.Id)
                        .Add(track.Title)
                        .Add(track.Artist)
                        .Add(track.Album)
                        .Add(track.Isrc)
                        .Add(track.Year)
                        .Add(track.Genre)
                        .Add(track.Duration)
                        .Add(track.Rank)
                        .Add(track.Popularity)
                        .Add(track.ArtistPopularity)
                        .Add(track.Fans)
                        .Add(track.Listens)
                        .Add(track.Views)
                        .Add(track.Plays)
                        .Add(track.Bpm)
                        .Add(track.Gain)
                        .Add(track.Fault is null ? track.AudioUrl : null)
                        .Add(track.Fault is null ? track.AudioPath : null)
                        .Add(track.Licence)
                        .Add(query)
                        .Add(now)
                        .Add(StateOf(track))
                        .Add(track.Fault)
                        .Add((string?)null)
                        .EndRow();
                }
                rows.Close();
            }
            // A sound track takes the place of a damaged one with its id, whichever came first.
            Database.Execute(
                $"""
                INSERT OR REPLACE INTO tracks
                SELECT * FROM (
                    SELECT DISTINCT ON (source, id) * FROM arriving ORDER BY reason IS NOT NULL, rowid
                )
                ANTI JOIN (SELECT source, id FROM tracks WHERE NOT {Damaged}) USING (source, id)
                """
            );
            Database.Execute("INSERT OR IGNORE INTO asked SELECT DISTINCT ?, source, id FROM arriving", query);
            Database.Execute("DROP TABLE arriving");
        });
        tracks.Clear();
    }

    // What a fault was found in is not heard: what it is of is not sure.
    private static string StateOf(CatalogueTrack track) =>
        track.Fault is not null ? "failed"
        : track.AudioUrl is null && track.AudioPath is null ? "none"
        : "wanted";

    // An id may hold anything; a file name may not.
    private static string FileName(Wanted track)
    {
        bool isPlain =
            track.Id.Length <= 64 && track.Id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
        string extension =
            Path.GetExtension(new Uri(track.AudioUrl!).AbsolutePath) is { Length: > 1 and <= 5 } given
            && given.Skip(1).All(char.IsAsciiLetterOrDigit)
                ? given
                : ".mp3";
        string name = isPlain
            ? track.Id
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(track.Id)))[..32];
        return $"{track.Source}-{name}{extension}";
    }
}
