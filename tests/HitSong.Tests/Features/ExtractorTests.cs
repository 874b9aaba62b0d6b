using System.Globalization;
using HitSong.Features;
using Tests;

namespace HitSong.Tests.Features;

public sealed class ExtractorTests
{
    private static readonly float[] Signal = ReferenceTests.Signal;

    public static TheoryData<int> FftLengths =>
        [2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 30, 60, 97, 100, 101, 202, 243, 400, 512, 1000, 1021, 1024, 1225, 2048];

    [Theory, MemberData(nameof(FftLengths))]
    public void Any_length_transforms_as_the_definition_does(int length)
    {
        FeatureMatrix actual = new Stft(new StftSettings { FftLength = length, HopLength = 700 }).Power(Signal);
        Assert.Equal((length / 2 + 1, 12), (actual.Bands, actual.Frames));
        foreach (int frame in (int[])[0, 5, 11])
        {
            double[] windowed =
            [
                .. Enumerable
                    .Range(0, length)
                    .Select(n =>
                        (0.5 - 0.5 * Math.Cos(2 * Math.PI * n / length))
                        * Signal.ElementAtOrDefault(frame * 700 - length / 2 + n)
                    ),
            ];
            double[] expected = [.. Enumerable.Range(0, length / 2 + 1).Select(k => PowerAt(windowed, k))];
            double tolerance = 3e-6 * Math.Max(expected.Max(), 1e-3);
            for (int k = 0; k < expected.Length; k++)
                Assert.Equal(expected[k], actual[k, frame], tolerance);
        }
    }

    private static double PowerAt(double[] x, int k)
    {
        double re = 0,
            im = 0;
        for (int n = 0; n < x.Length; n++)
        {
            (double sin, double cos) = Math.SinCos(2 * Math.PI * (long)n * k / x.Length);
            re += x[n] * cos;
            im -= x[n] * sin;
        }
        return re * re + im * im;
    }

    [Theory]
    [InlineData(2048, 512, Padding.Zero)]
    [InlineData(1024, 256, Padding.Reflect)]
    [InlineData(400, 160, Padding.Reflect)]
    [InlineData(401, 100, Padding.Zero)]
    [InlineData(512, 700, Padding.Zero)]
    [InlineData(300, 7, Padding.Reflect)]
    public void Every_width_of_simd_gives_the_bits_of_the_scalar_path(int length, int hop, Padding padding)
    {
        MelSettings settings = MelSettings.Librosa with { FftLength = length, HopLength = hop, Padding = padding };
        FeatureMatrix scalar = new MelSpectrogram(settings, lanes: 1).Compute(Signal);
        FeatureMatrix scalarStft = new Stft(
            new StftSettings
            {
                FftLength = length,
                HopLength = hop,
                Padding = padding,
            },
            lanes: 1
        ).Magnitude(Signal);
        foreach (int lanes in (int[])[4, 8, 16])
        {
            Assert.Equal(scalar.Values, new MelSpectrogram(settings, lanes).Compute(Signal).Values);
            Assert.Equal(scalarStft.Values, new Stft(
                    new StftSettings
                    {
                        FftLength = length,
                        HopLength = hop,
                        Padding = padding,
                    },
                    lanes
                ).Magnitude(Signal).Values);
        }
    }

    [SkippableTheory]
    [InlineData(22050, 2048, 512, 128, 0, null)]
    [InlineData(16000, 400, 160, 40, 20, 7600.0)]
    [InlineData(44100, 1000, 333, 64, 0, 16000.0)]
    [InlineData(8000, 256, 300, 20, 300, null)]
    public void Settings_mean_what_they_mean_to_torchaudio(
        int rate,
        int length,
        int hop,
        int bands,
        double low,
        double? high
    )
    {
        Skip.IfNot(
            File.Exists("/usr/bin/python3") && Directory.Exists("/usr/lib/python3/dist-packages/torchaudio"),
            "needs python3-torchaudio"
        );
        string folder = Directory.CreateTempSubdirectory("mel-").FullName;
        try
        {
            string[] arguments =
            [
                folder,
                .. ((double[])[rate, length, hop, bands, low, high ?? rate / 2.0]).Select(value =>
                    value.ToString(CultureInfo.InvariantCulture)
                ),
            ];
            Python.Run(
                """
                import sys, numpy as np, torch, torchaudio
                rate, n, hop, bands, low, high = map(float, sys.argv[2:])
                i = np.arange(8000, dtype=np.float64)
                x = 0.4 * np.sin(0.05 * i) + 0.3 * np.sin(0.0001 * i * i) + 0.1 * np.sin(1.7 * i + 3 * np.sin(0.01 * i))
                x = torch.from_numpy(x.astype(np.float32))
                spectrum = dict(n_fft=int(n), hop_length=int(hop), n_mels=int(bands), f_min=low, f_max=high)
                mel = torchaudio.transforms.MelSpectrogram(int(rate), **spectrum)(x)
                np.save(sys.argv[1] + '/mel.npy', np.ascontiguousarray(mel.numpy()))
                mfcc = torchaudio.transforms.MFCC(int(rate), 13, melkwargs=spectrum)(x[None])[0]
                np.save(sys.argv[1] + '/mfcc.npy', np.ascontiguousarray(mfcc.numpy()))
                """,
                arguments
            );
            MelSettings settings = MelSettings.Torchaudio with
            {
                SampleRate = rate,
                FftLength = length,
                HopLength = hop,
                Bands = bands,
                MinFrequency = low,
                MaxFrequency = high,
            };
            FeatureMatrix mel = Npy.Read(Path.Combine(folder, "mel.npy")),
                mfcc = Npy.Read(Path.Combine(folder, "mfcc.npy"));
            GoldenTests.AssertNear(
                mel,
                new MelSpectrogram(settings).Compute(Signal),
                1e-5 * mel.Values.Max(MathF.Abs),
                "mel"
            );
            GoldenTests.AssertNear(
                mfcc,
                new Mfcc(new MfccSettings { Coefficients = 13, Mel = settings }).Compute(Signal),
                1e-4 * mfcc.Values.Max(MathF.Abs),
                "mfcc"
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_signal_shorter_than_a_frame_is_padded_with_zeros_or_refused_where_mirrored()
    {
        FeatureMatrix one = new MelSpectrogram(MelSettings.Librosa).Compute([0.5f]);
        Assert.Equal((128, 1), (one.Bands, one.Frames));
        // One sample of 0.5 in the middle of the window, where it is 1: a flat spectrum of power 0.25.
        Assert.All(new Stft(StftSettings.Librosa).Power([0.5f]).Values, value => Assert.Equal(0.25f, value, 1e-6f));

        StftSettings mirrored = StftSettings.Torchaudio;
        Assert.Contains(
            "too few to mirror",
            Assert.Throws<FeatureException>(() => new Stft(mirrored).Power(new float[200])).Message
        );
        Assert.Equal(2, new Stft(mirrored).Power(new float[201]).Frames);
    }

    [Fact]
    public void No_samples_and_samples_that_are_not_finite_are_refused()
    {
        Assert.Contains(
            "no samples",
            Assert.Throws<FeatureException>(() => new Mfcc(MfccSettings.Librosa).Compute([])).Message
        );
        foreach (float wrong in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            foreach (int at in (int[])[0, 777, 7999])
            {
                float[] samples = [.. Signal];
                samples[at] = wrong;
                Assert.Contains(
                    $"sample {at} is",
                    Assert
                        .Throws<FeatureException>(() => new MelSpectrogram(MelSettings.Librosa).Compute(samples))
                        .Message
                );
            }
        }
    }

    [Fact]
    public void Settings_out_of_range_are_named()
    {
        MelSettings mel = MelSettings.Librosa;
        (MelSettings Settings, string Name)[] refused =
        [
            (mel with { FftLength = 1 }, "FftLength"),
            (mel with { HopLength = 0 }, "HopLength"),
            (mel with { Bands = 0 }, "Bands"),
            (mel with { SampleRate = 0 }, "SampleRate"),
            (mel with { MaxFrequency = 12000 }, "MaxFrequency"),
            (mel with { MinFrequency = -1 }, "MinFrequency"),
            (mel with { MinFrequency = 5000, MaxFrequency = 4000 }, "MinFrequency"),
            (mel with { MaxFrequency = double.NaN }, "MaxFrequency"),
        ];
        foreach (var (wrong, name) in refused)
            Assert.Contains(name, Assert.Throws<FeatureException>(() => new MelSpectrogram(wrong)).Message);
        Assert.Contains(
            "Coefficients",
            Assert.Throws<FeatureException>(() => new Mfcc(MfccSettings.Librosa with { Coefficients = 129 })).Message
        );
        Assert.Contains(
            "MinPower",
            Assert
                .Throws<FeatureException>(() =>
                    Decibel.FromPower(new FeatureMatrix([1], 1, 1), new DecibelSettings(MinPower: 0))
                )
                .Message
        );
    }

    [Fact]
    public void Memory_is_allocated_for_the_result_and_not_for_each_frame()
    {
        MelSpectrogram mel = new(MelSettings.Librosa with { FftLength = 1050, HopLength = 16, Bands = 4 });
        mel.Compute(Signal);
        long before = GC.GetAllocatedBytesForCurrentThread();
        FeatureMatrix result = mel.Compute(Signal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before - 4 * result.Values.Length, 0, 500);
    }

    [Fact]
    public void One_extractor_serves_many_threads()
    {
        Mfcc mfcc = new(MfccSettings.Librosa);
        float[][] signals = [.. Enumerable.Range(0, 16).Select(i => Signal[(100 * i)..])];
        float[][] expected = [.. signals.Select(signal => mfcc.Compute(signal).Values)];
        float[][] actual = new float[signals.Length][];
        Parallel.For(0, signals.Length, i => actual[i] = mfcc.Compute(signals[i]).Values);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void A_matrix_shows_its_shape_and_range() =>
        Assert.Equal(
            "FeatureMatrix [2 × 3], -1.5 … 12",
            new FeatureMatrix([0, 1, -1.5f, 3, 12, 4], 2, 3).ToMimeBundle()["text/plain"]
        );
}
