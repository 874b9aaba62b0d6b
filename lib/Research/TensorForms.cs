using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Research;

/// <summary>Tensors in cells: how they are shown, and what other languages get of them.</summary>
internal static class TensorForms
{
    /// <summary>A tensor's shape, type, device, statistics and values, as text.</summary>
    public static IReadOnlyDictionary<string, object> ToMimeBundle(Tensor tensor) =>
        new Dictionary<string, object> { ["text/plain"] = Show(tensor) };

    /// <summary>
    /// A tensor as an array of its shape, off its device and the graph; null for another value, and for complex and
    /// quantized numbers.
    /// </summary>
    public static Array? ToArray(object value)
    {
        if (value is not Tensor tensor)
            return null;
        using var scope = NewDisposeScope();
        tensor = tensor.detach().cpu();
        if (tensor.dtype == ScalarType.BFloat16)
            tensor = tensor.to(ScalarType.Float32);
        return tensor.dtype switch
        {
            ScalarType.Bool => tensor.data<bool>().ToNDArray(),
            ScalarType.Byte => tensor.data<byte>().ToNDArray(),
            ScalarType.Int8 => tensor.data<sbyte>().ToNDArray(),
            ScalarType.Int16 => tensor.data<short>().ToNDArray(),
            ScalarType.Int32 => tensor.data<int>().ToNDArray(),
            ScalarType.Int64 => tensor.data<long>().ToNDArray(),
            ScalarType.Float16 => tensor.data<Half>().ToNDArray(),
            ScalarType.Float32 => tensor.data<float>().ToNDArray(),
            ScalarType.Float64 => tensor.data<double>().ToNDArray(),
            _ => null,
        };
    }

    // Shape, type and statistics in a line; below it the values, in the style that TorchSharp calls NumPy's.
    private static string Show(Tensor tensor)
    {
        if (tensor.IsInvalid)
            return tensor.ToString();
        using var scope = NewDisposeScope();
        string shape = string.Join(", ", tensor.shape),
            gradient = tensor.requires_grad ? ", requires_grad" : "",
            values = tensor.ToString(TorchSharp.TensorStringStyle.Numpy);
        return $"Tensor [{shape}] {tensor.dtype} on {tensor.device}{gradient}{Statistics(tensor)}\n{values}";
    }

    private static string Statistics(Tensor tensor)
    {
        if (
            tensor.numel() < 2
            || tensor.is_meta
            || tensor.dtype > ScalarType.Float64 && tensor.dtype is not (ScalarType.Bool or ScalarType.BFloat16)
        )
            return "";
        Tensor values = tensor.detach().to(ScalarType.Float64);
        if (tensor.dtype == ScalarType.Bool)
            return $": {values.sum().item<double>()} true of {tensor.numel()}";
        Tensor missing = values.isnan();
        long gaps = missing.sum().item<long>();
        string noted = gaps == 0 ? "" : $", {gaps} NaN";
        if (gaps == tensor.numel())
            return noted;
        if (gaps > 0)
            values = values[missing.logical_not()];
        string Text(Tensor one) => one.item<double>().ToString("G4", CultureInfo.InvariantCulture);
        string spread = values.numel() > 1 ? $", std {Text(values.std())}" : "";
        return $": min {Text(values.min())}, mean {Text(values.mean())}, max {Text(values.max())}{spread}{noted}";
    }
}
