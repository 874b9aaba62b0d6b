using System.Globalization;
using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp;

public static class TensorExtensionMethods
{
    /// <summary>The tensor as PyTorch prints it, or as <see cref="set_printoptions(TensorStringStyle?, string?, int?, string?, int?, int?)"/> says.</summary>
    /// <param name="fltFormat">A .NET format for numbers of floating point, in place of PyTorch's four digits.</param>
    /// <param name="width">Characters a line; if none is given, PyTorch's 80, and 100 in the other styles.</param>
    public static string str(this Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default)
    {
        (fltFormat, width, newLine, cultureInfo) = (fltFormat ?? PrintOptions.FloatFormat, width ?? PrintOptions.LineWidth, newLine ?? PrintOptions.NewLine, cultureInfo ?? CultureInfo.InvariantCulture);
        return (style == TensorStringStyle.Default ? torch.TensorStringStyle : style) switch
        {
            TensorStringStyle.Metadata => tensor.metastr(),
            TensorStringStyle.Default => new TensorPrinter(fltFormat, width ?? 80, newLine, cultureInfo).Print(tensor),
            TensorStringStyle other => new StyledPrinter(other, fltFormat, width ?? 100, newLine, cultureInfo).Print(tensor),
        };
    }

    /// <summary>The tensor as Julia prints it, under its shape, type and device.</summary>
    /// <inheritdoc cref="str"/>
    public static string jlstr(this Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null) => tensor.str(fltFormat, width, newLine, cultureInfo, TensorStringStyle.Julia);

    /// <summary>The tensor in NumPy's brackets.</summary>
    /// <inheritdoc cref="str"/>
    public static string npstr(this Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null) => tensor.str(fltFormat, width, newLine, cultureInfo, TensorStringStyle.Numpy);

    /// <summary>The tensor as an array of C#, after its shape, type and device.</summary>
    /// <inheritdoc cref="str"/>
    public static string cstr(this Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null) => tensor.str(fltFormat, width, newLine, cultureInfo, TensorStringStyle.CSharp);

    /// <summary>Shape, type and device.</summary>
    public static string metastr(this Tensor tensor) => $"[{string.Join("x", tensor.shape)}], type = {tensor.dtype}, device = {tensor.device}";

    /// <summary>Writes the tensor to the console and returns it.</summary>
    /// <inheritdoc cref="str"/>
    public static Tensor print(this Tensor t, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default)
    {
        Console.WriteLine(t.str(fltFormat, width, newLine, cultureInfo, style));
        return t;
    }

    /// <summary>The sizes as integers of 32 bits.</summary>
    public static ReadOnlySpan<int> IntShape(this Tensor tensor) => Array.ConvertAll(tensor.shape, size => checked((int)size));

    /// <summary>The number of elements of a shape.</summary>
    public static long TotalSize(this IEnumerable<long> shape) => new Size(shape).numel();

    /// <summary>A tensor of the elements of an array, in a shape.</summary>
    /// <param name="doCopy">The elements are copied in any case.</param>
    public static Tensor ToTensor<T>(this T[] rawArray, long[] dimensions, bool doCopy = false, bool requires_grad = false) =>
        requires_grad ? from_array(rawArray).reshape(dimensions).requires_grad_() : from_array(rawArray).reshape(dimensions);

    /// <summary>A tensor of one element, without dimensions.</summary>
    /// <exception cref="ArgumentException">Tensors have no elements of the type.</exception>
    public static Tensor ToTensor<T>(this T scalar, Device? device = null, bool requires_grad = false) where T : struct =>
        from_array(new[] { scalar }, null, device).reshape([]).requires_grad_(requires_grad);

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

    /// <summary>Reads what <see cref="Save(Tensor, BinaryWriter)"/> wrote into a tensor of the same type and shape.</summary>
    /// <param name="skip">Pass over it.</param>
    /// <exception cref="ArgumentException">Type or shape differ.</exception>
    /// <exception cref="InvalidDataException">It is no tensor, or a damaged one.</exception>
    public static void Load(this Tensor tensor, BinaryReader reader, bool skip = false)
    {
        using Tensor read = Load(reader, skip);
        if (skip) return;
        if (read.dtype != tensor.dtype) throw new ArgumentException($"The tensor is of {tensor.dtype}, and what was saved of {read.dtype}");
        if (!read.shape.AsSpan().SequenceEqual(tensor.shape)) throw new ArgumentException($"The tensor has the shape [{string.Join(", ", tensor.shape)}], and what was saved [{string.Join(", ", read.shape)}]");
        using IDisposable mode = no_grad();
        tensor.copy_(read);
    }

    /// <summary>As <see cref="Load(Tensor, BinaryReader, bool)"/>; where there is no tensor, the one that was saved is put there.</summary>
    public static void Load(ref Tensor? tensor, BinaryReader reader, bool skip = false)
    {
        if (tensor is not null) tensor.Load(reader, skip);
        else if (skip) Load(reader, skip).Dispose();
        else tensor = Load(reader);
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
