using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace HitSong.Features;

/// <summary>
/// The beginning of a NumPy <c>.npy</c> file of [rows, bands, frames] values, always as long (NEP 1, version 1.0).
/// </summary>
/// <param name="HalfPrecision">float16 (<c>&lt;f2</c>); otherwise float32 (<c>&lt;f4</c>).</param>
/// <param name="Rows">First dimension.</param>
/// <param name="Bands">Second dimension.</param>
/// <param name="Frames">Third dimension.</param>
internal sealed partial record NpyHeader(bool HalfPrecision, int Rows, int Bands, int Frames)
{
    /// <summary>Bytes before the values; a multiple of 64, so that the values lie aligned in memory.</summary>
    public const int Length = 128;

    /// <summary>Bytes of one row.</summary>
    public long RowBytes => (HalfPrecision ? 2L : 4L) * Bands * Frames;

    /// <summary>[<see cref="Length"/>] bytes.</summary>
    public byte[] ToBytes()
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{{'descr': '{(HalfPrecision ? "<f2" : "<f4")}', 'fortran_order': False, 'shape': ({Rows}, "
                + $"{Bands}, {Frames}), }}"
        );
        return
        [
            0x93,
            .. "NUMPY"u8,
            1,
            0,
            Length - 10,
            0,
            .. Encoding.ASCII.GetBytes(text.PadRight(Length - 11)),
            (byte)'\n',
        ];
    }

    /// <summary>Reads a header; null where the bytes are none of ours.</summary>
    public static NpyHeader? Parse(ReadOnlySpan<byte> bytes)
    {
        if (
            bytes.Length < Length
            || Form().Match(Encoding.Latin1.GetString(bytes[10..Length])) is not { Success: true } match
        )
            return null;
        return new(match.Groups[1].Value == "2", Number(2), Number(3), Number(4));

        int Number(int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(
        @"^\{'descr': '<f([24])', 'fortran_order': False, 'shape': \((\d{1,9}), (\d{1,9}), (\d{1,9})\), \}"
    )]
    private static partial Regex Form();
}
