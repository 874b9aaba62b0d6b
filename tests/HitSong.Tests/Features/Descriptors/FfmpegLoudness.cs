using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tests;

/// <summary>Loudness as FFmpeg's filter <c>ebur128</c> measures it.</summary>
/// <param name="Integrated">LUFS.</param>
/// <param name="Range">LU.</param>
/// <param name="TruePeak">dBTP.</param>
public sealed record FfmpegLoudness(double Integrated, double Range, double TruePeak)
{
    /// <summary>Measures a file.</summary>
    public static FfmpegLoudness Of(string path)
    {
        ProcessStartInfo start = new("ffmpeg") { RedirectStandardError = true, RedirectStandardOutput = true };
        const string filter = "ebur128=peak=true:metadata=1,ametadata=mode=print:file=-";
        foreach (
            string argument in (string[])
                ["-nostdin", "-hide_banner", "-i", path, "-map", "0:a:0", "-af", filter, "-f", "null", "-"]
        )
            start.ArgumentList.Add(argument);
        using Process ffmpeg = Process.Start(start)!;
        Task<string> log = ffmpeg.StandardError.ReadToEndAsync();
        string figures = ffmpeg.StandardOutput.ReadToEnd();
        ffmpeg.WaitForExit();
        // The summary has one decimal, what is told every 100 ms three; the whole's peak stands in the summary alone.
        string summary = log.Result[log.Result.LastIndexOf("Summary:", StringComparison.Ordinal)..];
        return new(
            Last(figures, @"r128\.I=(\S+)"),
            Last(figures, @"r128\.LRA=(\S+)"),
            Last(summary, @"True peak:\s+Peak:\s*(\S+) dBFS")
        );
    }

    private static double Last(string text, string pattern) =>
        double.Parse(
            Regex.Matches(text, pattern)[^1].Groups[1].Value.Replace("-inf", "-Infinity"),
            CultureInfo.InvariantCulture
        );
}
