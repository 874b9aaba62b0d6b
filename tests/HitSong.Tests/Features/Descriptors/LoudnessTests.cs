using HitSong.Audio;
using HitSong.Features.Descriptors;
using HitSong.Tests.Audio;
using Tests;

namespace HitSong.Tests.Features.Descriptors;

/// <summary>
/// Loudness, range and true peak: the EBU's own test signals with its tolerances, and FFmpeg's filter on real songs.
/// </summary>
public sealed class LoudnessTests : IDisposable
{
    private const int Rate = 48_000;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // 1 kHz in both channels, at so many dB of full scale for so many seconds each.
    private static Loudness OfTones(params (double Decibels, double Seconds)[] tones)
    {
        List<float> samples = [];
        foreach ((double decibels, double seconds) in tones)
            for (int i = 0; i < seconds * Rate; i++)
                samples.Add((float)(Math.Pow(10, decibels / 20) * Math.Sin(2 * Math.PI * 1000 * samples.Count / Rate)));
        float[] channel = [.. samples];
        return SoundDescription.Of([channel, channel], Rate).Loudness;
    }

    [Fact]
    public void Integrated_loudness_of_EBU_Tech_3341()
    {
        Assert.Equal(-23, OfTones((-23, 20)).Integrated, 0.1);
        Assert.Equal(-33, OfTones((-33, 20)).Integrated, 0.1);
        Assert.Equal(-23, OfTones((-36, 10), (-23, 60), (-36, 10)).Integrated, 0.1);
        Assert.Equal(-23, OfTones((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)).Integrated, 0.1);
        Assert.Equal(-23, OfTones((-26, 20), (-20, 20.1), (-26, 20)).Integrated, 0.1);
    }

    [Fact]
    public void Loudness_range_of_EBU_Tech_3342()
    {
        Assert.Equal(10, OfTones((-20, 20), (-30, 20)).Range, 1.0);
        Assert.Equal(5, OfTones((-20, 20), (-15, 20)).Range, 1.0);
        Assert.Equal(20, OfTones((-40, 20), (-20, 20)).Range, 1.0);
        Assert.Equal(15, OfTones((-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)).Range, 1.0);
    }

    [Theory]
    [InlineData(4, 0, 0.5, -6)]
    [InlineData(4, 45, 0.5, -6)]
    [InlineData(6, 60, 0.5, -6)]
    [InlineData(8, 67.5, 0.5, -6)]
    [InlineData(4, 45, 1.41, 3)]
    public void True_peak_of_EBU_Tech_3341(int samplesPerPeriod, double degrees, double amplitude, double expected)
    {
        // Ten periods fade in and out, as the EBU's own file does: a tone that begins at once has other peaks.
        float[] tone =
        [
            .. Enumerable
                .Range(0, 480)
                .Select(i =>
                    (float)(
                        amplitude
                        * Math.Min(1, Math.Min(i, 479 - i) / 100.0)
                        * Math.Sin(2 * Math.PI * i / samplesPerPeriod + degrees * Math.PI / 180)
                    )
                ),
        ];
        Assert.InRange(SoundDescription.Of(new Waveform(tone, Rate)).Loudness.TruePeak, expected - 0.4, expected + 0.2);
    }

    [Fact]
    public void Surround_counts_more_and_bass_effects_nothing()
    {
        string path = folder.At("surround.flac");
        string tone(double decibels) => $"{Math.Pow(10, decibels / 20):0.######}*sin(2*PI*1000*t)";
        string front = tone(-28),
            side = tone(-30);
        // Left, right, centre, effects, left and right surround; the EBU's sixth signal, with noise in the effects.
        Ffmpeg.Run([
            "-f",
            "lavfi",
            "-i",
            $"aevalsrc={front}|{front}|{tone(-24)}|0.5*sin(2*PI*100*t)|{side}|{side}:s=48000:d=20:c=5.1",
            path,
        ]);
        Assert.Equal(-23, SoundDescription.Of(path).Loudness.Integrated, 0.1);
    }

    [SkippableTheory]
    [InlineData("hungarian-dance-5.22k05.mono.wav")]
    [InlineData("lets-go-fishin.44k1.mono.f32.wav")]
    [InlineData("sugar-plum-fairy.44k1.stereo.flac")]
    [InlineData("vibe-ace.cbr128.44k1.stereo.mp3")]
    public void As_FFmpeg_on_recordings(string file) => AssertAsFfmpeg(Repository.Shared($"audio/{file}"));

    [Fact]
    public void As_FFmpeg_on_music_that_was_made()
    {
        string path = folder.At("made.wav");
        Waveform made = GeneratedMusic.ProgressionAt(0).Sound;
        Wav.Write(path, made.Samples, made.SampleRate);
        AssertAsFfmpeg(path);
    }

    private static void AssertAsFfmpeg(string path)
    {
        FfmpegLoudness theirs = FfmpegLoudness.Of(path);
        Loudness ours = SoundDescription.Of(path).Loudness;
        Assert.Equal(theirs.Integrated, ours.Integrated, 0.1);
        Assert.Equal(theirs.Range, ours.Range, 0.1);
        Assert.Equal(theirs.TruePeak, ours.TruePeak, 0.2);
    }

    [Fact]
    public void Dynamic_complexity_by_hand()
    {
        // Half at −20 dB, half at −40, of K-weighted power: the louder half weighs 0.9^20 / 0.9^40 = 8.23 times as
        // much, so that the whole is at (−20 · 0.9^20 − 40 · 0.9^40) / (0.9^20 + 0.9^40) dB by weights 0.9^−dB.
        double loud = Math.Pow(0.9, 20),
            soft = Math.Pow(0.9, 40),
            whole = -(20 * loud + 40 * soft) / (loud + soft);
        double expected = (Math.Abs(-20 - whole) + Math.Abs(-40 - whole)) / 2;
        Assert.Equal(expected, OfTones((-20, 20), (-40, 20)).DynamicComplexity, 0.1);
        Assert.Equal(0, OfTones((-20, 20)).DynamicComplexity, 0.1);
    }
}
