using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HitSong.Features;

/// <summary>
/// One of several shares of the work that know nothing of each other: which one a file falls to follows from its name
/// alone.
/// </summary>
/// <param name="Number">Which, from 1.</param>
/// <param name="Count">Of how many.</param>
public sealed record ExtractionShare(int Number, int Count)
{
    /// <summary>Reads <c>3/40</c>; null where the text is no such thing.</summary>
    public static ExtractionShare? Parse(string text) =>
        text.Split('/') is [var number, var count] && Natural(number) is { } i && Natural(count) is { } n && i <= n
            ? new(i, n)
            : null;

    /// <summary>Whether a file falls to this share.</summary>
    public bool Has(string name) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))) % (ulong)Count
        == (ulong)Number - 1;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number:000}-of-{Count:000}");

    private static int? Natural(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 ? value : null;
}
