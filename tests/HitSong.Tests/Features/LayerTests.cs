using HitSong.Features;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Tests.Features;

public class LayerTests
{
    private static readonly float[][] Signals =
    [
        ReferenceTests.Signal,
        [.. ReferenceTests.Signal.Reverse().Select(x => x / 30)],
        [.. ReferenceTests.Signal.Select((x, i) => i < 3000 ? 0 : x)],
    ];

    public static TheoryData<int> Cases => [0, 1, 2, 3, 4];

    private static MelSettings Settings(int number) =>
        number switch
        {
            0 => MelSettings.Librosa,
            1 => MelSettings.Torchaudio,
            2 => MelSettings.Librosa with
            {
                FftLength = 1000,
                HopLength = 333,
                Window = Window.Hamming,
                WindowLength = 700,
                Bands = 40,
            },
            3 => MelSettings.Librosa with { FftLength = 512, HopLength = 700, Centre = false, Bands = 20 },
            // The hop divides the signal's 8,000 samples: an odd frame more would reach beyond the padding.
            _ => MelSettings.Librosa with { FftLength = 1001, HopLength = 250, Bands = 20 },
        };

    private static void AssertEqual(
        Func<float[], FeatureMatrix> extract,
        nn.Module<Tensor, Tensor> layer,
        double tolerance
    )
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor batch = layer.call(tensor([.. Signals.SelectMany(x => x)], [Signals.Length, Signals[0].Length]));
        for (int i = 0; i < Signals.Length; i++)
        {
            FeatureMatrix expected = extract(Signals[i]);
            float[] actual = batch[i].contiguous().data<float>().ToArray();
            Assert.Equal([Signals.Length, expected.Bands, expected.Frames], batch.shape);
            GoldenTests.AssertNear(
                expected,
                new(actual, expected.Bands, expected.Frames),
                tolerance * expected.Values.Max(MathF.Abs),
                $"clip {i}"
            );
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_batch_has_the_mel_of_each_clip(int number)
    {
        MelSettings settings = Settings(number);
        using MelLayer power = new(settings),
            decibels = new(settings, DecibelSettings.RelativeToMax),
            aboveLeast = new(settings, DecibelSettings.RelativeToMin),
            absolute = new(settings, new DecibelSettings(Reference: 0.5, TopDb: 60));
        MelSpectrogram mel = new(settings);
        AssertEqual(x => mel.Compute(x), power, 1e-5);
        AssertEqual(x => Decibel.FromPower(mel.Compute(x), DecibelSettings.RelativeToMax), decibels, 1e-4);
        AssertEqual(x => Decibel.FromPower(mel.Compute(x), DecibelSettings.RelativeToMin), aboveLeast, 1e-4);
        AssertEqual(
            x => Decibel.FromPower(mel.Compute(x), new DecibelSettings(Reference: 0.5, TopDb: 60)),
            absolute,
            1e-4
        );
        Assert.Empty(power.state_dict());
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_batch_has_the_mfcc_of_each_clip(int number)
    {
        MfccSettings settings = new()
        {
            Coefficients = 13,
            Lifter = number,
            Mel = Settings(number),
        };
        using MfccLayer layer = new(settings);
        AssertEqual(x => new Mfcc(settings).Compute(x), layer, 1e-4);
        Assert.Empty(layer.state_dict());
    }

    [Fact]
    public void Too_few_samples_are_refused()
    {
        using MelLayer mirrored = new(MelSettings.Torchaudio),
            uncentred = new(MelSettings.Librosa with { Centre = false });
        using Tensor few = zeros(2, 200);
        Assert.Throws<FeatureException>(() => mirrored.call(few));
        Assert.Throws<FeatureException>(() => uncentred.call(few));
    }
}
