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
/// <param name="TrainArtists">[training rows] number of each row's artist, for splits and audits by artist.</param>
/// <param name="TestArtists">[test rows] the same.</param>
/// <param name="TrainRows">[training rows] place of each among the catalogue's rows without gaps, from 0.</param>
/// <param name="TestRows">[test rows] the same.</param>
/// <example><code>
/// TabularData data = TabularData.Read("spotify_data.csv", ["artists.csv"]);
/// using torch.Tensor x = torch.tensor(data.TrainInputs, [data.TrainLabels.Length, data.Preparation.Inputs]);
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
    int[] TestRows
)
{
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
        var (rows, kept, genres) = Clean(
            catalogue,
            artists,
            [.. settings.Numbers.Where(name => name != TabularSettings.ArtistPopularity)]
        );
        return Prepare(rows, kept, genres, settings);
    }

    // The catalogue's rows as they lie, the places of those that are kept, and the genres of these. The database is
    // gone before the inputs are made, which need as much memory.
    private static (Table Rows, Table Kept, string[] Genres) Clean(
        string catalogue,
        IReadOnlyList<string> artists,
        string[] numbers
    )
    {
        using Database database = Database.InMemory();
        // Rows with a gap are left out while reading. Exact repeats are told by a hash of all columns, most of which
        // nothing else needs: 64 bits over a million rows err with a chance of 10⁻⁷.
        Load(
            database,
            catalogue,
            "catalogue",
            [.. Words, "popularity", .. numbers],
            all =>
                $"SELECT {string.Join(", ", numbers.Append("popularity").Select(Database.Name))}, "
                + $"artist_name, genre, hash({string.Join(", ", all)}) AS row_hash",
            all => $"WHERE {string.Join(" AND ", all.Select(column => $"{column} IS NOT NULL"))}"
        );
        for (int i = 0; i < artists.Count; i++)
            Load(
                database,
                artists[i],
                $"artists{i}",
                ["artist_name", "popularity"],
                _ => "SELECT artist_name, popularity",
                _ => "WHERE artist_name IS NOT NULL AND popularity IS NOT NULL"
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
                + "enum_code(TRY_CAST(genre AS genres))::INTEGER AS genre FROM catalogue"
        );
        return (rows, database.Query("FROM kept"), genres);
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
        const string Form = "header = true, delim = ',', quote = '\"', escape = '\"'";
        try
        {
            string[] found =
            [
                .. database
                    .Query($"FROM read_csv(?, all_varchar = true, {Form}) LIMIT 0", path)
                    .Columns.Select(column => column.Name),
            ];
            string[] missing = [.. wanted.Where(name => !found.Contains(name))];
            if (missing.Length > 0)
                throw new CorpusException(
                    $"{path} has no column {string.Join(", ", missing)}; it has {string.Join(", ", found)}"
                );
            string types = string.Join(
                ", ",
                found.Select(name =>
                    $"{Database.Text(name)}: "
                    + $"'{(wanted.Contains(name) && !Words.Contains(name) ? "DOUBLE" : "VARCHAR")}'"
                )
            );
            string read =
                $"read_csv({Database.Text(path)}, auto_detect = false, columns = {{{types}}}, nullstr = "
                + $"[{string.Join(", ", Gaps.Select(Database.Text))}], {Form})";
            string[] all = [.. found.Select(Database.Name)];
            database.Execute($"CREATE TABLE {table} AS {select(all)} FROM {read} {where(all)}");
            const string Outside = "(popularity < 0 OR popularity > 100)";
            if (database.Query($"SELECT count(*) AS rows FROM {table} WHERE {Outside}").Values<long>("rows")[0] > 0)
            {
                OutOfRange row = database
                    .Query(
                        "SELECT row, popularity FROM (SELECT popularity, row_number() OVER () AS row "
                            + $"FROM {read}) WHERE {Outside} LIMIT 1"
                    )
                    .Rows<OutOfRange>()
                    .First();
                throw new CorpusException(
                    $"{path} has in row {row.Row} the popularity {row.Popularity}: it lies outside 0…100"
                );
            }
        }
        catch (TableException e)
        {
            throw new CorpusException($"{path} cannot be read: {e.ReasonOf(path)}", e);
        }
    }

    private sealed record OutOfRange(long Row, double Popularity);

    private static TabularData Prepare(Table rows, Table kept, string[] genres, TabularSettings settings)
    {
        Column<int> places = kept.Column<int>("row"),
            artists = kept.Column<int>("artist_number"),
            genre = rows.Column<int>("genre");
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
            [.. train.Select(i => artists.Span[i])],
            [.. test.Select(i => artists.Span[i])],
            trainPlaces,
            testPlaces
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

    private static (int[] Train, int[] Test) Sides(int[] labels, Column<int> artists, TabularSettings settings)
    {
        if (settings.ByArtist)
        {
            string[] groups = [.. Enumerable.Range(0, labels.Length).Select(i => $"{artists.Span[i]}")];
            Split split = Split.GroupedStratified(groups, labels, settings.TestShare, 0, settings.RandomState);
            return ([.. split.Train], [.. split.Test]);
        }
        Fold fold = TrainTestSplit.Stratified(
            Strata(labels, settings.Bins.Count),
            settings.TestShare,
            settings.RandomState
        );
        return ([.. fold.Train], [.. fold.Test]);
    }

    // scikit-learn refuses to stratify a class of one row; here it counts to its nearest neighbour, so that a small
    // catalogue can be split at all.
    private static int[] Strata(int[] labels, int classes)
    {
        int[] sizes = new int[classes];
        foreach (int label in labels)
            sizes[label]++;
        if (!sizes.Contains(1))
            return labels;
        int[] strata = [.. Enumerable.Range(0, classes).Select(c => sizes[c] == 1 ? Nearest(c) : c)];
        return Array.ConvertAll(labels, label => strata[label]);

        int Nearest(int alone) =>
            Enumerable
                .Range(0, classes)
                .Where(other => sizes[other] > 1)
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
