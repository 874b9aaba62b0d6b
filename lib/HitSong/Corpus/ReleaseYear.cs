using System.Globalization;
using System.Text.RegularExpressions;

namespace HitSong.Corpus;

/// <summary>
/// The year of a date of release as catalogues write it: <c>1985</c>, <c>1985-03</c>, <c>1985-03-01</c>, with a time of
/// day or without. A month or a day of 00 is not known, which the year is all the same.
/// </summary>
internal static partial class ReleaseYear
{
    /// <summary>The first year of which sound was recorded: Scott de Martinville's phonautograms.</summary>
    public const int First = 1860;

    /// <summary>The last year in which anything was released.</summary>
    public static int Last => DateTime.UtcNow.Year;

    /// <summary>The year; null where it is not known: what is no date, and what no recording was released in.</summary>
    public static int? Of(string? date)
    {
        Match match = Date().Match(date?.Trim() ?? "");
        if (!match.Success)
            return null;
        int year = Part("year") ?? 0,
            month = Part("month") ?? 0,
            day = Part("day") ?? 0;
        bool isDay = month > 0 && year > 0 ? day <= DateTime.DaysInMonth(year, month) : day == 0;
        return year >= First && year <= Last && isDay ? year : null;

        int? Part(string name) =>
            match.Groups[name].Success ? int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture) : null;
    }

    // A year that went through a column of numbers has a decimal point.
    [GeneratedRegex(@"^(?<year>[0-9]{4})(\.0*|[-/](?<month>0[0-9]|1[0-2])([-/](?<day>[0-2][0-9]|3[01])([T ].*)?)?)?$")]
    private static partial Regex Date();
}
