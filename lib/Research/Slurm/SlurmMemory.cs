using System.Globalization;

namespace Research.Slurm;

/// <summary>An amount of memory, as Slurm writes it.</summary>
/// <param name="Megabytes">In units of 2²⁰ bytes.</param>
internal sealed record SlurmMemory(long Megabytes)
{
    /// <summary>How it is written.</summary>
    public const string Form = "a whole number with K, M, G or T, such as 8G (without one, of megabytes)";

    /// <summary>Reads <c>8G</c>; null where the text is no such thing, or nothing.</summary>
    public static SlurmMemory? Parse(string text)
    {
        (string number, double unit) = text.ToUpperInvariant() switch
        {
            [.. var n, 'K'] => (n, 1.0 / 1024),
            [.. var n, 'M'] => (n, 1),
            [.. var n, 'G'] => (n, 1024),
            [.. var n, 'T'] => (n, 1024 * 1024),
            var n => (n, 1.0),
        };
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value * unit >= 1
            ? new((long)(value * unit))
            : null;
    }

    /// <summary>What is asked for after it was too little.</summary>
    public SlurmMemory Larger => new(2 * Megabytes);

    /// <inheritdoc/>
    public override string ToString() => Megabytes % 1024 == 0 ? $"{Megabytes / 1024}G" : $"{Megabytes}M";
}
