namespace TorchSharp;

public static partial class torch
{
    /// <summary>The type of a tensor's elements, numbered as in libtorch.</summary>
    public enum ScalarType : sbyte
    {
        Byte = 0, Int8 = 1, Int16 = 2, Int32 = 3, Int64 = 4, Float16 = 5, Float32 = 6, Float64 = 7,
        ComplexFloat32 = 9, ComplexFloat64 = 10, Bool = 11, QInt8 = 12, QUInt8 = 13, QInt32 = 14, BFloat16 = 15,
    }

    public static ScalarType uint8 => ScalarType.Byte;
    public static ScalarType int8 => ScalarType.Int8;
    public static ScalarType int16 => ScalarType.Int16;
    public static ScalarType int32 => ScalarType.Int32;
    public static ScalarType @int => ScalarType.Int32;
    public static ScalarType int64 => ScalarType.Int64;
    public static ScalarType @long => ScalarType.Int64;
    public static ScalarType float16 => ScalarType.Float16;
    public static ScalarType half => ScalarType.Float16;
    public static ScalarType bfloat16 => ScalarType.BFloat16;
    public static ScalarType float32 => ScalarType.Float32;
    public static ScalarType @float => ScalarType.Float32;
    public static ScalarType float64 => ScalarType.Float64;
    public static ScalarType @double => ScalarType.Float64;
    public static ScalarType @short => ScalarType.Int16;
    public static ScalarType @bool => ScalarType.Bool;
    public static ScalarType complex64 => ScalarType.ComplexFloat32;
    public static ScalarType cfloat => ScalarType.ComplexFloat32;
    public static ScalarType complex128 => ScalarType.ComplexFloat64;
    public static ScalarType cdouble => ScalarType.ComplexFloat64;
    public static ScalarType qint8 => ScalarType.QInt8;
    public static ScalarType quint8 => ScalarType.QUInt8;
    public static ScalarType qint32 => ScalarType.QInt32;

    /// <summary>The element type that holds a <typeparamref name="T"/>.</summary>
    internal static ScalarType TypeOf<T>() => TypeOf(typeof(T));

    internal static ScalarType TypeOf(Type type) =>
        type == typeof(float) ? ScalarType.Float32
        : type == typeof(double) ? ScalarType.Float64
        : type == typeof(long) ? ScalarType.Int64
        : type == typeof(int) ? ScalarType.Int32
        : type == typeof(short) ? ScalarType.Int16
        : type == typeof(sbyte) ? ScalarType.Int8
        : type == typeof(byte) ? ScalarType.Byte
        : type == typeof(bool) ? ScalarType.Bool
        : type == typeof(Half) ? ScalarType.Float16
        : type == typeof(BFloat16) ? ScalarType.BFloat16
        : type == typeof((float, float)) ? ScalarType.ComplexFloat32
        : type == typeof(System.Numerics.Complex) ? ScalarType.ComplexFloat64
        : throw new ArgumentException($"No tensor has elements of type {type}");

    internal static bool IsFloatingPoint(ScalarType type) =>
        type is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;

    internal static bool IsIntegral(ScalarType type) => type is >= ScalarType.Byte and <= ScalarType.Int64;

    internal static bool IsComplex(ScalarType type) => type is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

    public static bool is_floating_point(ScalarType type) => IsFloatingPoint(type);
    public static bool is_floating_point(Tensor input) => input.is_floating_point();
    public static bool is_integral(ScalarType type) => IsIntegral(type);
    public static bool is_integral(Tensor t) => t.is_integral();
    public static bool is_complex(ScalarType type) => IsComplex(type);
    public static bool is_complex(Tensor input) => input.is_complex();
    public static bool is_quantized(ScalarType type) => type is ScalarType.QInt8 or ScalarType.QUInt8 or ScalarType.QInt32;
    public static bool is_tensor(object obj) => obj is Tensor;
    public static bool is_nonzero(Tensor input) => Aten.CallBool("is_nonzero", input);
    public static long numel(Tensor input) => input.numel();

    /// <summary>The type of what an operation on two tensors gives.</summary>
    public static ScalarType result_type(Tensor tensor1, Tensor tensor2) => (ScalarType)Aten.CallValue("result_type.Tensor", tensor1, tensor2).Bits;
    public static ScalarType promote_types(ScalarType type1, ScalarType type2) => (ScalarType)Aten.CallValue("promote_types", type1, type2).Bits;
    public static bool can_cast(ScalarType from, ScalarType to) => Aten.CallBool("can_cast", from, to);

    /// <summary>The tensor as one of Float32.</summary>
    public static Tensor FloatTensor(Tensor t) => t.to(ScalarType.Float32);
    public static Tensor DoubleTensor(Tensor t) => t.to(ScalarType.Float64);
    public static Tensor ByteTensor(Tensor t) => t.to(ScalarType.Byte);
    public static Tensor ShortTensor(Tensor t) => t.to(ScalarType.Int16);
    public static Tensor IntTensor(Tensor t) => t.to(ScalarType.Int32);
    public static Tensor LongTensor(Tensor t) => t.to(ScalarType.Int64);
    public static Tensor BoolTensor(Tensor t) => t.to(ScalarType.Bool);

    /// <summary>The greatest number of an integer type.</summary>
    public static long max_int_value(ScalarType type) => type switch
    {
        ScalarType.Byte => byte.MaxValue,
        ScalarType.Int8 => sbyte.MaxValue,
        ScalarType.Int16 => short.MaxValue,
        ScalarType.Int32 => int.MaxValue,
        ScalarType.Int64 => long.MaxValue,
        _ => throw new ArgumentException($"{type} is no type of integers"),
    };
}
