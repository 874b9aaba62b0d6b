using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace HitSong.Experiments;

/// <summary>Finds what of a run store could go.</summary>
internal static partial class Pruning
{
    /// <summary>All of it, in order of the paths, as <see cref="RunStore.FindPrunable"/> says.</summary>
    public static IReadOnlyList<PrunableFolder> Find(RunStore store, int keep, Func<string, bool>? which)
    {
        var (runs, damaged) = store.Read(which);
        IEnumerable<PrunableFolder> found =
        [
            .. damaged.Select(failure => Of(failure.Path, failure.Reason)),
            .. runs.GroupBy(run => (run.Recipe.Experiment, run.Recipe.Variant, run.Source))
                .SelectMany(alike => Outdone(store, [.. alike], keep)),
            .. Remains(store.Folder, which),
        ];
        return [.. found.OrderBy(folder => folder.Path, StringComparer.Ordinal)];
    }

    // Of runs of one recipe and source those that are neither among the newest nor among the best.
    private static IEnumerable<PrunableFolder> Outdone(RunStore store, Run[] alike, int keep)
    {
        Run[] newestFirst = [.. alike.Reverse()];
        HashSet<string> stay =
        [
            .. newestFirst.Take(keep).Select(run => run.Id),
            .. newestFirst.OrderByDescending(Merit).Take(keep).Select(run => run.Id),
        ];
        Recipe recipe = alike[0].Recipe;
        string reason =
            keep == 0
                ? "is a run"
                : $"is neither among the {keep} newest nor among the {keep} best of {recipe.Experiment} "
                    + $"{recipe.Variant} on its source";
        return alike.Where(run => !stay.Contains(run.Id)).Select(run => Of(store.PathOf(run), reason));

        static (double, double, double) Merit(Run run) =>
            (run.Verdict.Skill ?? double.NegativeInfinity, run.Verdict.BySong.RocAuc ?? 0, run.Verdict.BySong.Accuracy);
    }

    // What is left of work that was cut off, and that no living process goes on with.
    private static IEnumerable<PrunableFolder> Remains(string folder, Func<string, bool>? which)
    {
        string[] hidden = Directory.Exists(folder)
            ? Directory.GetDirectories(folder, ".*", new EnumerationOptions { AttributesToSkip = 0 })
            : [];
        foreach (string path in hidden)
        {
            string name = Path.GetFileName(path);
            if (which?.Invoke(name) == false)
                continue;
            if (name.StartsWith(".training-", StringComparison.Ordinal))
            {
                if (TrainingLock.IsHeld(path))
                    continue;
                string time = $"{Directory.GetLastWriteTimeUtc(path):yyyy-MM-dd HH:mm} UTC";
                yield return Of(
                    path,
                    $"is of a training that was cut off {time}; the same command would go on with it"
                );
            }
            else if (HalfWritten().Match(name) is { Success: true } match)
            {
                int process = int.Parse(match.Groups["process"].Value, CultureInfo.InvariantCulture);
                if (!Lives(process))
                    yield return Of(path, "is half written, by a process that ended");
            }
        }
    }

    private static bool Lives(int process)
    {
        try
        {
            using Process found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static PrunableFolder Of(string path, string reason) => new(path, reason, RunStore.SizeOf(path));

    [GeneratedRegex(@"^\..+\.(?<process>\d{1,9})$")]
    private static partial Regex HalfWritten();
}
