using System.Globalization;
using System.Numerics;
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
    public static BFloat16 ToBFloat16(this Tensor value) => value.item<BFloat16>();
    public static float ToSingle(this Tensor value) => value.item<float>();
    public static double ToDouble(this Tensor value) => value.item<double>();
    public static (float Real, float Imaginary) ToComplexFloat32(this Tensor value) => value.item<(float, float)>();
    public static (float Real, float Imaginary) ToComplex32(this Tensor value) => value.item<(float, float)>();
    public static Complex ToComplexFloat64(this Tensor value) => value.item<Complex>();
    public static Complex ToComplex64(this Tensor value) => value.item<Complex>();

    /// <inheritdoc cref="torch.save"/>
    public static void Save(this Tensor tensor, string location)
    {
        string beside = location + ".partial";
        using (FileStream stream = File.Create(beside)) tensor.Save(stream);
        File.Move(beside, location, overwrite: true);
    }

    /// <inheritdoc cref="Save(Tensor, BinaryWriter)"/>
    public static void Save(this Tensor tensor, Stream stream)
    {
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        tensor.Save(writer);
    }

    /// <summary>Writes type, shape and elements as TorchSharp does.</summary>
    public static void Save(this Tensor tensor, BinaryWriter writer)
    {
        writer.Write7BitEncodedInt64((long)tensor.dtype);
        long[] shape = tensor.shape;
        writer.Write7BitEncodedInt64(shape.Length);
        foreach (long size in shape) writer.Write7BitEncodedInt64(size);
        TensorBytes.Write(writer.BaseStream, tensor);
    }

    /// <summary>Reads what <see cref="Save(Tensor, BinaryWriter)"/> wrote.</summary>
    /// <param name="skip">Pass over it, and return an empty tensor.</param>
    /// <exception cref="InvalidDataException">It is no tensor, or a damaged one.</exception>
    public static Tensor Load(BinaryReader reader, bool skip = false)
    {
        long number = reader.Read7BitEncodedInt64(), dimensions = reader.Read7BitEncodedInt64();
        var type = (ScalarType)number;
        if (number is < 0 or > 15 || !Enum.IsDefined(type) || type is ScalarType.QInt8 or ScalarType.QUInt8 or ScalarType.QInt32) throw new InvalidDataException($"Not a sound tensor: its type is said to be number {number}");
        if (dimensions is < 0 or > 64) throw new InvalidDataException($"Not a sound tensor: it is said to have {dimensions} dimensions");
        long[] shape = new long[dimensions];
        for (int i = 0; i < shape.Length; i++) shape[i] = reader.Read7BitEncodedInt64();
        long bytes = TensorBytes.Needed(type, shape) ?? throw new InvalidDataException($"Not a sound tensor: its shape is said to be [{string.Join(", ", shape)}]");
        if (skip)
        {
            TensorBytes.Skip(reader.BaseStream, bytes);
            return empty(0, dtype: type);
        }
        return TensorBytes.Read(reader.BaseStream, type, shape, bytes);
    }
}
