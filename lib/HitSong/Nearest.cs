namespace HitSong;

/// <summary>What was likely meant where a name is not known.</summary>
public static class Nearest
{
    /// <summary>The three names that are nearest to a word by Levenshtein's distance, in any case.</summary>
    public static IEnumerable<string> NearestTo(this IEnumerable<string> names, string word) =>
        names.OrderBy(name => Distance(name, word)).Take(3);

    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        foreach (char letter in a)
        {
            int diagonal = row[0]++;
            for (int j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (
                    row[j],
                    Math.Min(
                        Math.Min(row[j], row[j - 1]) + 1,
                        diagonal + (char.ToLowerInvariant(letter) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1)
                    )
                );
        }
        return row[^1];
    }
}
