using Tables;

namespace HitSong.Corpus;

/// <summary>The catalogue of <c>spotify-mlp</c>, joined, cleaned, binned, one-hot, split and scaled.</summary>
/// <param name="Preparation">How it was done, for songs that come later.</param>
/// <param name="TrainInputs">[training rows · inputs] standard scores, row by row, in the order of scikit-learn's split; a tensor by <c>torch.tensor(TrainInputs, [TrainLabels.Length, Preparation.Inputs])</c>.</param>
/// <param name="TrainLabels">[training rows] classes.</param>
/// <param name="TestInputs">[test rows · inputs].</param>
/// <param name="TestLabels">[test rows] classes.</param>
/// <param name="TrainArtists">[training rows] number of each row's artist, for splits and audits by artist.</param>
/// <param name="TestArtists">[test rows] the same.</param>
/// <example><code>
/// TabularData data = TabularData.Read("spotify_data.csv", ["artists.csv"]);
/// using torch.Tensor x = torch.tensor(data.TrainInputs, [data.TrainLabels.Length, data.Preparation.Inputs]);
/// </code></example>
public sealed record TabularData(TabularPreparation Preparation, float[] TrainInputs, int[] TrainLabels, float[] TestInputs, int[] TestLabels, int[] TrainArtists, int[] TestArtists)
{
    private static readonly string[] Words = ["artist_name", "track_name", "track_id", "genre"];

    // What pandas' read_csv takes for a gap.
    private static readonly string[] Gaps = ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "n/a", "nan", "null"];

    /// <summary>
    /// Prepares it as published: rows joined with the artists' popularity by name (a name of two popularities gives two rows), rows with a gap and exact repeats dropped; genres
    /// one-hot; a stratified split; standard scores fitted on the training rows. The order of rows is pandas' after <c>merge</c>, so that the split is scikit-learn's.
    /// </summary>
    /// <param name="catalogue">The Kaggle CSV, or the demo corpus' catalogue.csv.</param>
    /// <param name="artists">CSV files with artist_name and popularity, one after the other.</param>
    /// <param name="settings">Inputs, bins and split; null: the published ones of <c>bins4-duration</c>.</param>
    /// <exception cref="CorpusException">A file is missing, malformed or lacks a column, a number is none, or a popularity lies outside 0…100; the message names file and row.</exception>
    public static TabularData Read(string catalogue, IReadOnlyList<string> artists, TabularSettings? settings = null)
    {
        settings ??= new();
        string[] numbers = [.. settings.Numbers.Where(name => name != TabularSettings.ArtistPopularity)];
        using Database database = Database.InMemory();
        string[] columns = Load(database, catalogue, "catalogue", [.. Words, "popularity", .. numbers]);
        for (int i = 0; i < artists.Count; i++) Load(database, artists[i], $"artists{i}", ["artist_name", "popularity"]);
        string popularities = string.Join(" UNION ALL ", artists.Select((_, i) => $"SELECT artist_name, popularity, {i} * 10000000000 + rowid AS place FROM artists{i}"));
        database.Execute($"""
            CREATE TABLE artists AS SELECT artist_name, popularity AS artist_popularity, min(place) AS place, (dense_rank() OVER (ORDER BY artist_name) - 1)::INTEGER AS artist_number
                FROM ({popularities}) WHERE artist_name IS NOT NULL AND popularity IS NOT NULL GROUP BY artist_name, popularity;
            -- Exact repeats are equal in track_id, too: only rows whose track_id repeats need be compared.
            CREATE TABLE repeats AS SELECT rowid AS place FROM catalogue WHERE track_id IN (SELECT track_id FROM catalogue GROUP BY track_id HAVING count(*) > 1)
                QUALIFY row_number() OVER (PARTITION BY {string.Join(", ", columns)} ORDER BY rowid) > 1;
            CREATE TABLE cleaned AS SELECT {string.Join(", ", settings.Numbers.Select(Database.Name))}, popularity AS label, genre, artist_number
                FROM (SELECT *, rowid AS row FROM catalogue) JOIN artists USING (artist_name)
                WHERE {string.Join(" AND ", columns.Select(column => $"{column} IS NOT NULL"))} AND row NOT IN (SELECT place FROM repeats)
                ORDER BY row, place;
            """);
        if (database.Query("SELECT count(*) AS rows FROM cleaned").Values<long>("rows")[0] == 0)
            throw new CorpusException($"no row of {catalogue} is without gaps and has its artist in {string.Join(", ", artists)}");
        database.Execute("CREATE TYPE genres AS ENUM (SELECT DISTINCT genre FROM cleaned ORDER BY genre)");
        string[] genres = [.. database.Query("SELECT DISTINCT genre FROM cleaned ORDER BY genre").Values<string>("genre")];
        return Prepare(database.Query($"SELECT {string.Join(", ", settings.Numbers.Select(Database.Name))}, label, enum_code(genre::genres)::INTEGER AS genre, artist_number FROM cleaned"), genres, settings);
    }

    private static string[] Load(Database database, string path, string table, string[] wanted)
    {
        const string Form = "header = true, delim = ',', quote = '\"', escape = '\"'";
        try
        {
            string[] found = [.. database.Query($"FROM read_csv(?, all_varchar = true, {Form}) LIMIT 0", path).Columns.Select(column => column.Name)];
            string[] missing = [.. wanted.Where(name => !found.Contains(name))];
            if (missing.Length > 0) throw new CorpusException($"{path} has no column {string.Join(", ", missing)}; it has {string.Join(", ", found)}");
            string types = string.Join(", ", found.Select(name => $"{Database.Text(name)}: '{(wanted.Contains(name) && !Words.Contains(name) ? "DOUBLE" : "VARCHAR")}'"));
            database.Execute($"CREATE TABLE {table} AS FROM read_csv(?, auto_detect = false, columns = {{{types}}}, nullstr = [{string.Join(", ", Gaps.Select(Database.Text))}], {Form})", path);
            if (database.Query($"SELECT rowid + 1 AS row, popularity FROM {table} WHERE popularity < 0 OR popularity > 100 LIMIT 1").Rows<OutOfRange>().FirstOrDefault() is { } row)
                throw new CorpusException($"{path} has in row {row.Row} the popularity {row.Popularity}: it lies outside 0…100");
            return [.. found.Select(Database.Name)];
        }
        catch (TableException e)
        {
            throw new CorpusException($"{path} cannot be read: {e.Reason}", e);
        }
    }

    private sealed record OutOfRange(long Row, double Popularity);

    private static TabularData Prepare(Table rows, string[] genres, TabularSettings settings)
    {
        double[][] numbers = [.. settings.Numbers.Select(name => rows.Values<double>(name).ToArray())];
        int[] genre = rows.Values<int>("genre").ToArray(), artists = rows.Values<int>("artist_number").ToArray();
        int[] labels = settings.Bins.Assign(rows.Values<double>("label").ToArray());
        if (labels.All(label => label == labels[0]))
            throw new CorpusException($"all {labels.Length} rows fall into the class \"{settings.Bins.Names[labels[0]]}\": where nothing differs there is nothing to predict. Take other bins");
        Fold fold = TrainTestSplit.Stratified(labels, settings.TestShare, settings.RandomState);
        int[] train = [.. fold.Train], test = [.. fold.Test];

        var shares = new double[genres.Length];
        foreach (int row in train) shares[genre[row]] += 1.0 / train.Length;
        (double Mean, double Deviation)[] moments = [.. numbers.AsParallel().AsOrdered().Select(values => Moments(values, train)), .. shares.Select(p => (p, Deviation(p * (1 - p), p, train.Length)))];
        var preparation = new TabularPreparation(settings.Numbers, genres, settings.Bins, [.. moments.Select(m => m.Mean)], [.. moments.Select(m => m.Deviation)]);
        return new(preparation, Inputs(preparation, numbers, genre, train), [.. train.Select(row => labels[row])], Inputs(preparation, numbers, genre, test), [.. test.Select(row => labels[row])],
            [.. train.Select(row => artists[row])], [.. test.Select(row => artists[row])]);
    }

    private static (double Mean, double Deviation) Moments(double[] values, int[] rows)
    {
        double sum = 0, squares = 0;
        foreach (int row in rows) sum += values[row];
        double mean = sum / rows.Length;
        foreach (int row in rows) squares += (values[row] - mean) * (values[row] - mean);
        return (mean, Deviation(squares / rows.Length, mean, rows.Length));
    }

    // A column that never changes has, by rounding, a variance of almost 0: it is left unscaled, as scikit-learn does.
    private static double Deviation(double variance, double mean, int count)
    {
        const double Epsilon = 2.220446049250313e-16;
        return variance <= count * Epsilon * variance + Math.Pow(count * mean * Epsilon, 2) ? 1 : Math.Sqrt(variance);
    }

    private static float[] Inputs(TabularPreparation preparation, double[][] numbers, int[] genre, int[] rows)
    {
        const int AtOnce = 8192;
        int width = preparation.Inputs, count = numbers.Length;
        float[] absent = [.. Enumerable.Range(0, width).Select(i => preparation.Score(i, 0))], present = [.. Enumerable.Range(0, width).Select(i => preparation.Score(i, 1))];
        float[] inputs = GC.AllocateUninitializedArray<float>(checked(rows.Length * width));
        Parallel.For(0, (rows.Length + AtOnce - 1) / AtOnce, block =>
        {
            for (int i = block * AtOnce; i < Math.Min(rows.Length, (block + 1) * AtOnce); i++)
            {
                Span<float> row = inputs.AsSpan(i * width, width);
                for (int number = 0; number < count; number++) row[number] = preparation.Score(number, numbers[number][rows[i]]);
                absent.AsSpan(count).CopyTo(row[count..]);
                row[count + genre[rows[i]]] = present[count + genre[rows[i]]];
            }
        });
        return inputs;
    }
}
