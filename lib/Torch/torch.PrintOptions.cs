namespace TorchSharp;

public static partial class torch
{
    /// <summary>How <c>str</c> and <c>print</c> write a tensor that no style is given for.</summary>
    public static TensorStringStyle TensorStringStyle { get; private set; } = TensorStringStyle.Default;

    public static TensorStringStyle csharp => TensorStringStyle.CSharp;
    public static TensorStringStyle julia => TensorStringStyle.Julia;
    public static TensorStringStyle numpy => TensorStringStyle.Numpy;

    /// <summary>What <see cref="set_printoptions(int, int?, string?, bool, int?, int?)"/> set.</summary>
    internal static class PrintOptions
    {
        /// <summary>Comes before precision and exponent where it is set.</summary>
        public static string? FloatFormat;

        public static int Precision = 4;

        /// <summary>By the numbers themselves where it is not set.</summary>
        public static bool? Scientific;

        /// <summary>Characters a line; as many as each style has where it is not set.</summary>
        public static int? LineWidth;

        public static string NewLine = Environment.NewLine;

        /// <summary>Rows and columns that are shown of a large tensor in the styles of Julia, NumPy and C#.</summary>
        public static int MaxRows = 6, MaxColumns = 6;
    }

    /// <summary>Sets how tensors are written from now on.</summary>
    /// <param name="precision">Digits behind the point.</param>
    /// <param name="linewidth">Characters a line.</param>
    /// <param name="sci_mode">Whether numbers are written with an exponent.</param>
    /// <param name="maxRows">Rows shown of a large tensor, where the style is not Python's.</param>
    /// <param name="maxColumns">Columns shown of a large tensor, where the style is not Python's.</param>
    public static void set_printoptions(int precision, int? linewidth = null, string? newLine = null, bool sci_mode = false, int? maxRows = null, int? maxColumns = null)
    {
        if (precision < 0) throw new ArgumentException($"Digits behind the point are 0 or more, not {precision}");
        set_printoptions(linewidth: linewidth, newLine: newLine, maxRows: maxRows, maxColumns: maxColumns);
        (PrintOptions.Precision, PrintOptions.Scientific, PrintOptions.FloatFormat) = (precision, sci_mode, null);
    }

    /// <summary>Sets how tensors are written from now on; what is not given stays as it is.</summary>
    /// <param name="style">The style of <c>str</c> and <c>print</c>.</param>
    /// <param name="floatFormat">.NET's format of numbers of floating point.</param>
    /// <inheritdoc cref="set_printoptions(int, int?, string?, bool, int?, int?)"/>
    public static void set_printoptions(TensorStringStyle? style = null, string? floatFormat = null, int? linewidth = null, string? newLine = null, int? maxRows = null, int? maxColumns = null)
    {
        if (linewidth <= 0 || maxRows <= 0 || maxColumns <= 0) throw new ArgumentException("Lines, rows and columns are shown from one on");
        TensorStringStyle = style ?? TensorStringStyle;
        PrintOptions.FloatFormat = floatFormat ?? PrintOptions.FloatFormat;
        PrintOptions.LineWidth = linewidth ?? PrintOptions.LineWidth;
        PrintOptions.NewLine = newLine ?? PrintOptions.NewLine;
        PrintOptions.MaxRows = maxRows ?? PrintOptions.MaxRows;
        PrintOptions.MaxColumns = maxColumns ?? PrintOptions.MaxColumns;
    }
}
