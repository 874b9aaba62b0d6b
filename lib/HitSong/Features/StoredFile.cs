using CsvHelper;

namespace HitSong.Features;

/// <summary>
/// One audio file of the feature store: a row of <c>files-*.csv</c>, which are written before the work begins.
/// </summary>
/// <param name="Path">Its name, as its folder or table names it.</param>
/// <param name="Audio">SHA-256 of its content, hexadecimal. Files of equal content share their clips.</param>
/// <param name="Shard">Number of the shard that holds its clips.</param>
[CsvRecord]
public sealed partial record StoredFile(
    [property: CsvColumn("path")] string Path,
    [property: CsvColumn("audio")] string Audio,
    [property: CsvColumn("shard")] int Shard
);
