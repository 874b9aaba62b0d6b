using HitSong.Features;

namespace HitSong.Tests.Features;

/// <summary>
/// Values of a signal made by formula, computed once in double precision with NumPy 1.24 and SciPy 1.10 by librosa's
/// definitions, and with torchaudio 0.13.1.
/// </summary>
public sealed class ReferenceTests
{
    public static readonly float[] Signal =
    [
        .. Enumerable.Range(0, 8000).Select(i => (float)(Tone(i) + Sweep(i) + Warble(i))),
    ];

    private static double Tone(int i) => 0.4 * Math.Sin(0.05 * i);

    private static double Sweep(int i) => 0.3 * Math.Sin(0.0001 * i * i);

    private static double Warble(int i) => 0.1 * Math.Sin(1.7 * i + 3 * Math.Sin(0.01 * i));

    private static readonly MelSettings Torchaudio2048 = MelSettings.Torchaudio with
    {
        SampleRate = 22050,
        FftLength = 2048,
        HopLength = 512,
    };

    [Fact]
    public void Stft_magnitude() =>
        AssertValues(
            new Stft(StftSettings.Librosa).Magnitude(Signal),
            (1025, 16),
            198.524,
            1e-6,
            (0, 0, 26.64092f),
            (16, 0, 118.698f),
            (17, 3, 147.3732f),
            (200, 7, 13.12893f),
            (551, 8, 17.29126f),
            (1024, 15, 0.128549f)
        );

    [Fact]
    public void Mel_power_of_librosa() =>
        AssertValues(
            new MelSpectrogram(MelSettings.Librosa).Compute(Signal),
            (128, 16),
            1916.9,
            1e-6,
            (0, 0, 62.49067f),
            (5, 2, 578.4855f),
            (14, 15, 0.9224929f),
            (40, 7, 3.133652e-10f),
            (77, 9, 12.11361f),
            (127, 12, 0f)
        );

    [Fact]
    public void Mel_decibels_of_librosa() =>
        AssertValues(
            Decibel.FromPower(new MelSpectrogram(MelSettings.Librosa).Compute(Signal), DecibelSettings.RelativeToMax),
            (128, 16),
            1,
            1e-4,
            (0, 0, -14.86785f),
            (5, 2, -5.203077f),
            (14, 15, -33.17637f),
            (40, 7, -80f),
            (77, 9, -21.99327f),
            (127, 12, -80f)
        );

    [Fact]
    public void Mfcc_of_librosa() =>
        AssertValues(
            new Mfcc(MfccSettings.Librosa).Compute(Signal),
            (20, 16),
            420.46,
            1e-6,
            (0, 0, -255.1753f),
            (1, 5, 59.53255f),
            (2, 15, 42.08613f),
            (7, 8, 108.8493f),
            (13, 3, -18.12792f),
            (19, 11, -20.00492f)
        );

    [Fact]
    public void Mel_power_of_torchaudio() =>
        AssertValues(
            new MelSpectrogram(Torchaudio2048).Compute(Signal),
            (128, 16),
            46374.9,
            2e-6,
            (0, 0, 3432.934f),
            (5, 2, 3.033919f),
            (14, 15, 51.62299f),
            (40, 7, 2.810944e-08f),
            (77, 9, 5087.5f),
            (127, 12, 0f)
        );

    [Fact]
    public void Mfcc_of_torchaudio() =>
        AssertValues(
            new Mfcc(new MfccSettings { Coefficients = 13, Mel = Torchaudio2048 }).Compute(Signal),
            (13, 16),
            242.36,
            1e-5,
            (0, 0, 23.58449f),
            (1, 5, 68.92151f),
            (2, 15, 122.6416f),
            (7, 8, 100.7598f),
            (12, 3, -38.20128f)
        );

    [Fact]
    public void Mfcc_of_torchaudio_by_default() =>
        AssertValues(
            new Mfcc(MfccSettings.Torchaudio).Compute(Signal),
            (40, 41),
            394.73,
            1e-5,
            (0, 0, -114.2763f),
            (1, 5, 154.9364f),
            (2, 15, 5.532147f),
            (7, 8, 65.48423f),
            (12, 40, -33.04892f),
            (39, 20, -14.50863f)
        );

    [Fact]
    public void Decibels_have_reference_and_floors()
    {
        FeatureMatrix power = new([1, 10, 1e-3f, 0, 100, 1e-12f], 2, 3);
        Assert.Equal([0, 10, -30, -60, 20, -60], Rounded(Decibel.FromPower(power)));
        Assert.Equal([-20, -10, -50, -80, 0, -80], Rounded(Decibel.FromPower(power, DecibelSettings.RelativeToMax)));
        // librosa's ref=np.min: the least power is 1e-10, its amin, but nothing may lie 80 dB below the largest.
        Assert.Equal([100, 110, 70, 40, 120, 40], Rounded(Decibel.FromPower(power, DecibelSettings.RelativeToMin)));
        Assert.Equal([30, 40, 0], Rounded(Decibel.FromPower(new([1, 10, 1e-3f], 1, 3), DecibelSettings.RelativeToMin)));
        Assert.Equal(
            [-10, 0, -40, -110, 10, -110],
            Rounded(Decibel.FromPower(power, new DecibelSettings(Reference: 10, TopDb: null)))
        );
        Assert.Equal(
            [0, 10, -30, -50, 20, -50],
            Rounded(Decibel.FromPower(power, new DecibelSettings(MinPower: 1e-5)))
        );

        static float[] Rounded(FeatureMatrix matrix) => [.. matrix.Values.Select(value => MathF.Round(value, 3))];
    }

    private static void AssertValues(
        FeatureMatrix actual,
        (int, int) shape,
        double largest,
        double tolerance,
        params (int Band, int Frame, float Value)[] expected
    )
    {
        Assert.Equal(shape, (actual.Bands, actual.Frames));
        foreach ((int band, int frame, float value) in expected)
            Assert.True(
                Math.Abs(actual[band, frame] - value) <= tolerance * largest,
                $"[{band}, {frame}] is {actual[band, frame]} instead of {value}"
            );
    }
}
