using CsvHelper;

namespace HitSong.Features;

/// <summary>The hash of a file's content: a row of <c>hashes.csv</c>.</summary>
/// <param name="Path">The file's whole path.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Changed">When it was last changed, UTC, in ticks of 100 ns.</param>
/// <param name="Hash">SHA-256 of its content, hexadecimal.</param>
[CsvRecord]
internal sealed partial record StoredHash(
    [property: CsvColumn("path")] string Path,
    [property: CsvColumn("bytes")] long Bytes,
    [property: CsvColumn("changed")] long Changed,
    [property: CsvColumn("sha256")] string Hash
);
