using HitSong.Features.Descriptors;
using HitSong.Numerics;

namespace HitSong.Experiments;

/// <summary>How a descriptor lies among the training songs of the highest class: a hit's usual range.</summary>
/// <param name="Name">The descriptor's name.</param>
/// <param name="Low">Nine of ten lie above it (the first decile).</param>
/// <param name="Median">Half of them lie above it.</param>
/// <param name="High">Nine of ten lie below it.</param>
public sealed record DescriptorSpread(string Name, double Low, double Median, double High)
{
    /// <summary>Those of a recipe's descriptors; none where there is no training song of the highest class.</summary>
    internal static IReadOnlyList<DescriptorSpread> Of(Recipe recipe, Dataset data)
    {
        int[] top = [.. data.Split.Train.Where(i => data.Labels[i] == data.Bins.Count - 1)];
        if (top.Length == 0)
            return [];
        float[][] songs = [.. top.Select(i => data.FeaturesOf(i).Values)];
        return [.. recipe.Descriptors.Select(Spread)];

        DescriptorSpread Spread(Descriptor descriptor, int column)
        {
            double[] values = [.. songs.Select(song => (double)song[column])];
            return new(
                descriptor.Name,
                Quantile.Linear(values, 0.1),
                Quantile.Linear(values, 0.5),
                Quantile.Linear(values, 0.9)
            );
        }
    }
}
