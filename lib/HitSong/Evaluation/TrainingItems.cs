namespace HitSong.Evaluation;

/// <summary>What is asked of training items before a baseline is fitted to them.</summary>
internal static class TrainingItems
{
    /// <summary>The classes that are there, in their order.</summary>
    /// <param name="features">[N][features] of the training items.</param>
    /// <param name="labels">[N] their classes.</param>
    /// <param name="classes">Number of classes.</param>
    /// <exception cref="HitSongException">
    /// An item is not as the others, a feature is no number, a label is no class, or only one class is there.
    /// </exception>
    public static int[] Check(IReadOnlyList<double[]> features, IReadOnlyList<int> labels, int classes)
    {
        if (features.Count != labels.Count)
            throw new HitSongException(
                $"{features.Count} items have features and {labels.Count} a label: give both of each training item"
            );
        int outside = labels.ToList().FindIndex(label => label < 0 || label >= classes);
        if (outside >= 0)
            throw new HitSongException(
                $"training item {outside} has the label {labels[outside]}, and the classes are 0 to {classes - 1}"
            );
        int[] there = [.. labels.Distinct().Order()];
        if (there.Length < 2)
            throw new HitSongException(
                $"the {labels.Count} training items have "
                    + $"{(there.Length == 0 ? "no class" : $"class {there[0]} alone")}: a model needs two "
                    + "classes to tell apart. Other songs, other bins or another split may help"
            );
        int width = features[0].Length;
        int odd = features.ToList().FindIndex(row => row.Length != width || !row.All(double.IsFinite));
        return odd < 0
            ? there
            : throw new HitSongException(
                $"the features of training item {odd} are not {width} numbers, as those of the first are: "
                    + "leave it out or extract it again"
            );
    }
}
