using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number or truth value as an operator takes it.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(ScalarType type, Kind kind, long bits)
    {
        Type = type;
        Kind = kind;
        Bits = bits;
    }

    public ScalarType Type { get; }

    internal Kind Kind { get; }
    internal long Bits { get; }

    /// <summary>Nothing to free: it is there for code written against TorchSharp.</summary>
    public void Dispose() { }

    public static implicit operator Scalar(bool value) => new(ScalarType.Bool, Kind.Bool, value ? 1 : 0);
    public static implicit operator Scalar(byte value) => new(ScalarType.Byte, Kind.Int, value);
    public static implicit operator Scalar(sbyte value) => new(ScalarType.Int8, Kind.Int, value);
    public static implicit operator Scalar(short value) => new(ScalarType.Int16, Kind.Int, value);
    public static implicit operator Scalar(int value) => new(ScalarType.Int32, Kind.Int, value);
    public static implicit operator Scalar(long value) => new(ScalarType.Int64, Kind.Int, value);
    public static implicit operator Scalar(Half value) => Real(ScalarType.Float16, (double)value);
    public static implicit operator Scalar(float value) => Real(ScalarType.Float32, value);
    public static implicit operator Scalar(double value) => Real(ScalarType.Float64, value);

    internal double AsDouble => Kind == Kind.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;
    internal long AsInt64 => Kind == Kind.Double ? (long)BitConverter.Int64BitsToDouble(Bits) : Bits;

    private static Scalar Real(ScalarType type, double value) => new(type, Kind.Double, BitConverter.DoubleToInt64Bits(value));
}
