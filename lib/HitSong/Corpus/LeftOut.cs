namespace HitSong.Corpus;

/// <summary>Songs or rows that were given and are not used, for one reason.</summary>
/// <param name="Reason">The reason, as the end of a sentence that a number begins.</param>
/// <param name="Count">How many.</param>
/// <param name="IsGap">
/// Whether something is missing that a person may believe to be there; what is left out by design, such as a row that
/// repeats another, is no gap.
/// </param>
public sealed record LeftOut(string Reason, int Count, bool IsGap = true)
{
    /// <summary>The share of gaps up to which nobody is asked.</summary>
    public const double MostShare = 0.1;

    /// <summary>The reasons in a sentence's middle: <c>55 of an artist …; 2 with a gap</c>.</summary>
    public static string InWords(IEnumerable<LeftOut> leftOut) =>
        string.Join(
            "; ",
            leftOut
                .Where(left => left.Count > 0)
                .Select(left => FormattableString.Invariant($"{left.Count:N0} {left.Reason}"))
        );

    /// <summary>Refuses where more than <see cref="MostShare"/> of what was given is missing.</summary>
    /// <param name="leftOut">What is left out.</param>
    /// <param name="given">How many songs or rows were given.</param>
    /// <param name="source">Name of the data.</param>
    /// <exception cref="CorpusException">More is missing.</exception>
    internal static void Check(IReadOnlyList<LeftOut> leftOut, int given, string source)
    {
        int gaps = leftOut.Where(left => left.IsGap).Sum(left => left.Count);
        if (gaps <= MostShare * given)
            return;
        throw new CorpusException(
            FormattableString.Invariant($"of the {given:N0} songs of {source}, {gaps:N0} would be left out: ")
                + $"{InWords(leftOut.Where(left => left.IsGap))}. Add what is missing; to go on without them, say so: "
                + "--allow-gaps (in a notebook: source with { AllowGaps = true })"
        );
    }
}
