using System.Diagnostics;
using HitSong.Audio;
using Tests;

namespace HitSong.Tests.Audio;

public sealed class Mp3Tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mp3 ü 音 ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Waveform Tone(int rate, int samples) =>
        new(Enumerable.Range(0, samples).Select(t => 0.5f * MathF.Sin(2 * MathF.PI * 440 * t / rate)).ToArray(), rate);

    [Fact]
    public void EveryRateComesBackWholeAndWithItsTags()
    {
        foreach (int rate in Mp3.SampleRates)
        {
            string path = Path.Combine(_folder, $"{rate}.mp3");
            Mp3.Write(path, Tone(rate, rate + 123), 64_000, "Träume", "夜の列車");

            string[] told = Python
                .Run(
                    """
                    import subprocess, sys
                    import numpy as np
                    path = sys.argv[1]
                    decode = ['ffmpeg', '-v', 'error', '-i', path, '-f', 'f32le', '-']
                    x = np.frombuffer(subprocess.run(decode, capture_output=True, check=True).stdout, np.float32)
                    entries = 'stream=sample_rate,channels:format_tags=title,artist'
                    probe = ['ffprobe', '-v', 'error', '-show_entries', entries, '-of', 'default=nw=1:nk=1', path]
                    tags = subprocess.run(probe, capture_output=True, check=True).stdout.decode()
                    middle = x[len(x) // 4 : -len(x) // 4]
                    strongest = np.argmax(np.abs(np.fft.rfft(middle * np.hanning(len(middle)))))
                    print(len(x), strongest * int(tags.split()[0]) / len(middle), np.abs(middle).max())
                    print(tags)
                    """,
                    path
                )
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);
            string[] signal = told[0].Split();
            Assert.InRange(int.Parse(signal[0]), rate + 123, rate + 123 + 528);
            Assert.Equal(440, double.Parse(signal[1]), 3.0);
            Assert.InRange(double.Parse(signal[2]), 0.4, 0.55);
            Assert.Equal([$"{rate}", "1", "Träume", "夜の列車"], told[1..]);
        }
        Assert.Empty(Directory.GetFiles(_folder, "*.part"));
    }

    [Fact]
    public void TheSameWaveformGivesTheSameBytes()
    {
        string a = Path.Combine(_folder, "a.mp3"),
            b = Path.Combine(_folder, "b.mp3");
        Mp3.Write(a, Tone(44_100, 10_000));
        Mp3.Write(b, Tone(44_100, 10_000));
        Assert.Equal(File.ReadAllBytes(a), File.ReadAllBytes(b));
    }

    [Fact]
    public void WhatCannotBeWrittenIsRefusedWithThePath()
    {
        string path = Path.Combine(_folder, "a.mp3");
        Refused(path, new Waveform([], 44_100), "has no samples");
        Refused(path, Tone(96_000, 1000), "96000 Hz");
        Refused(Path.Combine(_folder, "missing", "a.mp3"), Tone(44_100, 1000), "No such file");
        Assert.Contains(
            "12 bit/s",
            Assert.Throws<AudioException>(() => Mp3.Write(path, Tone(44_100, 1000), 12)).Message
        );
        Assert.Empty(Directory.GetFiles(_folder));
        Directory.CreateDirectory(path);
        Assert.Throws<AudioException>(() => Mp3.Write(path, Tone(44_100, 1000)));

        static void Refused(string path, Waveform waveform, string reason)
        {
            string message = Assert.Throws<AudioException>(() => Mp3.Write(path, waveform)).Message;
            Assert.Contains(path, message);
            Assert.Contains(reason, message);
        }
    }
}
