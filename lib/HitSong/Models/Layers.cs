using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>Layers that several networks have: how they are made, checked and told in words.</summary>
internal static class Layers
{
    /// <summary>Adds dense layers, each with its activation and, above 0, its dropout.</summary>
    /// <returns>What the last one gives: its units.</returns>
    public static long AppendDense(
        this Sequential layers,
        long inputs,
        IReadOnlyList<int> units,
        Activation activation,
        double dropout
    )
    {
        foreach (int width in units)
        {
            layers.append(nn.Linear(inputs, width)).append(Of(activation));
            if (dropout > 0)
                layers.append(nn.Dropout(dropout));
            inputs = width;
        }
        return inputs;
    }

    /// <summary>The layer of an activation.</summary>
    public static nn.Module<Tensor, Tensor> Of(Activation activation) =>
        activation switch
        {
            Activation.ELU => nn.ELU(),
            Activation.GELU => nn.GELU(),
            Activation.LeakyReLU => nn.LeakyReLU(0.01),
            Activation.SiLU => nn.SiLU(),
            Activation.Tanh => nn.Tanh(),
            _ => nn.ReLU(),
        };

    /// <summary>Height and width as libtorch takes them.</summary>
    public static (long, long) Size(int[] size) => (size[0], size[1]);

    /// <summary>What forbids such layers of units; null: nothing.</summary>
    public static string? FaultOfUnits(string name, IReadOnlyList<int> units)
    {
        int layer = units.TakeWhile(count => count is >= 1 and <= 65_536).Count();
        return layer == units.Count ? null : $"layer {layer + 1} of {name} has {units[layer]} units, of 1 to 65,536";
    }

    /// <summary>What forbids such a dropout; null: nothing.</summary>
    public static string? FaultOfDropout(string name, double share) =>
        share is >= 0 and < 1 ? null : FormattableString.Invariant($"{name} is {share}; it is at least 0 and below 1");

    /// <summary>What forbids such dense layers; null: nothing.</summary>
    public static string? FaultOfDense(IReadOnlyList<int> units, double dropout) =>
        FaultOfUnits("Units", units) ?? FaultOfDropout("Dropout", dropout);

    /// <summary>What forbids such convolutions of clips of a size, each with its max pooling; null: nothing.</summary>
    /// <param name="filters">Of each.</param>
    /// <param name="kernels">Height and width of each.</param>
    /// <param name="pools">Height and width of the max pooling after each.</param>
    /// <param name="height">Bands that come in.</param>
    /// <param name="width">Frames that come in.</param>
    /// <param name="same">Whether a convolution keeps the size; else it loses its kernel's, less 1.</param>
    public static string? FaultOfConvolutions(
        IReadOnlyList<int> filters,
        IReadOnlyList<int[]> kernels,
        IReadOnlyList<int[]> pools,
        int height,
        int width,
        bool same
    )
    {
        if (filters.Count == 0 || kernels.Count != filters.Count || pools.Count != filters.Count)
            return $"there are {filters.Count} numbers of filters, {kernels.Count} kernels and {pools.Count} poolings; "
                + "each convolution has one of each, and there is one at least";
        for (int i = 0; i < filters.Count; i++)
        {
            if (filters[i] is < 1 or > 4096)
                return $"convolution {i + 1} has {filters[i]} filters, of 1 to 4,096";
            if (kernels[i] is not [>= 1, >= 1] || pools[i] is not [>= 1, >= 1])
                return $"kernel and pooling of convolution {i + 1} are a height and a width each, such as [3,3]";
            // Padded, a kernel of 2n − 1 is the largest whose every weight can meet one of n values.
            int padded = same ? 2 : 1;
            if (kernels[i][0] >= padded * height + 2 - padded || kernels[i][1] >= padded * width + 2 - padded)
                return $"convolution {i + 1} has a kernel of {InWords(kernels[i])}, larger than what comes in, "
                    + $"{height}×{width}";
            if (!same)
                (height, width) = (height - kernels[i][0] + 1, width - kernels[i][1] + 1);
            if (pools[i][0] > height || pools[i][1] > width)
                return $"the pooling of {InWords(pools[i])} after convolution {i + 1} is larger than what comes in, "
                    + $"{height}×{width}";
            (height, width) = (height / pools[i][0], width / pools[i][1]);
        }
        return null;
    }

    /// <summary>Such as <c>3×3</c>.</summary>
    public static string InWords(int[] size) => $"{size[0]}×{size[1]}";

    /// <summary>Such as <c>, dropout 0.3</c>; nothing where there is none.</summary>
    public static string InWords(double dropout) =>
        dropout > 0 ? $", dropout {dropout.ToString(CultureInfo.InvariantCulture)}" : "";

    /// <summary>Dense layers, such as <c>80, 80, ReLU, dropout 0.3</c>.</summary>
    public static string InWords(IReadOnlyList<int> units, Activation activation, double dropout) =>
        $"{string.Join("", units.Select(count => $"{count}, "))}{activation}{InWords(dropout)}";

    /// <summary>Such as <c>convolutions 2×3 with 32, 64 filters and 3×3 with 128</c>.</summary>
    public static string InWords(IReadOnlyList<int> filters, IReadOnlyList<int[]> kernels)
    {
        var words = new List<string>();
        for (int first = 0, next; first < filters.Count; first = next)
        {
            string kernel = InWords(kernels[first]);
            next = first + kernels.Skip(first).TakeWhile(k => InWords(k) == kernel).Count();
            string counts = string.Join(", ", filters.Skip(first).Take(next - first));
            words.Add($"{kernel} with {counts}{(first == 0 ? " filters" : "")}");
        }
        return $"convolution{(filters.Count == 1 ? "" : "s")} {string.Join(" and ", words)}";
    }
}
