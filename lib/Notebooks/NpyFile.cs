using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Notebooks;

/// <summary>
/// Arrays of numbers in NumPy's <c>.npy</c> format, version 1.0 (NumPy Enhancement Proposal 1), little-endian, in C
/// order.
/// </summary>
internal static partial class NpyFile
{
    private static readonly Dictionary<Type, string> types = new()
    {
        [typeof(bool)] = "|b1",
        [typeof(sbyte)] = "|i1",
        [typeof(byte)] = "|u1",
        [typeof(short)] = "<i2",
        [typeof(ushort)] = "<u2",
        [typeof(int)] = "<i4",
        [typeof(uint)] = "<u4",
        [typeof(long)] = "<i8",
        [typeof(ulong)] = "<u8",
        [typeof(Half)] = "<f2",
        [typeof(float)] = "<f4",
        [typeof(double)] = "<f8",
    };

    /// <summary>Whether the format has the array's type.</summary>
    public static bool Knows(Array array) => types.ContainsKey(array.GetType().GetElementType()!);

    public static void Write(string path, Array array)
    {
        int[] shape = [.. Enumerable.Range(0, array.Rank).Select(array.GetLength)];
        string header =
            $"{{'descr': '{types[array.GetType().GetElementType()!]}', 'fortran_order': False, 'shape': "
            + $"({string.Join(", ", shape)}{(shape.Length == 1 ? "," : "")}), }}";
        header = header.PadRight((10 + header.Length + 64) / 64 * 64 - 11) + "\n";
        using FileStream file = File.Create(path);
        file.Write([
            0x93,
            .. "NUMPY"u8,
            1,
            0,
            (byte)header.Length,
            (byte)(header.Length >> 8),
            .. Encoding.ASCII.GetBytes(header),
        ]);
        file.Write(Bytes(array));
    }

    /// <summary>The array, of as many dimensions as the file says.</summary>
    public static Array Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] start = new byte[10];
        file.ReadExactly(start);
        byte[] header = new byte[BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8))];
        file.ReadExactly(header);
        Match match = Header().Match(Encoding.ASCII.GetString(header));
        Type? type = types.FirstOrDefault(t => t.Value == match.Groups["type"].Value).Key;
        int[] shape =
        [
            .. match
                .Groups["shape"]
                .Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(n => int.Parse(n, CultureInfo.InvariantCulture)),
        ];
        if (type is null || match.Groups["fortran"].Value == "True")
            throw new NotebookException(
                $"An array of {match.Groups["type"].Value} has no counterpart in C#; turn it into "
                    + "float32, float64 or int64 first."
            );
        Array array = Array.CreateInstance(type, shape.Length == 0 ? [1] : shape);
        file.ReadExactly(Bytes(array));
        return array;
    }

    private static Span<byte> Bytes(Array array) =>
        MemoryMarshal.CreateSpan(
            ref MemoryMarshal.GetArrayDataReference(array),
            checked(array.Length * (types[array.GetType().GetElementType()!][^1] - '0'))
        );

    [GeneratedRegex(@"'descr': '(?<type>[^']+)', 'fortran_order': (?<fortran>\w+), 'shape': \((?<shape>[^)]*)\)")]
    private static partial Regex Header();
}
