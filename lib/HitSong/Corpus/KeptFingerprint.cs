using CsvHelper;

namespace HitSong.Corpus;

/// <summary>A fingerprint that is remembered: a row of <c>fingerprints.csv</c>.</summary>
/// <param name="Hash">SHA-256 of the file's content, hexadecimal.</param>
/// <param name="Words">Its words, little-endian, in base64.</param>
[CsvRecord]
internal sealed partial record KeptFingerprint(
    [property: CsvColumn("sha256")] string Hash,
    [property: CsvColumn("words")] string Words
);
