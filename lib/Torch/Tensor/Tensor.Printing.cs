using System.Globalization;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>As PyTorch prints it.</summary>
        public override string ToString() => IsInvalid ? "<Tensor, disposed>" : this.str();

        /// <inheritdoc cref="TensorExtensionMethods.str"/>
        public string ToString(TensorStringStyle style, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null, string? newLine = "") =>
            this.str(fltFormat, width, string.IsNullOrEmpty(newLine) ? null : newLine, cultureInfo, style);

        /// <param name="disamb">With the elements; else shape, type and device alone.</param>
        /// <inheritdoc cref="TensorExtensionMethods.str"/>
        public string ToString(bool disamb, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null, string? newLine = "") =>
            ToString(disamb ? TensorStringStyle.Default : TensorStringStyle.Metadata, fltFormat, width, cultureInfo, newLine);
    }
}
