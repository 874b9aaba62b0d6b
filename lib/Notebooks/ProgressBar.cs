using System.Diagnostics;
using System.Net;

namespace Notebooks;

/// <summary>How far a loop is; see <see cref="CellFunctions.progress"/>.</summary>
internal sealed class ProgressBar(string label, int? all)
{
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(200);

    private readonly Stopwatch watch = Stopwatch.StartNew();
    private TimeSpan shown;
    private int done;
    private bool ended;

    /// <summary>Counts one more; whether it is time to show it.</summary>
    public bool Advance()
    {
        done++;
        if (watch.Elapsed - shown < pause)
            return false;
        shown = watch.Elapsed;
        return true;
    }

    public void End()
    {
        ended = true;
        watch.Stop();
    }

    public IReadOnlyDictionary<string, object> ToMimeBundle()
    {
        string text =
            $"{(label == "" ? "" : label + ": ")}{done}{(all is null ? "" : $" of {all}")}, {Words(watch.Elapsed)}"
            + (
                ended || all is not > 0 || done == 0
                    ? ""
                    : $", {Words(watch.Elapsed * ((double)(all.Value - done) / done))} left"
            );
        string value = all is null && !ended ? "" : $" value=\"{done}\" max=\"{Math.Max(1, all ?? done)}\"";
        return new Dictionary<string, object>
        {
            ["text/html"] = $"<progress{value}></progress> {WebUtility.HtmlEncode(text)}",
            ["text/plain"] = text,
        };
    }

    private static string Words(TimeSpan time) =>
        time.TotalMinutes < 1
            ? $"{time.TotalSeconds:F0} s"
            : time.ToString(time.TotalHours < 1 ? @"m\:ss" : @"d\.hh\:mm\:ss");
}
