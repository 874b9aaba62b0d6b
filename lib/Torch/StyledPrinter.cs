using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Writes tensors in the styles of Julia, NumPy and C#: five digits, and of large tensors the first and last rows and columns.</summary>
internal sealed class StyledPrinter(TensorStringStyle style, string? format, int lineWidth, string newLine, CultureInfo culture)
{
    private readonly string format = format ?? (PrintOptions.Scientific is { } scientific ? $"{(scientific ? 'E' : 'F')}{PrintOptions.Precision}" : "g5");

    public string Print(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        string about = tensor.metastr();
        if (tensor.is_meta) return about;
        Tensor elements = tensor.detach().cpu();
        bool empty = elements.numel() == 0;
        switch (style)
        {
            case TensorStringStyle.Numpy: return Bracketed(elements, '[', ']', 1);
            case TensorStringStyle.CSharp:
                if (empty) return about;
                if (elements.dim() == 0) return $"{about}, value = {Write(elements)}";
                string type = $"{TypeName(elements.dtype)} [{new string(',', (int)elements.dim() - 1)}] ";
                if (elements.dim() == 1) return $"{about}, value = {type}{Bracketed(elements, '{', '}', 1)}";
                // The outermost braces stand on lines of their own.
                return $"{about}, value = {newLine}{type}{{{newLine} {Bracketed(elements, '{', '}', 1)[1..^1]}{newLine}}}";
            default:
                if (elements.dim() == 0) return $"{about}, value = {Write(elements)}";
                if (empty) return about;
                var lines = new StringBuilder(about).Append(newLine);
                Matrices(elements, [], lines);
                return lines.ToString();
        }
    }

    /// <summary>Brackets within brackets, indented by their depth.</summary>
    private string Bracketed(Tensor tensor, char open, char close, int depth)
    {
        if (tensor.dim() == 0) return Write(tensor);
        if (tensor.dim() == 1)
        {
            (List<string> first, List<string> last) = Shown(tensor, PrintOptions.MaxColumns, Write);
            return open + string.Join(", ", first) + (last.Count > 0 ? ", ... " + string.Join(", ", last) : "") + close;
        }
        bool csharp = style == TensorStringStyle.CSharp;
        string apart = (csharp ? newLine : string.Concat(Enumerable.Repeat(newLine, (int)tensor.dim() - 1))) + new string(' ', depth), comma = csharp ? "," : "";
        (List<string> above, List<string> below) = Shown(tensor, PrintOptions.MaxRows, t => Bracketed(t, open, close, depth + 1));
        string text = string.Join(comma + apart, above);
        return open + (below.Count > 0 ? text + comma + apart + "..." + apart + string.Join(comma + apart, below) : text) + close;
    }

    /// <summary>What is written of a tensor's items: all of them in the first list, or the first and the last few.</summary>
    private static (List<string> first, List<string> last) Shown(Tensor tensor, int most, Func<Tensor, string> write)
    {
        long count = tensor.shape[0];
        if (count <= most) return ([.. tensor.unbind().Select(write)], []);
        int before = (most + 1) / 2, after = most / 2;
        return ([.. tensor.narrow(0, 0, before).unbind().Select(write)], [.. tensor.narrow(0, count - after, after).unbind().Select(write)]);
    }

    /// <summary>Matrix after matrix, each under the indices that lead to it.</summary>
    private void Matrices(Tensor tensor, int[] indices, StringBuilder lines)
    {
        if (tensor.dim() > 2)
        {
            for (int i = 0; i < tensor.shape[0]; i++)
            {
                if (i > 0) lines.Append(newLine);
                Matrices(tensor[i], [.. indices, i], lines);
            }
            return;
        }
        if (indices.Length > 0) lines.Append('[').AppendJoin(',', indices).Append(",..,..] =").Append(newLine);
        Tensor matrix = tensor.dim() == 1 ? tensor.unsqueeze(0) : tensor;
        string[][] columns = [.. matrix.unbind(1).Select(column => column.unbind().Select(Write).ToArray())];
        int[] widths = [.. columns.Select(column => column.Max(text => text.Length))];
        // As many columns as fit on a line, half of them from the end.
        int[] shown = [.. Enumerable.Range(0, columns.Length)];
        if (widths.Sum() + widths.Length > lineWidth)
        {
            int fit = Math.Max(2, (lineWidth - 4) / (widths.Max() + 1));
            shown = [.. shown[..((fit + 1) / 2)], .. shown[^(fit / 2)..]];
        }
        for (int row = 0; row < matrix.shape[0]; row++)
        {
            for (int i = 0; i < shown.Length; i++)
            {
                if (i > 0 && shown[i] != shown[i - 1] + 1) lines.Append(" ...");
                lines.Append(' ').Append(columns[shown[i]][row].PadLeft(widths[shown[i]]));
            }
            lines.Append(newLine);
        }
    }

    private string Write(Tensor element)
    {
        bool csharp = style == TensorStringStyle.CSharp;
        switch (element.dtype)
        {
            case ScalarType.Bool: return element.item<bool>() ? "true" : "false";
            case ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64:
                System.Numerics.Complex value = element.item<System.Numerics.Complex>();
                if (csharp) return $"({Write(value.Real)}, {Write(value.Imaginary)})";
                string imaginary = Write(value.Imaginary);
                return value.Imaginary == 0 ? Write(value.Real) : value.Real == 0 ? imaginary + "i" : Write(value.Real) + (imaginary[0] == '-' ? "" : "+") + imaginary + "i";
            case ScalarType type when IsIntegral(type): return element.item<long>().ToString(culture);
            default: return Write(element.item<double>()) + (csharp && element.dtype == ScalarType.Float32 ? "f" : "");
        }
    }

    private string Write(double value) => value.ToString(format, culture);

    private static string TypeName(ScalarType type) => type switch
    {
        ScalarType.Byte => "byte",
        ScalarType.Int8 => "sbyte",
        ScalarType.Int16 => "short",
        ScalarType.Int32 => "int",
        ScalarType.Int64 => "long",
        ScalarType.Float16 => "Half",
        ScalarType.Float32 => "float",
        ScalarType.Float64 => "double",
        ScalarType.Bool => "bool",
        ScalarType.ComplexFloat32 => "(float, float)",
        ScalarType.ComplexFloat64 => "Complex",
        _ => type.ToString(),
    };
}
