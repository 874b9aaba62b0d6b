using System.Globalization;
using System.Reflection;

namespace HitSong.Experiments;

/// <summary>A field of a recipe as somebody is asked for it: what it is, and what it can be.</summary>
/// <param name="Name">One of <see cref="Recipe.ToFields"/>.</param>
/// <param name="Value">What it is in the recipe.</param>
/// <param name="Choices">The values to choose from; none where others can be given.</param>
/// <param name="Range">
/// The least and the greatest number; null where there are no such ends, or where it is no number now.
/// </param>
/// <param name="Help">What its doc comment says; null where it has none.</param>
/// <example><code>
/// var recipe = Recipes.Find("hiphop-mlp", "audited");
/// var rate = RecipeField.Of(recipe, "Training.LearningRate=0.0001..0.01");
/// (rate.Label, rate.InWords) // (Learning rate, 0.0001 to 0.01)
/// </code></example>
public sealed record RecipeField(
    string Name,
    string Value,
    IReadOnlyList<string> Choices,
    (double Least, double Greatest)? Range,
    string? Help
)
{
    /// <summary>Whether it is a whole number.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>Whether it is a number.</summary>
    public required bool IsNumber { get; init; }

    /// <summary>
    /// Whether its range spans factors rather than differences: both ends lie above 0, and it is no whole number.
    /// </summary>
    public bool IsLogarithmic => Range is { Least: > 0 } && !IsWhole;

    /// <summary>Its name's last part as words, such as "learning rate".</summary>
    public string Label =>
        string.Concat(
            Name.Split('.')[^1].Select((c, i) => char.IsUpper(c) && i > 0 ? $" {char.ToLowerInvariant(c)}" : $"{c}")
        );

    /// <summary>What it can be, in words.</summary>
    public string InWords =>
        Range is { } range ? FormattableString.Invariant($"{range.Least} to {range.Greatest}")
        : Choices.Count > 0 ? string.Join(", ", Choices)
        : IsWhole ? "a whole number"
        : IsNumber ? "a number"
        : "as JSON";

    /// <summary>A field of a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="text">
    /// Its name, or as a sweep has it: <c>Training.BatchSize=16,32,64</c> gives the choices,
    /// <c>Training.LearningRate=0.0001..0.01</c> the range. The recipe's own value is always among them.
    /// </param>
    /// <exception cref="HitSongException">
    /// There is no such field, and the nearest are named; or what it can be cannot be read.
    /// </exception>
    public static RecipeField Of(Recipe recipe, string text)
    {
        SweepField asked = text.Contains('=') ? SweepField.Parse(text) : new(text, []);
        (string name, string value) = recipe.FieldOf(asked.Name);
        PropertyInfo property = recipe.PropertyOf(name);
        Type type = Recipe.TypeOf(property);
        IEnumerable<string> choices =
            asked.Values.Count > 0 ? asked.Values
            : type == typeof(bool) ? ["true", "false"]
            : recipe.NamesFor(name);
        return new(
            name,
            value,
            [.. choices.Contains(value) || !choices.Any() ? choices : choices.Prepend(value)],
            asked.Range is { } range && Number(value) is { } number
                ? (Math.Min(Number(range.Least)!.Value, number), Math.Max(Number(range.Greatest)!.Value, number))
                : null,
            DocComment.SummaryOf(property)
        )
        {
            IsWhole = type == typeof(int),
            IsNumber = type == typeof(int) || type == typeof(double),
        };
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;
}
