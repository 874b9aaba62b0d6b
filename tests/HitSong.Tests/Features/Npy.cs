using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using HitSong.Features;

namespace HitSong.Tests.Features;

/// <summary>NumPy's .npy files of two-dimensional float32.</summary>
internal static partial class Npy
{
    public static FeatureMatrix Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int length = BitConverter.ToUInt16(bytes, 8);
        string header = Encoding.ASCII.GetString(bytes, 10, length);
        Assert.Contains("'descr': '<f4', 'fortran_order': False", header);
        Match shape = Shape().Match(header);
        float[] values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(10 + length)).ToArray();
        return new FeatureMatrix(values, int.Parse(shape.Groups[1].Value), int.Parse(shape.Groups[2].Value));
    }

    [GeneratedRegex(@"'shape': \((\d+), (\d+)\)")]
    private static partial Regex Shape();
}
