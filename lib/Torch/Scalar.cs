using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number or truth value as an operator takes it.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(ScalarType type, Kind kind, long bits, double imaginary = 0)
    {
        Type = type;
        Kind = kind;
        Bits = bits;
        Imaginary = imaginary;
    }

    public ScalarType Type { get; }

    internal Kind Kind { get; }
    internal long Bits { get; }
    internal double Imaginary { get; }

    /// <summary>Nothing to free: it is there for code written against TorchSharp.</summary>
    public void Dispose() { }

    public static implicit operator Scalar(bool value) => new(ScalarType.Bool, Kind.Bool, value ? 1 : 0);
    public static implicit operator Scalar(byte value) => new(ScalarType.Byte, Kind.Int, value);
    public static implicit operator Scalar(sbyte value) => new(ScalarType.Int8, Kind.Int, value);
    public static implicit operator Scalar(short value) => new(ScalarType.Int16, Kind.Int, value);
    public static implicit operator Scalar(int value) => new(ScalarType.Int32, Kind.Int, value);
    public static implicit operator Scalar(long value) => new(ScalarType.Int64, Kind.Int, value);
    public static implicit operator Scalar(Half value) => Real(ScalarType.Float16, (double)value);
    public static implicit operator Scalar(BFloat16 value) => Real(ScalarType.BFloat16, (double)value);
    public static implicit operator Scalar(float value) => Real(ScalarType.Float32, value);
    public static implicit operator Scalar(double value) => Real(ScalarType.Float64, value);

    public static implicit operator Scalar((float, float) value) => OfComplex(ScalarType.ComplexFloat32, new Complex(value.Item1, value.Item2));
    public static implicit operator Scalar(Complex value) => OfComplex(ScalarType.ComplexFloat64, value);

    internal double AsDouble => IsReal ? BitConverter.Int64BitsToDouble(Bits) : Bits;
    internal long AsInt64 => IsReal ? (long)BitConverter.Int64BitsToDouble(Bits) : Bits;
    internal Complex AsComplex => new(AsDouble, Imaginary);

    private bool IsReal => Kind is Kind.Double or Kind.Complex;

    private static Scalar OfComplex(ScalarType type, Complex value) => new(type, Kind.Complex, BitConverter.DoubleToInt64Bits(value.Real), value.Imaginary);
    private static Scalar Real(ScalarType type, double value) => new(type, Kind.Double, BitConverter.DoubleToInt64Bits(value));
}
