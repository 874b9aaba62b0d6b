using System.CommandLine;
using HitSong;
using HitSong.Collect;
using HitSong.Corpus;
using HitSong.Features.Descriptors;
using Research.Slurm;
using Spectre.Console;

namespace Research;

/// <summary><c>./research collect</c>: from a catalogue or a file to a track table and audio files.</summary>
internal static class CollectCommand
{
    private static readonly Option<DirectoryInfo> To = new("--to")
    {
        Description =
            "The folder of the collection: tracks.duckdb and audio/. What is there already is kept. "
            + "Default: data/collected.",
    };
    private static readonly Option<bool> Details = new("--details")
    {
        Description =
            "Also ask for each track and artist alone, for what a search does not say (Deezer: ISRC, "
            + "year, bpm, gain, fans; Spotify: the artist's popularity). Takes up to two requests a track.",
    };
    private static readonly Option<bool> Describe = new("--describe")
    {
        Description =
            "Also measure what the songs sound like, as ./research describe does: the table descriptors of "
            + "tracks.duckdb, whose file is the tracks' audio_path. With --on slurm a job array decodes and measures "
            + "them.",
    };
    private static readonly SlurmOptions Slurm = new();
    private static readonly string Features = Path.Combine(Workspace.Artifacts, "features");
    private static readonly Option<int> Count = Parse.WholeNumber("--count", 1, 1000, "How many tracks are wanted.");
    private static readonly Option<int> Connections = Parse.WholeNumber("--connections", 1, 8, "Downloads at once.");
    private static readonly Option<Uri?> Address = new("--address")
    {
        Description = "Another server of the same API, such as a mirror.",
        CustomParser = ServerAddress,
    };
    private static readonly Option<bool> AllowPrivate = new("--allow-private")
    {
        Description = "Also ask addresses of this machine and of private networks.",
    };

    private static readonly Option<string[]> AllowServer = new("--allow-server")
    {
        Description =
            "Also ask this one server of a private address, as HOST:PORT; what it redirects to is still "
            + "refused where private.",
    };
    private static readonly Option<string[]> HostRate = new("--rate")
    {
        Description =
            "HOST=REQUESTS: at most so many a second from this host of audio. Hosts that are not named "
            + "publish no rate: --connections alone limits.",
    };

    public static Command Create()
    {
        var command = new Command(
            "collect",
            "Collect tracks, their popularity and their audio. Cut off at any point, the same command "
                + "goes on; what failed is tried again."
        )
        {
            Deezer(),
            Spotify(),
            YouTube(),
            FreeMusicArchive(),
            TidyTuesday(),
            Csv("tiktok", "The sounds of a TikTok table (TikTok ID, …, Music URL, …, Play Count).", ColumnMap.TikTok),
            Csv("kaggle", "The catalogue rows of the Kaggle set \"Spotify 1 Million Tracks\".", ColumnMap.Kaggle),
            Csv("views", "A table of songs and their views.", ColumnMap.Views),
            Csv("csv", "Any CSV file, given a column map.", null),
        };
        foreach (Option option in (Option[])[To, Describe, Connections, AllowPrivate, AllowServer, HostRate])
        {
            option.Recursive = true;
            command.Options.Add(option);
        }
        Slurm.AddTo(command);
        foreach (Command catalogue in command.Subcommands)
            catalogue.Validators.Add(result =>
            {
                if (Slurm.IsOn(result) && !result.GetValue(Describe))
                    result.AddError("--on slurm takes --describe: what is downloaded is downloaded here.");
            });
        HostRate.Validators.Add(result =>
        {
            foreach (string rate in result.Tokens.Select(token => token.Value).Where(rate => !IsRate(rate)))
                result.AddError($"--rate takes HOST=REQUESTS, REQUESTS a whole number of at least 1, not {rate}.");
        });
        return command;
    }

    private static bool IsRate(string text) =>
        text.Split('=') is [not "", var requests] && int.TryParse(requests, out int n) && n > 0;

    private static Uri? ServerAddress(System.CommandLine.Parsing.ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is ("http" or "https"))
            return address;
        result.AddError($"{text} is no http or https address.");
        return null;
    }

    private static Command Deezer()
    {
        var query = new Argument<string?>("query")
        {
            Description = "As Deezer's search takes it, such as 'genre:\"rap\"'.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var join = new Option<bool>("--join")
        {
            Description =
                "Instead: find on Deezer, by ISRC or else by artist, title and, within 10 s, length, the tracks of "
                + "the collection that have no audio or rank, such as Spotify's. What does not agree is listed in "
                + "doubtful.csv; what was not found is asked for again after 30 days.",
        };
        var command = new Command("deezer", "Deezer: rank and 30 s previews; no key is needed.")
        {
            query,
            join,
            Details,
            Count,
            Address,
        };
        command.SetAction(
            (parsed, cancellation) => RunAsync(parsed, HitSong.Collect.Deezer.Rate, [], ListAsync, cancellation)
        );
        return command;

        async Task<(string, int, Renew?)> ListAsync(
            ParseResult parsed,
            Collection collection,
            Web web,
            CancellationToken cancellation
        )
        {
            var deezer = new HitSong.Collect.Deezer(web, parsed.GetValue(Address));
            if (parsed.GetValue(join))
            {
                Print(await collection.JoinAsync(deezer, cancellation), "Deezer", collection);
                return (Lookups.JoinedQuery, 0, null);
            }
            string words =
                parsed.GetValue(query)
                ?? throw new CollectException("what is to be searched for? ./research collect deezer 'genre:\"rap\"'");
            int count = parsed.GetValue(Count);
            await collection.AddAsync($"deezer {words}", count, Found, cancellation);
            return ($"deezer {words}", count, async (_, id, stop) => (await deezer.TrackAsync(id, stop))?.AudioUrl);

            IAsyncEnumerable<CatalogueTrack> Found(int start) =>
                Detailed(
                    parsed,
                    deezer.SearchAsync(words, start, cancellation),
                    track => deezer.DetailAsync(track, cancellation)
                );
        }
    }

    private static Command Spotify()
    {
        var query = new Argument<string>("query")
        {
            Description = "What all tracks have in common, such as 'genre:hip-hop year:2019-2021'.",
        };
        var mode = new Option<SpotifyMode>("--mode")
        {
            Description = "The application's quota mode: development or extended.",
            DefaultValueFactory = _ => SpotifyMode.Development,
        };
        var seed = new Option<ulong>("--seed")
        {
            Description = "Seed of the random search.",
            DefaultValueFactory = _ => 42,
        };
        var accounts = new Option<Uri?>("--accounts")
        {
            Description = "Another server of the tokens.",
            CustomParser = ServerAddress,
        };
        var command = new Command(
            "spotify",
            "Spotify's random-wildcard search; SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET from the "
                + "environment or user secrets."
        )
        {
            query,
            mode,
            seed,
            Details,
            Count,
            Address,
            accounts,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                string secret = Secret.Read("SPOTIFY_CLIENT_SECRET");
                return RunAsync(parsed, HitSong.Collect.Spotify.Rate, [secret], ListAsync, cancellation);
            }
        );
        return command;

        async Task<(string, int, Renew?)> ListAsync(
            ParseResult parsed,
            Collection collection,
            Web web,
            CancellationToken cancellation
        )
        {
            var spotify = new HitSong.Collect.Spotify(
                web,
                Secret.Read("SPOTIFY_CLIENT_ID"),
                Secret.Read("SPOTIFY_CLIENT_SECRET"),
                parsed.GetValue(mode),
                parsed.GetValue(Address),
                parsed.GetValue(accounts)
            );
            string words = parsed.GetValue(query)!;
            int count = parsed.GetValue(Count);
            await collection.AddAsync($"spotify {words}", count, _ => Found(), cancellation);
            if (spotify.Notice is string notice)
                Console.Error.WriteLine(notice);
            return ($"spotify {words}", count, null);

            IAsyncEnumerable<CatalogueTrack> Found() =>
                Detailed(
                    parsed,
                    spotify.RandomSearchAsync(words, parsed.GetValue(seed), cancellation: cancellation),
                    WithArtistAsync
                );

            async Task<CatalogueTrack> WithArtistAsync(CatalogueTrack track)
            {
                double? popularity = track.ArtistId is string artist
                    ? await spotify.ArtistPopularityAsync(artist, cancellation)
                    : null;
                return track with { ArtistPopularity = popularity };
            }
        }
    }

    private static Command YouTube()
    {
        var command = new Command(
            "youtube",
            "Adds YouTube's view counts to the tracks of the collection that have none; YOUTUBE_API_KEY "
                + "from the environment or user secrets. A day's quota finds about 100. A video counts where title, "
                + "artist and, within 10 s, length agree; what does not is listed in doubtful.csv. What was not found "
                + "is asked for again after 30 days."
        )
        {
            Address,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                string key = Secret.Read("YOUTUBE_API_KEY");
                using Collection collection = Collection.Open(Folder(parsed));
                using var web = new Web(Allowed(parsed, HitSong.Collect.YouTube.Rate), key);
                var youTube = new HitSong.Collect.YouTube(web, key, parsed.GetValue(Address));
                Print(await collection.AddViewsAsync(youTube, cancellation), "YouTube", collection);
                return 0;
            }
        );
        return command;
    }

    private static Command FreeMusicArchive()
    {
        var metadata = new Argument<DirectoryInfo>("metadata") { Description = "The folder fma_metadata." };
        var audio = new Argument<DirectoryInfo>("audio")
        {
            Description = "The folder fma_small, fma_medium, fma_large or fma_full.",
        };
        var command = new Command(
            "fma",
            "The Free Music Archive's data set, from its unzipped folders; listens are the popularity."
        )
        {
            metadata,
            audio,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, new(), [], ListAsync, cancellation));
        return command;

        Task<(string, int, Renew?)> ListAsync(
            ParseResult parsed,
            Collection collection,
            Web web,
            CancellationToken cancellation
        )
        {
            string folder = parsed.GetValue(audio)!.FullName;
            var catalogue = HitSong.Collect.FreeMusicArchive.Read(parsed.GetValue(metadata)!.FullName, folder);
            return Task.FromResult(Add(collection, $"fma {folder}", catalogue));
        }
    }

    private static Command TidyTuesday()
    {
        var url = new Option<Uri?>("--url")
        {
            Description = "Where the table lies otherwise, such as a mirror.",
            CustomParser = ServerAddress,
        };
        var command = new Command(
            "tidytuesday",
            "TidyTuesday's table \"Spotify Songs\" of 2020-01-21: 28,000 tracks with popularity and audio features, no "
                + "key, no audio. Writes catalogue.csv and artists.csv, which train spotify-mlp-* takes."
        )
        {
            url,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                string folder = Directory.CreateDirectory(Folder(parsed)).FullName,
                    table = Path.Combine(folder, "spotify_songs.csv"),
                    catalogue = Path.Combine(folder, "catalogue.csv"),
                    artists = Path.Combine(folder, "artists.csv");
                if (!File.Exists(table))
                {
                    using var web = new Web(Allowed(parsed, new() { Requests = null }));
                    Uri address = parsed.GetValue(url) ?? HitSong.Collect.TidyTuesday.Address;
                    await web.DownloadTableAsync(address, table, cancellation);
                }
                HitSong.Collect.TidyTuesday read = HitSong.Collect.TidyTuesday.Write(table, catalogue, artists);
                ResultsTable.Print(read.Rejected);
                Print(
                    ("tracks in catalogue.csv", read.Tracks),
                    ("a track again, on another playlist", read.Repeats),
                    ("left out", read.Rejected.Count),
                    ("rows of the table", read.Rows),
                    ("different tracks in it", read.Distinct),
                    ("tracks without a year, which training leaves out", read.WithoutYear),
                    ("artists in artists.csv", read.Artists)
                );
                string Shown(string path) => Path.GetRelativePath(Environment.CurrentDirectory, path);
                Console.WriteLine(
                    $"""
                    Popularity is that of January 2020. The genre is that of a track's first playlist, the year its
                    album's; time_signature, which the table lacks, is 4 throughout and tells a network nothing.
                    artists.csv has the mean popularity of each artist's tracks here: it holds the very label. Published
                    variants take it, and their figures are too good by it; audited ones leave it out.
                    {HitSong.Collect.TidyTuesday.Licence}

                    Next: ./research train spotify-mlp-bins4-duration --variant audited \
                        --catalogue {Shown(catalogue)} --artists {Shown(artists)}
                    """
                );
                return 0;
            }
        );
        return command;
    }

    private static Command Csv(string name, string description, ColumnMap? map)
    {
        var file = new Argument<FileInfo>("file") { Description = "The CSV file: UTF-8, with a header." };
        var columns = new Option<string[]>("--column")
        {
            Description = $"FIELD=COLUMN, once a field; FIELD one of {string.Join(", ", ColumnMap.Fields)}.",
            Required = map is null,
        };
        var command = new Command(name, description) { file };
        if (map is null)
            command.Options.Add(columns);
        command.SetAction((parsed, cancellation) => RunAsync(parsed, new(), [], ListAsync, cancellation));
        return command;

        Task<(string, int, Renew?)> ListAsync(
            ParseResult parsed,
            Collection collection,
            Web web,
            CancellationToken cancellation
        )
        {
            string path = parsed.GetValue(file)!.FullName;
            ColumnMap fields = map ?? ColumnMap.Parse("csv", parsed.GetValue(columns)!);
            return Task.FromResult(Add(collection, $"{name} {path}", CsvCatalogue.Read(path, fields)));
        }
    }

    private static async IAsyncEnumerable<CatalogueTrack> Detailed(
        ParseResult parsed,
        IAsyncEnumerable<CatalogueTrack> tracks,
        Func<CatalogueTrack, Task<CatalogueTrack>> detail
    )
    {
        await foreach (CatalogueTrack track in tracks)
            yield return parsed.GetValue(Details) ? await detail(track) : track;
    }

    private delegate Task<string?> Renew(string source, string id, CancellationToken cancellation);

    // What is to be fetched: the query that its tracks were listed under, how many of them, and how an address that
    // has expired is renewed.
    private delegate Task<(string Query, int Asked, Renew? Renew)> List(
        ParseResult parsed,
        Collection collection,
        Web web,
        CancellationToken cancellation
    );

    private static (string, int, Renew?) Add(Collection collection, string query, CsvCatalogue catalogue)
    {
        collection.Add(query, catalogue.Tracks);
        ResultsTable.Print(catalogue.Rejected);
        return (query, catalogue.Tracks.Count, null);
    }

    private static string Folder(ParseResult parsed) =>
        parsed.GetValue(To)?.FullName ?? Path.Combine(Workspace.Root, "data", "collected");

    private static async Task<int> RunAsync(
        ParseResult parsed,
        WebSettings rate,
        string[] secrets,
        List list,
        CancellationToken cancellation
    )
    {
        using Collection collection = Collection.Open(Folder(parsed));
        SlurmArray? array = Slurm.Array(parsed, "shard", ["extract", collection.Folder, "--features", "descriptors"]);
        if (array is { IsDryRun: true })
        {
            if (collection.AudioFiles.Count == 0)
                throw new HitSongException(
                    $"{collection.Folder} has no audio yet: what is to be described is known once it is collected."
                );
            DescribeElsewhere(collection, array, cancellation);
            return 0;
        }
        using var catalogue = new Web(Allowed(parsed, rate), secrets);
        var (query, asked, renew) = await list(parsed, collection, catalogue, cancellation);
        // The files lie on other servers than the catalogue, and those publish no rate.
        var rates = (parsed.GetValue(HostRate) ?? [])
            .Select(rate => rate.Split('='))
            .ToDictionary(rate => rate[0], rate => int.Parse(rate[1]), StringComparer.OrdinalIgnoreCase);
        using var files = new Web(Allowed(parsed, new() { Requests = null, HostRates = rates }), secrets);
        CollectionSummary closing = LongWork.Show("audio", report => FetchAsync(report).GetAwaiter().GetResult());
        Print(closing);
        if (array is not null && !DescribeElsewhere(collection, array, cancellation))
            return 1;
        if (parsed.GetValue(Describe))
            DescribeHere(collection, cancellation);
        return closing.Failed > 0 ? 1 : 0;

        Task<CollectionSummary> FetchAsync(Action<double, string> report) =>
            collection.FetchAsync(
                query,
                asked,
                files,
                parsed.GetValue(Connections),
                renew is null ? null : (source, id, stop) => renew(source, id, stop),
                new ImmediateProgress<(int Done, int Of)>(progress =>
                    report((double)progress.Done / progress.Of, $"{progress.Done} of {progress.Of} tracks")
                ),
                cancellation
            );
    }

    // Whether a job array has measured all that the feature store lacked.
    private static bool DescribeElsewhere(Collection collection, SlurmArray array, CancellationToken cancellation) =>
        ExtractCommand.MakeElsewhere(
            collection.Folder,
            collection.AudioFiles,
            DescriptorExtractor.Descriptors,
            Features,
            array,
            cancellation
        );

    private static void DescribeHere(Collection collection, CancellationToken cancellation)
    {
        DescriptorTable sounds = LongWork.Show(
            "describe",
            report => collection.Describe(Features, new ExtractionReport(report), cancellation)
        );
        Console.WriteLine($"{sounds.Files.Count:N0} songs are described in the table descriptors.");
        ResultsTable.Print([.. sounds.Failures.Select(Failure.Of)]);
    }

    private static WebSettings Allowed(ParseResult parsed, WebSettings settings) =>
        settings with
        {
            AllowPrivateAddresses = parsed.GetValue(AllowPrivate),
            PrivateServers = parsed.GetValue(AllowServer) ?? [],
        };

    private static void Print(CollectionSummary closing)
    {
        Print(
            ("with audio, decoded", closing.There),
            ("of the same audio as another", closing.Duplicates),
            ("without audio in the catalogue", closing.WithoutAudio),
            ("failed; tried again on the next call", closing.Failed),
            ("not yet tried", closing.Waiting),
            ("that the catalogue does not have", closing.Missing),
            ("asked for", closing.Asked)
        );
        PrintFailed(closing.Reasons);
    }

    private static void Print(LookupTable table, string catalogue, Collection collection)
    {
        string days = $"asked for again after {Lookups.Memory.TotalDays:0} days";
        Print(
            ($"found on {catalogue}", table.Found),
            ($"not on {catalogue}; {days}", table.Missing),
            ($"doubtful, not taken: {Lookups.DoubtfulFile}", table.Doubtful),
            ("failed; tried again on the next call", table.Failed),
            ("not found or doubtful before, not asked for", table.Remembered),
            ("looked up", table.Found + table.Missing + table.Doubtful + table.Failed + table.Remembered)
        );
        PrintFailed(table.Reasons);
        if (table.Doubtful > 0)
            Console.WriteLine(
                "What was found and does not agree, with the reason: "
                    + Path.GetRelativePath(
                        Environment.CurrentDirectory,
                        Path.Combine(collection.Folder, Lookups.DoubtfulFile)
                    )
            );
    }

    private static void PrintFailed(IEnumerable<(string Reason, int Tracks)> reasons)
    {
        foreach (var (reason, tracks) in reasons.Take(10))
            Console.Error.WriteLine(Terminal.Line($"{tracks} failed: {reason}"));
    }

    private static void Print(params (string What, int Count)[] rows)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("tracks", "");
        table.Columns[1].RightAligned();
        foreach (var (what, count) in rows)
            table.AddRow(what, count.ToString("N0", System.Globalization.CultureInfo.InvariantCulture));
        AnsiConsole.Write(table);
    }
}
