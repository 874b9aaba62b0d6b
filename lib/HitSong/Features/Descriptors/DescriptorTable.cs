using Tables;

namespace HitSong.Features.Descriptors;

/// <summary>The descriptors of many recordings, a row each.</summary>
/// <param name="Files">Those that could be measured, in the order in which they were given.</param>
/// <param name="Failures">Those that could not, with the reason.</param>
/// <param name="Folder">Where the feature store keeps them, for <see cref="FeatureStore.Open"/>.</param>
/// <param name="Measured">How many were measured now; the others the store had.</param>
/// <example><code>
/// var files = AudioFolder.Read("../data/demo/corpus/audio").Files.Take(2).ToArray();
/// var table = DescriptorTable.Measure("../data/demo/corpus/audio", files, "../artifacts/features");
/// table.Save("../artifacts/sounds.csv");
/// table.Files[0]["loudness_integrated"] // -11.82
/// </code></example>
public sealed record DescriptorTable(
    IReadOnlyList<DescribedFile> Files,
    IReadOnlyList<StoredFailure> Failures,
    string Folder,
    int Measured
)
{
    /// <summary>Measures what the feature store does not have yet, on all cores.</summary>
    /// <param name="root">The folder that the names are relative to.</param>
    /// <param name="files">The audio files.</param>
    /// <param name="store">The folder of all feature stores; made where it is missing.</param>
    /// <param name="only">One share of the work; null: all of it.</param>
    /// <param name="progress">Told how far it is, from one thread at a time.</param>
    /// <param name="cancellation">Stops at once; the same call goes on after the last whole shard.</param>
    /// <exception cref="HitSongException">
    /// The store cannot be written (a full disk), or is damaged; what was finished stays whole.
    /// </exception>
    public static DescriptorTable Measure(
        string root,
        IReadOnlyList<string> files,
        string store,
        ExtractionShare? only = null,
        IProgress<ExtractionProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ExtractionResult result = FeatureExtraction.Run(
            root,
            files,
            DescriptorExtractor.For(DescriptorExtractor.Descriptors),
            store,
            only,
            verify: false,
            progress,
            cancellation
        );
        using FeatureStore kept = FeatureStore.Open(result.Folder);
        Dictionary<string, int> places = kept.Clips.Index().ToDictionary(clip => clip.Item.Audio, clip => clip.Index);
        return new(
            [
                .. files
                    .Distinct()
                    .Where(file => result.Audio.TryGetValue(file, out string? audio) && places.ContainsKey(audio))
                    .Select(file => Row(file, result.Audio[file])),
            ],
            [.. result.Failures, .. Alike()],
            result.Folder,
            result.Extracted
        );

        // Of files of one content, the store names one alone.
        IEnumerable<StoredFailure> Alike()
        {
            HashSet<string> named = [.. result.Failures.Select(failure => failure.Path)];
            return result
                .Audio.Where(file => !places.ContainsKey(file.Value) && !named.Contains(file.Key))
                .Select(file => new StoredFailure(
                    file.Value,
                    file.Key,
                    "cannot be measured, as another of its content"
                ));
        }

        DescribedFile Row(string file, string audio) => DescribedFile.Of(file, kept.Read(places[audio]), audio);
    }

    /// <summary>
    /// The rows as a table, for SQL and DataFrame: file, audio, key (as musicians write it), and every descriptor by
    /// its name; NULL where a recording has none.
    /// </summary>
    public Table ToTable()
    {
        using Database database = ToDatabase();
        return database.Query("FROM sounds");
    }

    /// <summary>Writes the same as CSV or Parquet, by the name's extension; a file of that name is replaced.</summary>
    /// <exception cref="HitSongException">The file cannot be written.</exception>
    public void Save(string path)
    {
        using Database database = ToDatabase();
        try
        {
            database.Export("FROM sounds", path);
        }
        catch (Exception e) when (e is TableException or IOException or UnauthorizedAccessException)
        {
            string reason = e is TableException refused ? refused.Reason : e.Message;
            throw new HitSongException($"{path} cannot be written: {reason}", e);
        }
    }

    private Database ToDatabase()
    {
        Database database = Database.InMemory();
        string columns = string.Concat(Descriptor.All.Select(d => $", {Database.Name(d.Name)} FLOAT"));
        database.Execute($"CREATE TABLE sounds (file VARCHAR, audio VARCHAR, key VARCHAR{columns})");
        using Appender rows = database.Append("sounds");
        foreach (DescribedFile file in Files)
        {
            rows.Add(file.File).Add(file.Audio).Add(file.Key);
            foreach (double value in file.Values)
                rows.Add(double.IsFinite(value) ? value : (double?)null);
            rows.EndRow();
        }
        rows.Close();
        return database;
    }
}
