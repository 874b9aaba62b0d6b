using HitSong.Audio;
using HitSong.Features;
using HitSong.Features.Descriptors;
using HitSong.Tests.Audio;
using Tests;

namespace HitSong.Tests.Features.Descriptors;

/// <summary>Tempo, key, sections and quality of sound of which they are known; and what has none of them.</summary>
public sealed class SoundDescriptionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Tempo_of_a_rhythm(int i)
    {
        GeneratedMusic.Rhythm rhythm = GeneratedMusic.RhythmAt(i);
        Tempo tempo = SoundDescription.Of(rhythm.Sound).Tempo;
        // Whether a drummer counts in two or in four no sound can tell.
        Assert.Contains(
            (double[])[0.5, 1, 2],
            octave => Math.Abs(tempo.BeatsPerMinute / (octave * rhythm.BeatsPerMinute) - 1) < 0.04
        );
        double[] apart = [.. tempo.Beats.Zip(tempo.Beats.Skip(1), (one, next) => next - one).Order()];
        Assert.Equal(60 / tempo.BeatsPerMinute, apart[apart.Length / 2], 0.06 * 60 / tempo.BeatsPerMinute);
        Assert.True(tempo.BeatStrength > 1.5);
    }

    [Fact]
    public void Beats_of_a_metronome()
    {
        // A click every half second from 0.25 s on.
        float[] samples = new float[20 * 22_050];
        for (int click = 0; click < 39; click++)
        for (int i = 0; i < 400; i++)
            samples[(int)((0.25 + 0.5 * click) * 22_050) + i] = (float)(Math.Sin(0.3 * i) * Math.Exp(-i / 80.0));
        Tempo tempo = SoundDescription.Of(new Waveform(samples, 22_050)).Tempo;
        Assert.Equal(120, tempo.BeatsPerMinute, 1.0);
        Assert.InRange(tempo.Beats.Count, 36, 39);
        foreach (double beat in tempo.Beats)
            Assert.Equal(0.25, beat % 0.5, 0.05);
        Assert.Equal(1, tempo.Stability, 0.05);
        Assert.Equal(39 / 20.0, tempo.OnsetRate, 0.1);
        Assert.True(tempo.Confidence > 0.7);
    }

    [Fact]
    public void Keys_and_tuning_of_progressions()
    {
        GeneratedMusic.Progression[] made = [.. Enumerable.Range(0, 12).Select(GeneratedMusic.ProgressionAt)];
        Key[] found = [.. made.Select(progression => SoundDescription.Of(progression.Sound).Key)];
        foreach ((GeneratedMusic.Progression progression, Key key) in made.Zip(found))
            Assert.Equal(progression.Cents, key.Tuning, 5.0);
        int right = made.Zip(found, (m, k) => (m.Tonic, m.IsMinor ? Mode.Minor : Mode.Major) == (k.Tonic, k.Mode))
            .Count(isRight => isRight);
        Assert.True(right >= 8, $"{right} of 12 keys are right");
    }

    [Fact]
    public void Same_song_in_other_forms_sounds_the_same()
    {
        Waveform song = GeneratedMusic.ProgressionAt(6).Sound;
        string wav = folder.At("song.wav");
        Wav.Write(wav, song.Samples, song.SampleRate);
        SoundDescription expected = SoundDescription.Of(wav);
        AssertSame("mp3 at 64 kbit/s", "-b:a", "64k", folder.At("64.mp3"));
        AssertSame("mp3 at 320 kbit/s", "-b:a", "320k", folder.At("320.mp3"));
        AssertSame("48 kHz", "-ar", "48000", folder.At("48.wav"));
        AssertSame("stereo", "-ac", "2", folder.At("stereo.wav"));
        AssertSame("silence first", "-af", "adelay=2000:all=1", folder.At("late.wav"));
        SoundDescription soft = AssertSame("12 dB less", "-af", "volume=-12dB", folder.At("soft.wav"));
        Assert.Equal(expected.Loudness.Integrated - 12, soft.Loudness.Integrated, 0.05);

        SoundDescription AssertSame(string form, params string[] arguments)
        {
            Ffmpeg.Run(["-i", wav, "-c:a", arguments[^1].EndsWith("mp3") ? "libmp3lame" : "pcm_f32le", .. arguments]);
            SoundDescription sound = SoundDescription.Of(arguments[^1]);
            Assert.True(sound.Key.Name == expected.Key.Name, $"{form}: {sound.Key} in the place of {expected.Key}");
            Assert.Equal(expected.Tempo.BeatsPerMinute, sound.Tempo.BeatsPerMinute, 0.01 * sound.Tempo.BeatsPerMinute);
            // An encoder may change it; then FFmpeg finds the same.
            Assert.Equal(FfmpegLoudness.Of(arguments[^1]).Integrated, sound.Loudness.Integrated, 0.1);
            return sound;
        }
    }

    [Fact]
    public void What_sounds_on_and_what_strikes_are_parted()
    {
        // A tone, and a click every half second.
        float[] tone = [.. Enumerable.Range(0, 4 * 22_050).Select(i => 0.2f * MathF.Sin(0.2f * i))],
            clicks = new float[tone.Length];
        for (int click = 5000; click < clicks.Length; click += 11_025)
        for (int i = 0; i < 60; i++)
            clicks[click + i] = 0.8f * (i % 2 == 0 ? 1 : -1);
        var (harmonic, percussive) = Separation.Of(
            new Waveform([.. tone.Zip(clicks, (one, other) => one + other)], 22_050)
        );
        Assert.Equal(22_050, harmonic.SampleRate);
        Assert.InRange(harmonic.Samples.Length, tone.Length - 4096, tone.Length + 4096);
        Assert.True(Alike(harmonic.Samples, tone) > 0.95);
        Assert.True(Alike(percussive.Samples, clicks) > 0.8);
        Assert.True(Math.Abs(Alike(percussive.Samples, tone)) < 0.2);
        Assert.Throws<FeatureException>(() => Separation.Of(new Waveform(new float[100], 22_050)));

        // The cosine of the middle parts.
        static double Alike(float[] one, float[] other)
        {
            var a = one.AsSpan(8192, 60_000);
            var b = other.AsSpan(8192, 60_000);
            return System.Numerics.Tensors.TensorPrimitives.CosineSimilarity<float>(a, b);
        }
    }

    [Fact]
    public void Sections_are_where_the_sound_changes()
    {
        Random random = new(1);
        float[] samples = new float[45 * 22_050];
        for (int i = 0; i < samples.Length; i++)
        {
            bool isNoise = i / (15 * 22_050) == 1;
            double beat = Math.Exp(-(i % 11_025) / 4000.0);
            samples[i] = (float)(beat * (isNoise ? 0.3 * (random.NextDouble() - 0.5) : 0.3 * Math.Sin(0.06 * i)));
        }
        Structure structure = SoundDescription.Of(new Waveform(samples, 22_050)).Structure;
        Assert.Equal(2, structure.Boundaries.Count);
        Assert.Equal(15, structure.Boundaries[0], 0.6);
        Assert.Equal(30, structure.Boundaries[1], 0.6);
        Assert.Equal(15, structure.Intro, 0.6);
        Assert.Equal(4, structure.SectionsPerMinute, 1e-9);
    }

    [Fact]
    public void Quality_by_hand()
    {
        Random random = new(2);
        float[] noise = [.. Enumerable.Range(0, 88_200).Select(_ => random.NextSingle() - 0.5f)];
        Quality opposite = SoundDescription.Of([noise, [.. noise.Select(s => -s)]], 44_100).Quality;
        Assert.Equal((1.0, -1.0), (opposite.StereoWidth, opposite.StereoCorrelation));
        Assert.Equal((2.0, 2), (opposite.Duration, opposite.Channels));
        Quality same = SoundDescription.Of([noise, noise], 44_100).Quality;
        Assert.Equal((0.0, 1.0), (same.StereoWidth, same.StereoCorrelation));

        // A second of silence, two of sound of which ten samples in a row are at full scale, half a second of silence.
        float[] clipped = [.. new float[44_100], .. noise, .. new float[22_050]];
        clipped.AsSpan(60_000, 10).Fill(-1);
        clipped.AsSpan(70_000, 2).Fill(1);
        Quality quality = SoundDescription.Of(new Waveform(clipped, 44_100)).Quality;
        Assert.Equal(10.0 / clipped.Length, quality.ClippedShare, 1e-12);
        Assert.Equal(1, quality.SilenceAtStart, 0.011);
        Assert.Equal(0.5, quality.SilenceAtEnd, 0.011);
        Assert.Equal(1.5 / 3.5, quality.SilentShare, 0.01);
    }

    [Theory]
    [InlineData(11_000)]
    [InlineData(16_000)]
    public void Bandwidth_is_where_an_encoder_cuts(int hertz)
    {
        string path = folder.At("noise.mp3");
        Ffmpeg.Run("-f", "lavfi", "-i", "anoisesrc=d=5:r=44100:a=0.3", "-b:a", "192k", "-cutoff", $"{hertz}", path);
        Assert.Equal(hertz, SoundDescription.Of(path).Quality.Bandwidth, 0.06 * hertz);
    }

    [Theory]
    [InlineData(0, 44_100, 1)]
    [InlineData(1, 44_100, 1)]
    [InlineData(100, 8000, 2)]
    [InlineData(3000, 192_000, 8)]
    [InlineData(40_000, 1000, 1)]
    [InlineData(100_000, 22_050, 3)]
    public void Whatever_it_is_given_figures_are_in_their_range_or_none(int length, int rate, int channels)
    {
        foreach (double amplitude in (double[])[0, 1e-6, 0.5, 1, 3])
        {
            Random random = new(length);
            float[][] samples =
            [
                .. Enumerable
                    .Range(0, channels)
                    .Select(_ =>
                        Enumerable
                            .Range(0, length)
                            .Select(_ => (float)(amplitude * (2 * random.NextDouble() - 1)))
                            .ToArray()
                    ),
            ];
            AssertInRange(SoundDescription.Of(samples, rate));
        }
    }

    private static void AssertInRange(SoundDescription sound)
    {
        foreach (Descriptor descriptor in Descriptor.All)
        {
            double value = descriptor.Of(sound);
            Assert.True(
                double.IsNaN(value) || (value >= descriptor.Lowest && value <= descriptor.Highest),
                $"{descriptor} is {value}, not {descriptor.Lowest} to {descriptor.Highest}"
            );
        }
    }

    [Fact]
    public void Silence_has_no_figures_but_those_of_silence()
    {
        SoundDescription sound = SoundDescription.Of(new Waveform(new float[30 * 22_050], 22_050));
        string[] known =
        [
            .. Descriptor
                .All.Where(descriptor => !double.IsNaN(descriptor.Of(sound)))
                .Select(descriptor => descriptor.Name),
        ];
        Assert.Equal(
            [
                "duration",
                "dynamic_complexity",
                "beat_count",
                "onset_rate",
                "channels",
                "silent_share",
                "silence_at_start",
                "silence_at_end",
                "clipped_share",
            ],
            known
        );
        Assert.Null(sound.Key.Name);
        Assert.Equal((1.0, 30.0), (sound.Quality.SilentShare, sound.Quality.SilenceAtStart));
    }

    [Fact]
    public void Names_are_columns_and_none_is_Spotify_s()
    {
        string[] names = [.. Descriptor.All.Select(descriptor => descriptor.Name)];
        Assert.Equal(names.Distinct(), names);
        Assert.All(names, name => Assert.Matches("^[a-z][a-z0-9_]*$", name));
        Assert.All(Descriptor.All, descriptor => Assert.NotEmpty(descriptor.Definition));
        string[] spotify =
        [
            "danceability",
            "energy",
            "valence",
            "acousticness",
            "speechiness",
            "instrumentalness",
            "liveness",
        ];
        Assert.Empty(names.Intersect(spotify));
    }

    [Fact]
    public void A_sample_that_is_no_number_is_refused()
    {
        float[] samples = new float[50_000];
        samples[44_100] = float.NaN;
        FeatureException refused = Assert.Throws<FeatureException>(() =>
            SoundDescription.Of([new float[50_000], samples], 44_100)
        );
        Assert.Contains("channel 2 has NaN at 1.00 s", refused.Message);
        string path = folder.At("nan.wav");
        Wav.Write(path, samples, 44_100);
        Assert.StartsWith(path, Assert.Throws<AudioException>(() => SoundDescription.Of(path)).Message);
        Assert.Throws<AudioException>(() => SoundDescription.Of(folder.At("absent.mp3")));
        Assert.Throws<FeatureException>(() => SoundDescription.Of([], 44_100));
        Assert.Throws<FeatureException>(() => SoundDescription.Of([samples, new float[1]], 44_100));
    }

    [Fact]
    public unsafe void Medians_as_by_sorting()
    {
        Random random = new(3);
        float[] values = [.. Enumerable.Range(0, 400).Select(_ => (float)random.Next(30))];
        fixed (float* first = values)
            for (int at = 0; at < 300; at++)
            {
                float median = MedianFilter.With(
                    MedianFilter.Middle(first + at, 3),
                    System.Numerics.Vector.Load(first + at + 48)
                )[1];
                float[] window = [.. Enumerable.Range(0, 17).Select(i => values[at + 1 + 3 * i]).Order()];
                Assert.Equal(window[8], median);
            }
    }
}
