using System.Numerics;
using System.Runtime.InteropServices;

namespace HitSong.Features;

/// <summary>
/// Mel-frequency cepstral coefficients (Davis and Mermelstein 1980), as librosa's <c>feature.mfcc</c> and torchaudio's
/// <c>MFCC</c> compute them: the orthonormal DCT-II of the mel spectrogram in dB (reference 1, amin 1e-10, 80 dB below
/// its largest value at most). Immutable and safe to use from many threads at once.
/// </summary>
/// <example><code>
/// var song = AudioFile.Read("../data/demo/corpus/audio/demo-0001.mp3", new AudioSettings(22_050));
/// var mfcc = new Mfcc(MfccSettings.Librosa with { Coefficients = 13 }).Compute(song.Samples);
/// (mfcc.Bands, mfcc.Frames) // (13, 862)
/// </code></example>
public sealed class Mfcc
{
    private readonly MelSpectrogram mel;
    private readonly float[] dct; // [coefficients, bands]

    /// <summary>Prepares an extractor.</summary>
    /// <exception cref="FeatureException">A setting out of its range.</exception>
    public Mfcc(MfccSettings settings)
    {
        Settings = settings;
        dct = Transform(settings);
        mel = new MelSpectrogram(settings.Mel);
    }

    /// <summary>The orthonormal DCT-II with the lifter, [coefficients, bands].</summary>
    internal static float[] Transform(MfccSettings settings)
    {
        int bands = settings.Mel.Bands;
        if (settings.Coefficients < 1 || settings.Coefficients > bands)
            throw new FeatureException(
                $"Coefficients is {settings.Coefficients}; it lies between 1 and {bands}, the number of mel bands"
            );
        if (settings.Lifter < 0)
            throw new FeatureException($"Lifter is {settings.Lifter}; it is 0 or a number of coefficients");
        float[] dct = new float[settings.Coefficients * bands];
        for (int k = 0; k < settings.Coefficients; k++)
        {
            double scale = Math.Sqrt((k == 0 ? 1.0 : 2.0) / bands);
            if (settings.Lifter > 0)
                scale *= 1 + settings.Lifter / 2.0 * Math.Sin(Math.PI * (k + 1) / settings.Lifter);
            for (int band = 0; band < bands; band++)
                dct[k * bands + band] = (float)(scale * Math.Cos(Math.PI * k * (2 * band + 1) / (2.0 * bands)));
        }
        return dct;
    }

    /// <summary>The settings.</summary>
    public MfccSettings Settings { get; }

    /// <summary>Coefficients, [coefficients × 1 + samples/hop].</summary>
    /// <param name="samples">Amplitudes at the mel settings' sample rate, [samples].</param>
    /// <exception cref="FeatureException">No samples, too few to mirror, or one that is not finite.</exception>
    public FeatureMatrix Compute(ReadOnlySpan<float> samples)
    {
        FeatureMatrix decibels = mel.Compute(samples);
        Decibel.FromPower(decibels.Values, decibels.Values, new DecibelSettings());
        float[] values = new float[Settings.Coefficients * decibels.Frames];
        for (int k = 0; k < Settings.Coefficients; k++)
        {
            Span<float> row = values.AsSpan(k * decibels.Frames, decibels.Frames);
            for (int band = 0; band < decibels.Bands; band++)
                AddScaled(
                    row,
                    decibels.Values.AsSpan(band * decibels.Frames, decibels.Frames),
                    dct[k * decibels.Bands + band]
                );
        }
        return new FeatureMatrix(values, Settings.Coefficients, decibels.Frames);
    }

    private static void AddScaled(Span<float> sum, ReadOnlySpan<float> values, float factor)
    {
        Span<Vector<float>> sums = MemoryMarshal.Cast<float, Vector<float>>(sum);
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (int i = 0; i < sums.Length; i++)
            sums[i] += vectors[i] * factor;
        for (int i = sums.Length * Vector<float>.Count; i < sum.Length; i++)
            sum[i] += values[i] * factor;
    }
}
