using HitSong.Audio;
using HitSong.Features;
using Tests;

namespace HitSong.Tests.Audio;

/// <summary>Time stretch and pitch shift, on signals of which it is known what has to come out.</summary>
public class AlterTests
{
    private const int Rate = 22_050;

    private static Waveform Sine(double frequency, double seconds) =>
        new(
            [
                .. Enumerable
                    .Range(0, (int)(seconds * Rate))
                    .Select(i => (float)(0.5 * Math.Sin(2 * Math.PI * frequency * i / Rate))),
            ],
            Rate
        );

    // By the definition of the Fourier transform, under a Hann window of 1 s: its main lobe is 4 Hz wide.
    private static double PeakOf(Waveform sound, double near)
    {
        return Enumerable.Range(-200, 401).Select(step => near + step / 20.0).MaxBy(PowerAt);

        double PowerAt(double frequency)
        {
            double re = 0,
                im = 0;
            for (int i = 0; i < Rate; i++)
            {
                double value = sound.Samples[Rate / 2 + i] * (0.5 - 0.5 * Math.Cos(2 * Math.PI * i / Rate));
                (double sin, double cos) = Math.SinCos(2 * Math.PI * frequency * i / Rate);
                re += value * cos;
                im += value * sin;
            }
            return re * re + im * im;
        }
    }

    private static double AmplitudeOf(ReadOnlySpan<float> samples)
    {
        double sum = 0;
        foreach (float sample in samples)
            sum += sample * sample;
        return Math.Sqrt(2 * sum / samples.Length);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, -2)]
    [InlineData(1.1, 0)]
    [InlineData(0.9, 0)]
    [InlineData(1.1, 2)]
    [InlineData(0.9, -2)]
    [InlineData(1.037, 1.3)]
    public void Duration_follows_the_stretch_alone_and_pitch_the_semitones(double stretch, double semitones)
    {
        Waveform altered = Sine(440, 4).Alter(stretch, semitones);
        Assert.InRange(altered.Duration, 4 * stretch - 1e-4, 4 * (stretch + 1 / 250.0));
        double expected = 440 * Math.Pow(2, semitones / 12);
        // The pitch moves by 400ths of the frequency; the search steps by 0.05 Hz.
        Assert.Equal(expected, PeakOf(altered, expected), 440 / 800.0 + 0.05);
        // As loud as it was, and from the first 20 ms on to the last.
        foreach (Range part in new[] { Range.All, ..441, ^441.. })
            Assert.Equal(0.5, AmplitudeOf(altered.Samples.AsSpan()[part]), 0.05);
    }

    [Theory]
    [InlineData(1.1, 0)]
    [InlineData(0.9, 0)]
    [InlineData(1, 2)]
    [InlineData(0.9, -2)]
    public void Onsets_move_with_the_stretch_and_none_is_lost(double stretch, double semitones)
    {
        float[] clicks = new float[10 * Rate];
        for (int click = 1; click < 20; click++)
        for (int i = 0; i < 200; i++)
            clicks[click * Rate / 2 + i] = MathF.Exp(-i / 30f) * MathF.Sin(0.5f * i);
        float[] altered = new Waveform(clicks, Rate).Alter(stretch, semitones).Samples;

        List<double> onsets = [];
        float[] energy = [.. altered.Chunk(50).Select(part => part.Sum(sample => sample * sample))];
        float least = energy.Max() / 10;
        for (int i = 0; i < energy.Length; i++)
            if (energy[i] > least && (onsets.Count == 0 || i * 50.0 / Rate - onsets[^1] > 0.2))
                onsets.Add(i * 50.0 / Rate);
        Assert.Equal(19, onsets.Count);
        double stretched = altered.Length / (10.0 * Rate);
        // A vocoder's frame is 93 ms long; that a click keeps its shape in it to 10 ms is the phase locking's merit.
        for (int i = 0; i < 19; i++)
            Assert.Equal((i + 1) * 0.5 * stretched, onsets[i], 0.010);
    }

    [Fact]
    public void Nothing_altered_is_the_same_and_what_cannot_be_is_refused()
    {
        Waveform sound = Sine(440, 0.5);
        Assert.Equal(sound.Samples, sound.Alter().Samples);
        Assert.All(new Waveform(new float[Rate], Rate).Alter(1.1, -1).Samples, sample => Assert.Equal(0, sample));
        Assert.Throws<ArgumentOutOfRangeException>(() => sound.Alter(stretch: 2.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => sound.Alter(semitones: double.NaN));
        Assert.Contains(
            "0.5 to 2",
            Assert.Throws<HitSongException>(() => new ClipAlteration(LeastStretch: 1.2).Reach(100)).Message
        );
    }

    [Theory]
    [InlineData(0.8)]
    [InlineData(1.25)]
    public void A_clip_keeps_its_length_and_goes_on_into_its_song(double stretch)
    {
        using TemporaryFolder folder = new();
        // A second of 440 Hz, a second of 3 kHz.
        Wav.Write(folder.At("song.wav"), [.. Sine(440, 1).Samples, .. Sine(3000, 1).Samples], Rate);
        FeatureSettings settings = FeatureSettings.HipHop with
        {
            Clips = new() { Seconds = 1, Count = 2 },
            Decibels = DecibelSettings.RelativeToMax,
        };
        FeatureExtractor altered = new(settings with { Alteration = new(stretch, stretch, Semitones: 0) });
        var clips = altered.Extract(folder.At("song.wav"), "song");
        int low = Band(440),
            high = Band(3000);
        Assert.Equal((2, 128, 44), (clips.Count, clips[0].Values.Bands, clips[0].Values.Frames));
        Assert.Equal([0, 1.0], clips.Select(clip => clip.Start));

        // 44 frames of 23.2 ms: played faster, the first clip's second sound begins at 0.8 s, frame 34; slower, it
        // never does. The song ends within the second clip where that is played faster, and silence follows.
        FeatureMatrix first = clips[0].Values,
            second = clips[1].Values;
        Assert.True(first[low, 30] > first[high, 30] + 20);
        Assert.Equal(stretch < 1, first[high, 40] > first[low, 40] + 20);
        Assert.True(second[high, 30] > -10);
        Assert.Equal(stretch < 1, second[high, 40] < -70);

        // As it is drawn: the same again, other for another recording, place or seed.
        FeatureSettings drawn = settings with
        {
            Alteration = new(),
        };
        float[] Values(FeatureSettings settings, string recording = "song", int clip = 0) =>
            new FeatureExtractor(settings).Extract(folder.At("song.wav"), recording)[clip].Values.Values;
        Assert.Equal(Values(drawn), Values(drawn));
        Assert.NotEqual(Values(drawn), Values(drawn, "another"));
        Assert.NotEqual(Values(drawn), Values(drawn with { Alteration = new(Seed: 1) }));
        Assert.NotEqual(Values(settings), Values(drawn));
        Assert.NotEqual(settings.Key, drawn.Key);
        // Stores that were made before there was such a thing keep their names.
        Assert.DoesNotContain("Alteration", settings.ToJson());

        static int Band(double frequency)
        {
            double[] centres = (MelSettings.Librosa with { SampleRate = Rate }).CentreFrequencies();
            return Array.IndexOf(centres, centres.MinBy(centre => Math.Abs(centre - frequency)));
        }
    }
}
