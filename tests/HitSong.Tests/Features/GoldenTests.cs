using System.Text.RegularExpressions;
using HitSong.Audio;
using HitSong.Features;
using Tests;

namespace HitSong.Tests.Features;

/// <summary>librosa's and torchaudio's own numbers for real recordings.</summary>
public sealed partial class GoldenTests
{
    [GeneratedRegex(@"^(\w+)\.(librosa|torchaudio)\.(\w+?)(?:13|20)?\.n(\d+)\.h(\d+)(?:\.m(\d+))?\.npy$")]
    private static partial Regex Name();

    [SkippableFact]
    public void Every_golden_file_is_met()
    {
        string folder = Repository.Shared("golden");
        string[] files = Directory.GetFiles(folder, "*.npy");
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            Match name = Name().Match(Path.GetFileName(file));
            Assert.True(name.Success, file);
            string recording =
                name.Groups[1].Value == "fishin"
                    ? "lets-go-fishin.44k1.mono.f32.wav"
                    : "hungarian-dance-5.22k05.mono.wav";
            Waveform waveform = AudioFile.Read(Repository.Shared("audio/" + recording), duration: 5);
            FeatureMatrix expected = Npy.Read(file);
            FeatureMatrix actual = Compute(name, waveform, expected.Bands);
            double tolerance = name.Groups[3].Value.Contains("_db") ? 1e-3 : 1e-4 * expected.Values.Max(MathF.Abs);
            AssertNear(expected, actual, tolerance, Path.GetFileName(file));
        }
    }

    private static FeatureMatrix Compute(Match name, Waveform waveform, int rows)
    {
        bool librosa = name.Groups[2].Value == "librosa";
        int length = int.Parse(name.Groups[4].Value),
            hop = int.Parse(name.Groups[5].Value);
        string kind = name.Groups[3].Value;
        if (kind == "stft_magnitude")
            return FirstFrames(
                new Stft(new StftSettings { FftLength = length, HopLength = hop }).Magnitude(waveform.Samples),
                20
            );

        MelSettings mel = (librosa ? MelSettings.Librosa : MelSettings.Torchaudio) with
        {
            SampleRate = waveform.SampleRate,
            FftLength = length,
            HopLength = hop,
            Bands = int.Parse(name.Groups[6].Value),
        };
        switch (kind)
        {
            case "mel_power":
                return new MelSpectrogram(mel).Compute(waveform.Samples);
            case "mel_power_htk":
                return new MelSpectrogram(
                    mel with
                    {
                        Scale = MelScale.Htk,
                        Norm = MelNorm.None,
                        MinFrequency = 50,
                        MaxFrequency = 8000,
                    }
                ).Compute(waveform.Samples);
            case "mel_db_refmax_top80":
                return Decibel.FromPower(
                    new MelSpectrogram(mel).Compute(waveform.Samples),
                    DecibelSettings.RelativeToMax
                );
            case "mfcc":
                return new Mfcc(new MfccSettings { Coefficients = rows, Mel = mel }).Compute(waveform.Samples);
            default:
                throw new ArgumentException($"no feature is called {kind}");
        }
    }

    private static FeatureMatrix FirstFrames(FeatureMatrix matrix, int frames)
    {
        float[] values = new float[matrix.Bands * frames];
        for (int band = 0; band < matrix.Bands; band++)
            matrix.Values.AsSpan(band * matrix.Frames, frames).CopyTo(values.AsSpan(band * frames));
        return new FeatureMatrix(values, matrix.Bands, frames);
    }

    internal static void AssertNear(FeatureMatrix expected, FeatureMatrix actual, double tolerance, string what)
    {
        Assert.True(
            (expected.Bands, expected.Frames) == (actual.Bands, actual.Frames),
            $"{what}: [{actual.Bands} × {actual.Frames}] instead of [{expected.Bands} × {expected.Frames}]"
        );
        double worst = 0;
        for (int i = 0; i < expected.Values.Length; i++)
        {
            double difference = Math.Abs((double)expected.Values[i] - actual.Values[i]);
            if (!(difference <= worst))
                worst = difference;
        }
        Assert.True(worst <= tolerance, $"{what}: off by {worst}, allowed {tolerance}");
    }
}
