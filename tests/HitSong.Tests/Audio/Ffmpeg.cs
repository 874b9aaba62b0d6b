using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HitSong.Tests.Audio;

/// <summary>FFmpeg's own command: what our decoding is compared with, and the maker of test files.</summary>
internal static class Ffmpeg
{
    public static byte[] Run(params string[] arguments)
    {
        ProcessStartInfo start = new("ffmpeg") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-hide_banner", "-nostdin", "-v", "error", "-y", .. arguments])
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        MemoryStream output = new();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ffmpeg {string.Join(' ', arguments)}: {errors.Result}");
        return output.ToArray();
    }

    /// <summary>All samples of a file, [channels][samples].</summary>
    public static float[][] Decode(string path, int channels)
    {
        ReadOnlySpan<float> interleaved = MemoryMarshal.Cast<byte, float>(
            Run("-i", path, "-map", "0:a:0", "-f", "f32le", "-")
        );
        float[][] decoded = new float[channels][];
        for (int channel = 0; channel < channels; channel++)
            decoded[channel] = new float[interleaved.Length / channels];
        for (int i = 0; i < interleaved.Length; i++)
            decoded[i % channels][i / channels] = interleaved[i];
        return decoded;
    }
}
