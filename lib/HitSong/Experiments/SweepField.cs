using System.Globalization;
using HitSong.Corpus;
using HitSong.Numerics;

namespace HitSong.Experiments;

/// <summary>A field of a recipe, and what a sweep tries for it: some values, or any between two.</summary>
/// <param name="Name">One of <see cref="Recipe.ToFields"/>.</param>
/// <param name="Values">The values, as <see cref="Recipe.With"/> takes them; none where there is a range.</param>
/// <param name="Range">The least and the greatest, from which only a random sweep can draw.</param>
public sealed record SweepField(
    string Name,
    IReadOnlyList<string> Values,
    (string Least, string Greatest)? Range = null
)
{
    /// <summary>
    /// Reads <c>Training.LearningRate=0.001,0.0003</c> or <c>Training.LearningRate=0.0001..0.01</c>. A value in
    /// brackets or braces, such as <c>[25, 50, 75]</c>, keeps its commas.
    /// </summary>
    /// <exception cref="HitSongException">It is neither.</exception>
    public static SweepField Parse(string text)
    {
        if (text.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } what])
            throw new HitSongException(
                $"{text} names no values: write FIELD=VALUE,VALUE,… or FIELD=LEAST..GREATEST, as in "
                    + "Training.LearningRate=0.001,0.0003."
            );
        if (what.Split("..") is not [var least, var greatest])
            return new(name, [.. Parts(what)]);
        return Number(least) is { } low && Number(greatest) is { } high && low < high
            ? new(name, [], (least, greatest))
            : throw new HitSongException(
                $"{name} cannot be drawn from {what}: a range is two numbers, the lower one first, as in 0.0001..0.01."
            );
    }

    /// <summary>
    /// A value at random. From a range it is drawn uniformly over the logarithm where both ends lie above 0, else
    /// uniformly; whole where both ends are written as whole numbers, else of three digits.
    /// </summary>
    public string Draw(SeededRandom random)
    {
        if (Range is not { } range)
            return random.Pick(Values);
        (double low, double high) = (Number(range.Least)!.Value, Number(range.Greatest)!.Value);
        bool whole = long.TryParse(range.Least, out _) && long.TryParse(range.Greatest, out _);
        double value = low > 0 ? Math.Exp(random.Uniform(Math.Log(low), Math.Log(high))) : random.Uniform(low, high);
        return whole
            ? Math.Round(value).ToString(CultureInfo.InvariantCulture)
            : value.ToString("G3", CultureInfo.InvariantCulture);
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        && double.IsFinite(value)
            ? value
            : null;

    private static IEnumerable<string> Parts(string text)
    {
        int depth = 0,
            start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] is '[' or '{')
                depth++;
            if (i < text.Length && text[i] is ']' or '}')
                depth--;
            if (i < text.Length && (text[i] != ',' || depth > 0))
                continue;
            yield return text[start..i].Trim();
            start = i + 1;
        }
    }
}
