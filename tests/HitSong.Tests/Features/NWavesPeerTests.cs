using HitSong.Features;
using NWaves.FeatureExtractors;
using NWaves.FeatureExtractors.Options;
using NWaves.Filters.Fda;
using NWaves.Windows;

namespace HitSong.Tests.Features;

/// <summary>
/// Mel and MFCC beside NWaves', another hand's in C#. Its windows are symmetric, as for the design of filters, where
/// librosa's and ours are periodic; all but the last sample of a symmetric window of N + 1 is a periodic one of N. So
/// its extractors get frames that stand end to end, already under such a window, and do the rest: spectrum, filters,
/// logarithm and cosine transform.
/// </summary>
public sealed class NWavesPeerTests
{
    private const int FftLength = 2048,
        Hop = 512;

    private static readonly float[] Signal = ReferenceTests.Signal;

    // [frames · 2048] of the signal with half a frame of silence at either end.
    private static float[] Frames()
    {
        float[] window = NWaves.Windows.Window.OfType(WindowType.Hann, FftLength + 1),
            padded = [.. new float[FftLength / 2], .. Signal, .. new float[FftLength / 2]];
        return
        [
            .. Enumerable
                .Range(0, 1 + Signal.Length / Hop)
                .SelectMany(frame => Enumerable.Range(0, FftLength).Select(i => padded[frame * Hop + i] * window[i])),
        ];
    }

    private static void AssertSame(
        NWaves.FeatureExtractors.Base.FeatureExtractor theirs,
        FeatureMatrix ours,
        Func<float, double> tolerance
    )
    {
        List<float[]> frames = theirs.ComputeFrom(Frames());
        Assert.Equal((ours.Frames, ours.Bands), (frames.Count, frames[0].Length));
        for (int frame = 0; frame < ours.Frames; frame++)
        for (int band = 0; band < ours.Bands; band++)
            Assert.Equal(frames[frame][band], ours[band, frame], tolerance(frames[frame][band]));
    }

    [Theory]
    [InlineData(MelScale.Slaney, MelNorm.Slaney, 128)]
    [InlineData(MelScale.Slaney, MelNorm.None, 40)]
    [InlineData(MelScale.Htk, MelNorm.None, 40)]
    public void Mel_power(MelScale scale, MelNorm norm, int bands)
    {
        MelSettings settings = MelSettings.Librosa with { Scale = scale, Norm = norm, Bands = bands };
        FeatureMatrix ours = new MelSpectrogram(settings).Compute(Signal);
        FilterbankExtractor theirs = new(
            new FilterbankOptions
            {
                SamplingRate = settings.SampleRate,
                FrameSize = FftLength,
                HopSize = FftLength,
                Window = WindowType.Rectangular,
                SpectrumType = SpectrumType.Power,
                NonLinearity = NonLinearityType.None,
                FilterBank = FilterBank(settings),
            }
        );
        // Both sum in float32, in another order: 24 bits of the largest, 11 butterflies deep.
        double largest = ours.Values.Max();
        AssertSame(theirs, ours, value => 1e-5 * value + 1e-7 * largest);
    }

    [Fact]
    public void Mfcc_of_librosa()
    {
        // Theirs knows a floor of the power, ours also one of 80 dB below the largest, which is higher here.
        float largest = new MelSpectrogram(MelSettings.Librosa).Compute(Signal).Values.Max();
        MfccExtractor theirs = new(
            new MfccOptions
            {
                SamplingRate = MelSettings.Librosa.SampleRate,
                FrameSize = FftLength,
                HopSize = FftLength,
                Window = WindowType.Rectangular,
                SpectrumType = SpectrumType.Power,
                NonLinearity = NonLinearityType.ToDecibel,
                LogFloor = 1e-8f * largest,
                DctType = "2N",
                FeatureCount = 20,
                FilterBank = FilterBank(MelSettings.Librosa),
            }
        );
        // A power near the floor is the square of a sum that is 10⁻⁴ of the largest, and so known to 10⁻³ in float32:
        // 0.005 dB.
        AssertSame(theirs, new Mfcc(MfccSettings.Librosa).Compute(Signal), _ => 0.005);
    }

    private static float[][] FilterBank(MelSettings settings) =>
        settings.Scale == MelScale.Slaney
            ? FilterBanks.MelBankSlaney(
                settings.Bands,
                FftLength,
                settings.SampleRate,
                0,
                settings.SampleRate / 2.0,
                settings.Norm == MelNorm.Slaney
            )
            : FilterBanks.Triangular(
                FftLength,
                settings.SampleRate,
                FilterBanks.MelBands(settings.Bands, settings.SampleRate, 0, settings.SampleRate / 2.0)
            );
}
