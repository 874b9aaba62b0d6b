using System.Globalization;
using static TorchSharp.torch;

namespace TorchSharp;

public static class TensorExtensionMethods
{
    /// <summary>The tensor as PyTorch prints it.</summary>
    /// <param name="fltFormat">A .NET format for numbers of floating point, in place of PyTorch's four digits.</param>
    /// <param name="width">Characters a line; PyTorch's 80 if none is given.</param>
    public static string str(this Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default) =>
        style switch
        {
            TensorStringStyle.Metadata => tensor.metastr(),
            TensorStringStyle.Default or TensorStringStyle.Numpy => new TensorPrinter(fltFormat, width ?? 80, newLine ?? Environment.NewLine, cultureInfo ?? CultureInfo.InvariantCulture).Print(tensor),
            _ => throw new NotSupportedException($"Tensors are not written in the style {style}; Default, Numpy and Metadata are there"),
        };

    /// <summary>Shape, type and device.</summary>
    public static string metastr(this Tensor tensor) => $"[{string.Join("x", tensor.shape)}], type = {tensor.dtype}, device = {tensor.device}";

    /// <summary>Writes the tensor to the console and returns it.</summary>
    /// <inheritdoc cref="str"/>
    public static Tensor print(this Tensor t, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default)
    {
        Console.WriteLine(t.str(fltFormat, width, newLine, cultureInfo, style));
        return t;
    }

    public static Modules.Parameter AsParameter(this Tensor tensor) => new(tensor);

    /// <summary>Bytes of one element.</summary>
    public static int ElementSize(this ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool or ScalarType.QInt8 or ScalarType.QUInt8 => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 or ScalarType.QInt32 => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => throw new ArgumentException($"{type} is no element type"),
    };

    public static bool ToBoolean(this Tensor value) => value.item<bool>();
    public static byte ToByte(this Tensor value) => value.item<byte>();
    public static sbyte ToSByte(this Tensor value) => value.item<sbyte>();
    public static short ToInt16(this Tensor value) => value.item<short>();
    public static int ToInt32(this Tensor value) => value.item<int>();
    public static long ToInt64(this Tensor value) => value.item<long>();
    public static Half ToHalf(this Tensor value) => value.item<Half>();
    public static float ToSingle(this Tensor value) => value.item<float>();
    public static double ToDouble(this Tensor value) => value.item<double>();
}
