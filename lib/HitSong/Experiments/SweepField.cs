using System.Globalization;
using HitSong.Corpus;
using HitSong.Numerics;

namespace HitSong.Experiments;

/// <summary>A field of a recipe, and what a sweep tries for it: some values, or any between two.</summary>
/// <param name="Name">One of <see cref="Recipe.ToFields"/>.</param>
/// <param name="Values">The values, as <see cref="Recipe.With"/> takes them; none where there is a range.</param>
/// <param name="Range">The least and the greatest, from which a random sweep or a search draws.</param>
/// <param name="When">
/// Another field of the sweep, and those of its values with which this one is tried; with any other it is left as the
/// recipe has it. Null: with all.
/// </param>
/// <example><code>
/// var rate = SweepField.Parse("Training.LearningRate=0.0001..0.01");
/// (rate.Name, rate.Range) // (Training.LearningRate, (0.0001, 0.01))
/// </code></example>
public sealed record SweepField(
    string Name,
    IReadOnlyList<string> Values,
    (string Least, string Greatest)? Range = null,
    (string Field, IReadOnlyList<string> Values)? When = null
)
{
    /// <summary>What stands for the value of a field that a trial leaves as the recipe has it.</summary>
    public const string Left = "–";

    /// <summary>
    /// Reads <c>Training.LearningRate=0.001,0.0003</c> or <c>Training.LearningRate=0.0001..0.01</c>, and either with a
    /// condition: <c>Training.Momentum=0.5..0.99 when Training.Optimizer=Sgd</c>, where several values may be named. A
    /// value in brackets or braces, such as <c>[25, 50, 75]</c>, keeps its commas.
    /// </summary>
    /// <exception cref="HitSongException">It is none of these.</exception>
    public static SweepField Parse(string text)
    {
        if (text.Split(" when ", 2) is [var field, var condition])
            return condition.Split('=', 2) is [{ Length: > 0 } other, { Length: > 0 } values]
                ? Parse(field.Trim()) with
                {
                    When = (other.Trim(), [.. Parts(values)]),
                }
                : throw new HitSongException(
                    $"{text} has a condition that is none: write FIELD=… when OTHERFIELD=VALUE,VALUE, as in "
                        + "Training.Momentum=0.5..0.99 when Training.Optimizer=Sgd."
                );
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
        return Written(low > 0 ? Math.Exp(random.Uniform(Math.Log(low), Math.Log(high))) : random.Uniform(low, high));
    }

    /// <summary>Whether a range is of whole numbers.</summary>
    internal bool IsWhole =>
        Range is { } range && long.TryParse(range.Least, out _) && long.TryParse(range.Greatest, out _);

    /// <summary>
    /// The ends of a range as a search sees them: of whole numbers half a number farther, and the logarithms of both
    /// where both lie above 0.
    /// </summary>
    internal (double Low, double High) Ends
    {
        get
        {
            double half = IsWhole ? 0.5 : 0;
            return (Seen(Number(Range!.Value.Least)!.Value - half), Seen(Number(Range.Value.Greatest)!.Value + half));
        }
    }

    private bool IsByLogarithm => Number(Range!.Value.Least) > 0;

    /// <summary>A number of a range as a search sees it.</summary>
    internal double Seen(string value) => Seen(Number(value)!.Value);

    private double Seen(double value) => IsByLogarithm ? Math.Log(value) : value;

    /// <summary>The value of what a search has seen between <see cref="Ends"/>.</summary>
    internal string ValueOf(double seen)
    {
        double value = IsByLogarithm ? Math.Exp(seen) : seen;
        return Written(Math.Clamp(value, Number(Range!.Value.Least)!.Value, Number(Range.Value.Greatest)!.Value));
    }

    private string Written(double value) =>
        IsWhole
            ? Math.Round(value).ToString(CultureInfo.InvariantCulture)
            : value.ToString("G3", CultureInfo.InvariantCulture);

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
