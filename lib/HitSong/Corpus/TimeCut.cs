namespace HitSong.Corpus;

/// <summary>Cuts items in order of time where the time changes.</summary>
internal static class TimeCut
{
    /// <summary>The items from oldest to newest.</summary>
    /// <exception cref="CorpusException">A time is no number.</exception>
    public static int[] Order(IReadOnlyList<double> times)
    {
        for (int i = 0; i < times.Count; i++)
            if (!double.IsFinite(times[i]))
                throw new CorpusException(
                    $"item {i} has the time {times[i]}: every item needs one. Leave out those without"
                );
        return [.. Enumerable.Range(0, times.Count).OrderBy(item => times[item])];
    }

    /// <summary>
    /// How many of the oldest items come before the change of time that is nearest to the given share of all.
    /// </summary>
    public static int At(IReadOnlyList<double> times, double share)
    {
        int[] order = Order(times);
        double wanted = times.Count * share;
        int[] changes =
        [
            .. Enumerable
                .Range(1, Math.Max(0, times.Count - 1))
                .Where(place => times[order[place]] != times[order[place - 1]]),
        ];
        return changes.Length == 0 ? 0 : changes.MinBy(place => Math.Abs(place - wanted));
    }
}
