using System.Globalization;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Writes tensors by the rules of torch/_tensor_str.py: four digits, one width, ellipses above 1,000 elements.</summary>
internal sealed class TensorPrinter(string? format, int lineWidth, string newLine, CultureInfo culture)
{
    private const int Threshold = 1000, EdgeItems = 3;
    private const string Prefix = "tensor(";

    /// <summary>What an element counts for where lines are broken, if it is not the longest that is written.</summary>
    private int? elementWidth;

    public string Print(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable no_grad = torch.no_grad();
        var suffixes = new List<string>();
        if (!tensor.is_cpu()) suffixes.Add($"device='{tensor.device}'");
        if (tensor.numel() == 0 && tensor.dim() != 1) suffixes.Add($"size=({string.Join(", ", tensor.shape)})");
        if (tensor.numel() == 0 ? tensor.dtype != ScalarType.Float32 : tensor.dtype is not (ScalarType.Float32 or ScalarType.ComplexFloat32 or ScalarType.Int64 or ScalarType.Bool))
            suffixes.Add($"dtype=torch.{Name(tensor.dtype)}");
        if (GradientOf(tensor) is { } gradient) suffixes.Add($"grad_fn=<{gradient}>");
        else if (tensor.requires_grad) suffixes.Add("requires_grad=True");

        string body = tensor.numel() == 0 ? "[]" : Body(tensor.detach().cpu());
        string suffix = string.Concat(suffixes.Select(s => $", {s}")) + ")";
        int lastLine = (Prefix + body).Length - (Prefix + body).LastIndexOf('\n') - 1;
        // A suffix that does not fit starts a line of its own.
        if (suffixes.Count > 0 && lastLine + suffix.Length > lineWidth) suffix = "," + newLine + new string(' ', Prefix.Length) + suffix[2..];
        return Prefix + body + suffix;
    }

    private string Body(Tensor tensor)
    {
        bool summarize = tensor.numel() > Threshold;
        using Tensor shown = summarize ? Edges(tensor) : tensor.alias();
        Func<Tensor, string> write = Writer(shown);
        return Lines(tensor, Prefix.Length, summarize, write);
    }

    private string Lines(Tensor tensor, int indent, bool summarize, Func<Tensor, string> write)
    {
        if (tensor.dim() == 0) return write(tensor);
        long count = tensor.shape[0];
        bool cut = summarize && count > 2 * EdgeItems;
        List<Tensor> items = [];
        for (long i = 0; i < count; i = cut && i == EdgeItems - 1 ? count - EdgeItems : i + 1) items.Add(tensor[i]);
        if (tensor.dim() == 1)
        {
            List<string> texts = [.. items.Select(write)];
            int width = elementWidth ?? texts.Max(t => t.Length);
            if (cut) texts.Insert(EdgeItems, " ...");
            int perLine = Math.Max(1, (lineWidth - indent) / (width + 2));
            return "[" + string.Join("," + newLine + new string(' ', indent + 1), texts.Chunk(perLine).Select(line => string.Join(", ", line))) + "]";
        }
        List<string> rows = [.. items.Select(item => Lines(item, indent + 1, summarize, write))];
        if (cut) rows.Insert(EdgeItems, "...");
        return "[" + string.Join("," + string.Concat(Enumerable.Repeat(newLine, (int)tensor.dim() - 1)) + new string(' ', indent + 1), rows) + "]";
    }

    /// <summary>What is shown of a long tensor: the first and last of each dimension.</summary>
    private static Tensor Edges(Tensor tensor)
    {
        for (int dim = 0; dim < tensor.dim(); dim++)
        {
            long size = tensor.shape[dim];
            if (size > 2 * EdgeItems) tensor = cat([tensor.narrow(dim, 0, EdgeItems), tensor.narrow(dim, size - EdgeItems, EdgeItems)], dim);
        }
        return tensor;
    }

    /// <summary>Writes one element, padded to the widest of <paramref name="shown"/>.</summary>
    private Func<Tensor, string> Writer(Tensor shown)
    {
        if (shown.is_complex())
        {
            (Func<Tensor, string> real, Func<Tensor, string> imaginary) = (Writer(shown.real), Writer(shown.imag));
            return t =>
            {
                string second = imaginary(t.imag).TrimStart();
                return real(t.real) + (second[0] == '-' ? "" : "+") + second + "j";
            };
        }
        Func<Tensor, string> plain =
            shown.dtype == ScalarType.Bool ? t => t.item<bool>() ? "True" : "False"
            : shown.is_integral() ? t => t.item<long>().ToString(culture)
            : shown.is_floating_point() ? FloatWriter(shown, PrintOptions.Scientific)
            : throw new NotSupportedException($"Elements of type {shown.dtype} are not written");
        // Python measures before it looks whether an exponent is wanted.
        Func<Tensor, string> measured = shown.is_floating_point() ? FloatWriter(shown, null) : plain;
        int width = shown.flatten().unbind().Max(t => measured(t).Length);
        if (PrintOptions.Scientific is not null) elementWidth = width;
        return t => plain(t).PadLeft(width);
    }

    private Func<Tensor, string> FloatWriter(Tensor shown, bool? exponents)
    {
        if (format is not null) return t => t.item<double>().ToString(format, culture);
        double[] finite = [.. shown.to(ScalarType.Float64).flatten().data<double>().Where(v => double.IsFinite(v) && v != 0)];
        double largest = finite.Length == 0 ? 0 : finite.Max(Math.Abs), smallest = finite.Length == 0 ? 0 : finite.Min(Math.Abs);
        bool whole = finite.All(v => v == Math.Ceiling(v));
        bool scientific = exponents ?? (finite.Length > 0 && (largest / smallest > 1000 || largest > 1e8 || (!whole && smallest < 1e-4)));
        int precision = PrintOptions.Precision;
        string exponent = (precision == 0 ? "0" : "0." + new string('0', precision)) + "e+00";
        return t =>
        {
            double value = t.item<double>();
            if (!double.IsFinite(value)) return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
            if (scientific) return value.ToString(exponent, culture);
            return whole ? value.ToString("F0", culture) + "." : value.ToString($"F{precision}", culture);
        };
    }

    /// <summary>What backward calls for the tensor, without C++'s namespace; null for a leaf.</summary>
    private static unsafe string? GradientOf(Tensor tensor)
    {
        byte* name;
        Library.Check(Library.torch_grad_fn(tensor.Handle, &name));
        GC.KeepAlive(tensor);
        return Marshal.PtrToStringUTF8((nint)name)?.Split("::")[^1];
    }

    private static string Name(ScalarType type) => type switch
    {
        ScalarType.Byte => "uint8",
        ScalarType.ComplexFloat32 => "complex64",
        ScalarType.ComplexFloat64 => "complex128",
        _ => type.ToString().ToLowerInvariant(),
    };
}
