using CsvHelper;

namespace HitSong.Features;

/// <summary>One clip of the feature store: a row of its index.</summary>
/// <param name="Audio">SHA-256 of the audio file, hexadecimal.</param>
/// <param name="Path">The file's name when it was extracted, as its folder or table named it.</param>
/// <param name="Clip">Number of the clip within the file, from 0.</param>
/// <param name="Start">Where it begins, s.</param>
/// <param name="Shard">The .npy file, relative to the store's folder of these settings.</param>
/// <param name="Row">Its place in the shard's first dimension.</param>
[CsvRecord]
public sealed partial record StoredClip(
    [property: CsvColumn("audio")] string Audio,
    [property: CsvColumn("path")] string Path,
    [property: CsvColumn("clip")] int Clip,
    [property: CsvColumn("start")] double Start,
    [property: CsvColumn("shard")] string Shard,
    [property: CsvColumn("row")] int Row
);
