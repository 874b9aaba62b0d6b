using CsvHelper;

namespace HitSong.Features;

/// <summary>An audio file that gave no clip: a row of <c>*.failures.csv</c>.</summary>
/// <param name="Audio">SHA-256 of its content, hexadecimal.</param>
/// <param name="Path">Its name, as its folder or table names it.</param>
/// <param name="Reason">What is wrong with it, as the end of a sentence that the path begins.</param>
[CsvRecord]
public sealed partial record StoredFailure(
    [property: CsvColumn("audio")] string Audio,
    [property: CsvColumn("path")] string Path,
    [property: CsvColumn("reason")] string Reason
);
