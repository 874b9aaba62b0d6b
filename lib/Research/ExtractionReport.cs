using System.Diagnostics;
using HitSong.Features;

namespace Research;

/// <summary>How far an extraction is: files, seconds of audio a second, and time left of its stage.</summary>
/// <param name="report">Is told the share that is done, and what is being done.</param>
internal sealed class ExtractionReport(Action<double, string> report) : IProgress<ExtractionProgress>
{
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private string stage = "";
    private double began;

    /// <inheritdoc/>
    public void Report(ExtractionProgress progress)
    {
        if (progress.Stage != stage)
            (stage, began) = (progress.Stage, clock.Elapsed.TotalSeconds);
        double seconds = clock.Elapsed.TotalSeconds - began;
        TimeSpan left = TimeSpan.FromSeconds(seconds * (progress.Total - progress.Done) / Math.Max(1, progress.Done));
        string speed =
            progress.AudioSeconds > 0 && seconds > 0
                ? FormattableString.Invariant($", {progress.AudioSeconds / seconds:N0} s of audio a second")
                : "";
        report(
            (double)progress.Done / Math.Max(1, progress.Total),
            FormattableString.Invariant(
                $"{stage}, {progress.Done:N0} of {progress.Total:N0} files{speed}, {left:hh\\:mm\\:ss} left"
            )
        );
    }
}
