using Tables;

namespace HitSong.Corpus;

/// <summary>The catalogue of <c>spotify-mlp</c>, joined, cleaned, binned, one-hot, split and scaled.</summary>
/// <param name="Preparation">How it was done, for songs that come later.</param>
/// <param name="TrainInputs">
/// [training rows · inputs] standard scores, row by row, in the order of scikit-learn's split; a tensor by
/// <c>torch.tensor(TrainInputs, [TrainLabels.Length, Preparation.Inputs])</c>.
/// </param>
/// <param name="TrainLabels">[training rows] classes.</param>
/// <param name="TestInputs">[test rows · inputs].</param>
/// <param name="TestLabels">[test rows] classes.</param>
/// <param name="TrainArtists">
/// [training rows] each row's artist, a place in <see cref="Artists"/>, for splits and audits by artist.
/// </param>
/// <param name="TestArtists">[test rows] the same.</param>
/// <param name="TrainRows">[training rows] place of each among the catalogue's rows without gaps, from 0.</param>
/// <param name="TestRows">[test rows] the same.</param>
/// <param name="Artists">Names of the artists; names that differ in case alone (<see cref="SongKey"/>) are one.</param>
/// <param name="TrainTitles">[training rows] titles.</param>
/// <param name="TestTitles">[test rows] titles.</param>
/// <example><code>
/// var demo = DemoCorpus.Open("../data/demo/corpus");
/// var data = TabularData.Read(demo.CataloguePath, [demo.ArtistsPath], new() { Bins = Bins.Threshold(39) });
/// (data.TrainLabels.Length, data.TestLabels.Length, data.Preparation.Inputs) // (270, 90, 22)
/// </code></example>
public sealed record TabularData(
    TabularPreparation Preparation,
    float[] TrainInputs,
    int[] TrainLabels,
    float[] TestInputs,
    int[] TestLabels,
    int[] TrainArtists,
    int[] TestArtists,
    int[] TrainRows,
    int[] TestRows,
    IReadOnlyList<string> Artists,
    string[] TrainTitles,
    string[] TestTitles
)
{
    /// <summary>How many rows of the catalogue are left out for each reason that there is.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; init; } = [];

    /// <summary>Rows of the catalogue, those that are left out among them.</summary>
    public int Rows { get; init; }

    private static readonly string[] Words = ["artist_name", "track_name", "track_id", "genre"];

    // What pandas' read_csv takes for a gap.
    private static readonly string[] Gaps =
    [
        "",
        "#N/A",
        "#N/A N/A",
        "#NA",
        "-1.#IND",
        "-1.#QNAN",
        "-NaN",
        "-nan",
        "1.#IND",
        "1.#QNAN",
        "<NA>",
        "N/A",
        "NA",
        "NULL",
        "NaN",
        "n/a",
        "nan",
        "null",
    ];

    /// <summary>
    /// Prepares it as published: rows joined with the artists' popularity by name (a name of two popularities gives two
    /// rows), rows with a gap and exact repeats dropped; genres one-hot; a stratified split; standard scores fitted on
    /// the training rows. The order of rows is pandas' after <c>merge</c>, so that the split is scikit-learn's.
    /// </summary>
    /// <param name="catalogue">The Kaggle CSV, or the demo corpus' catalogue.csv.</param>
    /// <param name="artists">CSV files with artist_name and popularity, one after the other.</param>
    /// <param name="settings">Inputs, bins and split; null: the published ones of <c>bins4-duration</c>.</param>
    /// <exception cref="CorpusException">
    /// A file is missing, malformed or lacks a column, a number is none, or a popularity lies outside 0…100; the
    /// message names file and row.
    /// </exception>
    public static TabularData Read(string catalogue, IReadOnlyList<string> artists, TabularSettings? settings = null)
    {
        settings ??= new();
        Cleaned cleaned = Clean(
            catalogue,
            artists,
            [.. settings.Numbers.Where(name => name != TabularSettings.ArtistPopularity)]
        );
        return Prepare(cleaned.Rows, cleaned.Kept, cleaned.Genres, cleaned.Artists, settings) with
        {
            LeftOut = cleaned.LeftOut,
            Rows = cleaned.Given,
        };
    }

    /// <summary>
    /// Prepares another catalogue for a model: cleaned and joined as <see cref="Read"/> does, with nothing fitted anew.
    /// A row of a genre that training did not have is left out.
    /// </summary>
    /// <param name="catalogue">The Kaggle CSV, or another with its columns.</param>
    /// <param name="artists">CSV files with artist_name and popularity, one after the other.</param>
    /// <param name="preparation">How the training's catalogue was prepared.</param>
    /// <exception cref="CorpusException">As for <see cref="Read"/>, or no row is left.</exception>
    public static TabularRows Apply(string catalogue, IReadOnlyList<string> artists, TabularPreparation preparation)
    {
        var (rows, kept, genres, names, given, cleaned) = Clean(
            catalogue,
            artists,
            [.. preparation.Numbers.Where(name => name != TabularSettings.ArtistPopularity)]
        );
        Dictionary<string, int> known = preparation
            .Genres.Index()
            .ToDictionary(genre => genre.Item, genre => genre.Index);
        int[] codes = [.. genres.Select(genre => known.GetValueOrDefault(genre, -1))];
        Column<int> places = kept.Column<int>("row"),
            artist = kept.Column<int>("artist_number"),
            genre = rows.Column<int>("genre");
        Column<double> popularity = rows.Column<double>("popularity");
        Column<string> titles = rows.Column<string>("track_name");
        int[] used = [.. Enumerable.Range(0, kept.Count).Where(i => codes[genre.Span[places.Span[i]]] >= 0)];
        int ofGenres = kept.Count - used.Length;
        if (used.Length == 0)
            throw new CorpusException(
                $"no row of {catalogue} has a genre of the training's, which were "
                    + string.Join(", ", preparation.Genres)
            );

        int width = preparation.Inputs;
        var inputs = new float[checked(used.Length * width)];
        for (int number = 0; number < preparation.Numbers.Count; number++)
        {
            bool isByKept = preparation.Numbers[number] == TabularSettings.ArtistPopularity;
            Column<double> values = (isByKept ? kept : rows).Column<double>(preparation.Numbers[number]);
            for (int i = 0; i < used.Length; i++)
                inputs[i * width + number] = preparation.Score(
                    number,
                    values.Span[isByKept ? used[i] : places.Span[used[i]]]
                );
        }
        for (int i = 0; i < used.Length; i++)
        for (int code = 0; code < preparation.Genres.Count; code++)
            inputs[i * width + preparation.Numbers.Count + code] = preparation.Score(
                preparation.Numbers.Count + code,
                codes[genre.Span[places.Span[used[i]]]] == code ? 1 : 0
            );

        return new(
            [
                .. used.Select(i => new Track(
                    $"row {places.Span[i]}",
                    titles.Span[places.Span[i]],
                    names[artist.Span[i]],
                    ""
                )),
            ],
            [.. used.Select(i => preparation.Bins.Of(popularity.Span[places.Span[i]]))],
            inputs,
            ofGenres == 0 ? cleaned : [.. cleaned, new("of a genre that training did not have", ofGenres)],
            given
        );
    }

    private static int RowsOf(string catalogue)
    {
        using Database database = Database.InMemory();
        string read = CsvFile.Open(catalogue).ToSql(_ => "VARCHAR", Gaps);
        return (int)database.Query($"SELECT count(*) AS rows FROM {read}").Values<long>("rows")[0];
    }

    // The catalogue's rows as they lie, the places of those that are kept, the genres of these, the artists' names,
    // how many rows the file has, and which of them are left out.
    private sealed record Cleaned(
        Table Rows,
        Table Kept,
        string[] Genres,
        string[] Artists,
        int Given,
        IReadOnlyList<LeftOut> LeftOut
    );

    // The database is gone before the inputs are made, which need as much memory.
    private static Cleaned Clean(string catalogue, IReadOnlyList<string> artists, string[] numbers)
    {
        using Database database = Database.InMemory();
        bool needsYear = numbers.Contains("year");
        string[] year = needsYear
            ? [$"TRY_CAST(year AS DOUBLE) BETWEEN {ReleaseYear.First} AND {ReleaseYear.Last}"]
            : [];
        // Rows with a gap are left out while reading. Exact repeats are told by a hash of all columns, most of which
        // nothing else needs: 64 bits over a million rows err with a chance of 10⁻⁷.
        Load(
            database,
            catalogue,
            "catalogue",
            [.. Words, "popularity", .. numbers],
            all =>
                $"SELECT {string.Join(", ", numbers.Append("popularity").Distinct().Select(Database.Name))}, "
                + $"artist_name, track_name, genre, hash({string.Join(", ", all)}) AS row_hash",
            all => string.Join(" AND ", [.. all.Select(column => $"{column} IS NOT NULL"), .. year])
        );
        for (int i = 0; i < artists.Count; i++)
            Load(
                database,
                artists[i],
                $"artists{i}",
                ["artist_name", "popularity"],
                _ => "SELECT artist_name, popularity",
                _ => "artist_name IS NOT NULL AND popularity IS NOT NULL"
            );
        string popularities = string.Join(
            " UNION ALL ",
            artists.Select(
                (_, i) => $"SELECT artist_name, popularity, {i} * 10000000000 + rowid AS place FROM artists{i}"
            )
        );
        database.Execute(
            $"""
            CREATE TABLE artists AS SELECT artist_name, popularity AS artist_popularity, min(place) AS place,
                    (dense_rank() OVER (ORDER BY artist_name) - 1)::INTEGER AS artist_number
                FROM ({popularities}) GROUP BY artist_name, popularity;
            CREATE TABLE repeats AS SELECT rowid AS place FROM catalogue
                WHERE row_hash IN (SELECT row_hash FROM catalogue GROUP BY row_hash HAVING count(*) > 1)
                QUALIFY row_number() OVER (PARTITION BY row_hash ORDER BY rowid) > 1;
            CREATE TABLE kept AS SELECT row::INTEGER AS row, artist_popularity, artist_number
                FROM (SELECT artist_name, rowid AS row FROM catalogue) JOIN artists USING (artist_name)
                WHERE row NOT IN (SELECT place FROM repeats)
                ORDER BY row, place;
            """
        );
        string[] genres =
        [
            .. database
                .Query("SELECT DISTINCT genre FROM catalogue JOIN kept ON catalogue.rowid = kept.row ORDER BY genre")
                .Values<string>("genre"),
        ];
        if (genres.Length == 0)
            throw new CorpusException(
                $"no row of {catalogue} is without gaps and has its artist in {string.Join(", ", artists)}"
            );
        database.Execute($"CREATE TYPE genres AS ENUM ({string.Join(", ", genres.Select(Database.Text))})");
        // The numbers come as they lie, unsorted; which rows are kept, and in which order, is a list of their places.
        Table rows = database.Query(
            $"SELECT {string.Join("", numbers.Select(name => $"{Database.Name(name)}, "))}popularity, "
                + "enum_code(TRY_CAST(genre AS genres))::INTEGER AS genre, track_name FROM catalogue"
        );
        Table names = database.Query("SELECT DISTINCT artist_number, artist_name FROM artists ORDER BY artist_number");
        Table kept = database.Query("FROM kept");
        int given = RowsOf(catalogue),
            repeats = (int)database.Query("SELECT count(*) AS rows FROM repeats").Values<long>("rows")[0],
            used = new HashSet<int>(kept.Values<int>("row").ToArray()).Count;
        LeftOut[] leftOut =
        [
            new(needsYear ? "with a gap, or without a year of release" : "with a gap", given - rows.Count),
            new("that repeat another row", repeats, IsGap: false),
            new("of an artist whose popularity is not given", rows.Count - repeats - used),
        ];
        return new(
            rows,
            kept,
            genres,
            [.. names.Values<string>("artist_name")],
            given,
            [.. leftOut.Where(left => left.Count > 0)]
        );
    }

    private static void Load(
        Database database,
        string path,
        string table,
        string[] wanted,
        Func<string[], string> select,
        Func<string[], string> where
    )
    {
        try
        {
            CsvFile csv = CsvFile.Open(path);
            string[] missing = [.. wanted.Where(name => !csv.Columns.Contains(name))];
            if (missing.Length > 0)
                throw new CorpusException(
                    $"{path} has no column {string.Join(", ", missing)}; it has {string.Join(", ", csv.Columns)}"
                );
            string[] numbers = [.. wanted.Except(Words)];
            string[] all = [.. csv.Columns.Select(Database.Name)];
            string texts = csv.ToSql(gaps: Gaps);
            try
            {
                string read = csv.ToSql(name => numbers.Contains(name) ? "DOUBLE" : "VARCHAR", Gaps);
                database.Execute($"CREATE TABLE {table} AS {select(all)} FROM {read} WHERE {where(all)}");
            }
            catch (TableException)
            {
                // Some number is written otherwise than DuckDB writes them, or is none, which is found out below.
                string plain = string.Join(
                    ", ",
                    numbers.Select(n => $"{WrittenNumber.ToSql(n)} AS {Database.Name(n)}")
                );
                string known = $"(SELECT * REPLACE ({plain}) FROM {texts} WHERE {where(all)})";
                RefuseNoNumbers(database, path, texts, where(all), numbers);
                database.Execute($"CREATE TABLE {table} AS {select(all)} FROM {known}");
            }
            string outside = string.Join(" OR ", numbers.Select(name => Outside(name, Database.Name(name))));
            if (database.Query($"SELECT 1 FROM {table} WHERE {outside} LIMIT 1").Count > 0)
                RefuseNoNumbers(database, path, texts, where(all), numbers);
        }
        catch (TableException e)
        {
            throw new CorpusException($"{path} cannot be read: {e.Reason}", e);
        }
    }

    // A number that is none, or lies where none can; also infinity, and what DuckDB calls no number.
    private static string Outside(string column, string number)
    {
        NumberRange range = NumberRange.Of(column);
        return FormattableString.Invariant($"coalesce({number} NOT BETWEEN {range.Least:R} AND {range.Most:R}, true)");
    }

    private static void RefuseNoNumbers(Database database, string path, string texts, string where, string[] numbers)
    {
        string cases = string.Join(
            ' ',
            numbers.Select((name, i) => $"WHEN {Outside(name, WrittenNumber.ToSql(name))} THEN {i}")
        );
        NoNumber? first = database
            .Query(
                $"""
                SELECT "the row" AS row, "the number" AS number, CASE "the number" {string.Join(
                    ' ',
                    numbers.Select((name, i) => $"WHEN {i} THEN {Database.Name(name)}")
                )} END AS text
                FROM (
                    SELECT *, CASE {cases} END AS "the number"
                    FROM (SELECT *, row_number() OVER () AS "the row" FROM {texts}) WHERE {where}
                )
                WHERE "the number" IS NOT NULL ORDER BY "the row" LIMIT 1
                """
            )
            .Rows<NoNumber>()
            .FirstOrDefault();
        if (first is null)
            return;
        const int Most = 40;
        string column = numbers[first.Number],
            text = first.Text.Length > Most ? first.Text[..Most] + "…" : first.Text;
        throw new CorpusException(
            FormattableString.Invariant(
                $"{path} has in row {first.Row} the {column} \"{text}\", which is {NumberRange.Of(column)}"
            )
        );
    }

    private sealed record NoNumber(long Row, int Number, string Text);

    private static TabularData Prepare(
        Table rows,
        Table kept,
        string[] genres,
        string[] names,
        TabularSettings settings
    )
    {
        Column<int> places = kept.Column<int>("row"),
            genre = rows.Column<int>("genre");
        Column<string> titles = rows.Column<string>("track_name");
        int[] firstOfName = FirstOfName(names),
            artists = [.. kept.Values<int>("artist_number")];
        for (int i = 0; i < artists.Length; i++)
            artists[i] = firstOfName[artists[i]];
        Column<double> popularity = rows.Column<double>("popularity");
        var labels = new int[kept.Count];
        for (int i = 0; i < labels.Length; i++)
            labels[i] = settings.Bins.Of(popularity.Span[places.Span[i]]);
        if (labels.All(label => label == labels[0]))
            throw new CorpusException(
                $"all {labels.Length} rows fall into the class \"{settings.Bins.Names[labels[0]]}\": "
                    + "where nothing differs there is nothing to predict. Take other bins"
            );
        var (train, test) = Sides(labels, artists, settings);

        // Where the values of each input lie: a number's by the catalogue's row, the artist's popularity by the kept
        // row.
        (Column<double> Values, bool IsByKept)[] numbers =
        [
            .. settings.Numbers.Select(name =>
                name == TabularSettings.ArtistPopularity
                    ? (kept.Column<double>(name), true)
                    : (rows.Column<double>(name), false)
            ),
        ];
        int[] trainPlaces = [.. train.Select(i => places.Span[i])],
            testPlaces = [.. test.Select(i => places.Span[i])];
        var shares = new double[genres.Length];
        foreach (int place in trainPlaces)
            shares[genre.Span[place]]++;
        (double Mean, double Deviation)[] moments =
        [
            .. numbers
                .AsParallel()
                .AsOrdered()
                .Select(number => Moments(number.Values.Span, number.IsByKept ? train : trainPlaces)),
            .. shares.Select(count => count / train.Length).Select(p => (p, Deviation(p * (1 - p), p, train.Length))),
        ];
        var preparation = new TabularPreparation(
            settings.Numbers,
            genres,
            settings.Bins,
            [.. moments.Select(m => m.Mean)],
            [.. moments.Select(m => m.Deviation)]
        );
        return new(
            preparation,
            Inputs(train, trainPlaces),
            [.. train.Select(i => labels[i])],
            Inputs(test, testPlaces),
            [.. test.Select(i => labels[i])],
            [.. train.Select(i => artists[i])],
            [.. test.Select(i => artists[i])],
            trainPlaces,
            testPlaces,
            names,
            [.. trainPlaces.Select(place => titles.Span[place])],
            [.. testPlaces.Select(place => titles.Span[place])]
        );

        float[] Inputs(int[] items, int[] itemPlaces)
        {
            const int AtOnce = 8192;
            int width = preparation.Inputs;
            float[] absent = [.. Enumerable.Range(0, width).Select(i => preparation.Score(i, 0))],
                present = [.. Enumerable.Range(0, width).Select(i => preparation.Score(i, 1))];
            float[] inputs = GC.AllocateUninitializedArray<float>(checked(items.Length * width));
            Parallel.For(
                0,
                (items.Length + AtOnce - 1) / AtOnce,
                block =>
                {
                    int from = block * AtOnce,
                        to = Math.Min(items.Length, from + AtOnce);
                    for (int i = from; i < to; i++)
                    {
                        Span<float> row = inputs.AsSpan(i * width, width);
                        absent.CopyTo(row);
                        int code = numbers.Length + genre.Span[itemPlaces[i]];
                        row[code] = present[code];
                    }
                    for (int number = 0; number < numbers.Length; number++)
                    {
                        ReadOnlySpan<double> values = numbers[number].Values.Span;
                        int[] at = numbers[number].IsByKept ? items : itemPlaces;
                        for (int i = from; i < to; i++)
                            inputs[i * width + number] = preparation.Score(number, values[at[i]]);
                    }
                }
            );
            return inputs;
        }
    }

    // [names] place of the first name that is the same but for case.
    private static int[] FirstOfName(string[] names)
    {
        var first = new Dictionary<string, int>(names.Length, StringComparer.Ordinal);
        var firsts = new int[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            string key = SongKey.OfArtist(names[i]);
            first.TryAdd(key, i);
            firsts[i] = first[key];
        }
        return firsts;
    }

    private static (int[] Train, int[] Test) Sides(int[] labels, int[] artists, TabularSettings settings)
    {
        if (settings.ByArtist)
        {
            string[] groups = [.. Enumerable.Range(0, labels.Length).Select(i => $"{artists[i]}")];
            if (settings.Folds is int parts)
            {
                Fold part = KFold.GroupedStratified(groups, labels, parts, settings.RandomState)[settings.Fold - 1];
                return ([.. part.Train], [.. part.Test]);
            }
            Split split = Split.GroupedStratified(groups, labels, settings.TestShare, 0, settings.RandomState);
            return ([.. split.Train], [.. split.Test]);
        }
        int[] strata = Strata(labels, settings.Bins.Count, settings.Folds ?? 2);
        Fold fold = settings.Folds is int folds
            ? KFold.Stratified(strata, folds, settings.RandomState)[settings.Fold - 1]
            : TrainTestSplit.Stratified(strata, settings.TestShare, settings.RandomState);
        return ([.. fold.Train], [.. fold.Test]);
    }

    // scikit-learn refuses to stratify a class of fewer rows than sides; here it counts to its nearest neighbour, so
    // that a small catalogue can be split at all.
    private static int[] Strata(int[] labels, int classes, int least)
    {
        int[] sizes = new int[classes];
        foreach (int label in labels)
            sizes[label]++;
        bool IsFew(int c) => sizes[c] > 0 && sizes[c] < least;
        if (!Enumerable.Range(0, classes).Any(IsFew))
            return labels;
        int[] strata = [.. Enumerable.Range(0, classes).Select(c => IsFew(c) ? Nearest(c) : c)];
        return Array.ConvertAll(labels, label => strata[label]);

        int Nearest(int alone) =>
            Enumerable
                .Range(0, classes)
                .Where(other => sizes[other] >= least)
                .DefaultIfEmpty(alone)
                .MinBy(other => Math.Abs(other - alone));
    }

    private static (double Mean, double Deviation) Moments(ReadOnlySpan<double> values, int[] rows)
    {
        double sum = 0,
            squares = 0;
        foreach (int row in rows)
            sum += values[row];
        double mean = sum / rows.Length;
        foreach (int row in rows)
            squares += (values[row] - mean) * (values[row] - mean);
        return (mean, Deviation(squares / rows.Length, mean, rows.Length));
    }

    // A column that never changes has, by rounding, a variance of almost 0: it is left unscaled, as scikit-learn does.
    private static double Deviation(double variance, double mean, int count)
    {
        const double Epsilon = 2.220446049250313e-16;
        return variance <= count * Epsilon * variance + Math.Pow(count * mean * Epsilon, 2) ? 1 : Math.Sqrt(variance);
    }
}
