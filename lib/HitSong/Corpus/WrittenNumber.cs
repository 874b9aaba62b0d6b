using System.Globalization;
using System.Text.RegularExpressions;
using Tables;

namespace HitSong.Corpus;

/// <summary>
/// A number as people write it in a table: <c>1293</c>, <c>1293.0</c>, <c>1,293</c>, <c> 1293 </c>, <c>1.293e3</c>.
/// A decimal comma is no such number, nor is infinity.
/// </summary>
internal static partial class WrittenNumber
{
    private const string Groups = @"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?";

    /// <summary>The number; null where it is none.</summary>
    public static double? Parse(string text) =>
        double.TryParse(Plain(text), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        && double.IsFinite(number)
            ? number
            : null;

    /// <summary>The whole number; null where it is none, or larger than any count.</summary>
    public static long? ParseWhole(string text) =>
        decimal.TryParse(Plain(text), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
        && number == decimal.Truncate(number)
        && number >= long.MinValue
        && number <= long.MaxValue
            ? (long)number
            : null;

    /// <summary>SQL for the number in a column of texts; NULL where it is none.</summary>
    /// <param name="column">The column's name.</param>
    public static string ToSql(string column) => $"TRY_CAST({PlainSql(column)} AS DOUBLE)";

    /// <summary>SQL for the text in a column, without what parts a number's thousands, and blanks around it.</summary>
    /// <inheritdoc cref="ToSql"/>
    public static string PlainSql(string column)
    {
        string text = $"trim({Database.Name(column)})";
        return $"CASE WHEN regexp_full_match({text}, '{Groups}') THEN replace({text}, ',', '') ELSE {text} END";
    }

    private static string Plain(string text)
    {
        string trimmed = text.Trim();
        return Grouped().IsMatch(trimmed) ? trimmed.Replace(",", "") : trimmed;
    }

    [GeneratedRegex($"^{Groups}$")]
    private static partial Regex Grouped();
}
