using System.Globalization;
using HitSong.Features;
using Tests;

namespace HitSong.Tests.Features;

/// <summary>
/// What librosa's documentation and papers define, computed with NumPy and SciPy step by step in double precision,
/// beside ours.
/// </summary>
public sealed class LibrosaFormulaTests : IDisposable
{
    private const string Prelude = """
        import sys, numpy as np, scipy.signal, scipy.fft
        folder, sr = sys.argv[1], 22050
        x = np.fromfile(folder + '/signal.f32', dtype=np.float32).astype(np.float64)
        def save(name, a): np.save(f'{folder}/{name}.npy', np.ascontiguousarray(np.atleast_2d(a).astype(np.float32)))
        def frames(x, n, hop): return np.lib.stride_tricks.sliding_window_view(x, n)[::hop].T
        def stft(x, n=2048, hop=512, window='hann', win=None, center=True, mode='constant'):
            w = scipy.signal.get_window(window, win or n, fftbins=True)
            w = np.pad(w, ((n - len(w)) // 2, n - len(w) - (n - len(w)) // 2))
            if center: x = np.pad(x, n // 2, mode=mode)
            return np.abs(scipy.fft.rfft(frames(x, n, hop) * w[:, None], axis=0))
        def db(s, top=80):
            d = 10 * np.log10(np.maximum(1e-10, s))
            return np.maximum(d, d.max() - top)
        S = stft(x)
        freq = np.linspace(0, sr / 2, 1025)

        """;

    private readonly TemporaryFolder folder = new();

    // A sweep, a tone that comes and goes, noise, and a second of silence.
    private static readonly float[] Signal = Make();

    public void Dispose() => folder.Dispose();

    private static float[] Make()
    {
        Random random = new(3);
        return [.. Enumerable.Range(0, 44_100).Select(i => i is > 22_050 and < 33_000 ? 0 : (float)Sample(i))];

        double Sample(int i)
        {
            double sweep = 0.3 * Math.Sin(0.02 * i + 2e-6 * i * i);
            double beat = 0.2 * Math.Sin(0.3 * i) * Math.Sin(0.001 * i);
            return sweep + beat + 0.05 * (random.NextDouble() - 0.5);
        }
    }

    private void Expect(string script, params (string Name, FeatureMatrix Actual, double Tolerance)[] features) =>
        Expect(Signal, script, features);

    private void Expect(
        float[] signal,
        string script,
        params (string Name, FeatureMatrix Actual, double Tolerance)[] features
    )
    {
        File.WriteAllBytes(
            folder.At("signal.f32"),
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(signal.AsSpan()).ToArray()
        );
        Python.Run(Prelude + script, folder.Path);
        foreach ((string name, FeatureMatrix actual, double tolerance) in features)
        {
            FeatureMatrix expected = Npy.Read(folder.At(name + ".npy"));
            Assert.True(expected.Values.Max() > expected.Values.Min(), $"{name} tells nothing");
            GoldenTests.AssertNear(expected, actual, tolerance * expected.Values.Max(MathF.Abs), name);
        }
    }

    [Fact]
    public void Windows_and_framing()
    {
        StftSettings of = StftSettings.Librosa;
        StftSettings hamming = of with { Window = Window.Hamming };
        StftSettings blackman = of with
        {
            FftLength = 1024,
            HopLength = 300,
            Window = Window.Blackman,
            WindowLength = 800,
            Padding = Padding.Reflect,
        };
        StftSettings boxcar = of with
        {
            FftLength = 1000,
            HopLength = 250,
            Window = Window.Rectangular,
            WindowLength = 501,
        };
        StftSettings uncentred = of with { FftLength = 512, HopLength = 128, Centre = false };
        // 44,100 samples are 147 hops; half an odd frame, rounded down, at either end leaves room for no frame there.
        StftSettings odd = of with { FftLength = 1001, HopLength = 300 },
            oddUncentred = odd with { Centre = false };
        Expect(
            """
            save('hamming', stft(x, window='hamming'))
            save('blackman', stft(x, 1024, 300, 'blackman', 800, mode='reflect'))
            save('boxcar', stft(x, 1000, 250, 'boxcar', 501))
            save('uncentred', stft(x, 512, 128, center=False))
            save('odd', stft(x, 1001, 300))
            save('odd uncentred', stft(x, 1001, 300, center=False))
            """,
            ("hamming", new Stft(hamming).Magnitude(Signal), 1e-6),
            ("blackman", new Stft(blackman).Magnitude(Signal), 1e-6),
            ("boxcar", new Stft(boxcar).Magnitude(Signal), 1e-6),
            ("uncentred", new Stft(uncentred).Magnitude(Signal), 1e-6),
            ("odd", new Stft(odd).Magnitude(Signal), 1e-6),
            ("odd uncentred", new Stft(oddUncentred).Magnitude(Signal), 1e-6)
        );
        Assert.Contains(
            "fewer than a frame",
            Assert.Throws<FeatureException>(() => new Stft(of with { Centre = false }).Power(new float[2047])).Message
        );
        Assert.Contains(
            "WindowLength",
            Assert.Throws<FeatureException>(() => new Stft(of with { WindowLength = 2049 })).Message
        );
    }

    [Fact]
    public void Spectral_shape()
    {
        FeatureMatrix magnitude = new Stft(StftSettings.Librosa).Magnitude(Signal);
        Expect(
            """
            P = S / np.where(S.sum(0) > 0, S.sum(0), 1)
            centroid = (freq[:, None] * P).sum(0)
            save('centroid', centroid)
            save('bandwidth', np.sqrt((P * (freq[:, None] - centroid) ** 2).sum(0)))
            for share in (0.85, 0.5):
                total = np.cumsum(S, axis=0)
                reached = np.where(total < share * total[-1], np.nan, 1)
                save(f'rolloff{share}', np.nanmin(reached * freq[:, None], axis=0))
            T = np.maximum(1e-10, S ** 2)
            save('flatness', np.exp(np.log(T).mean(0)) / T.mean(0))
            octa = np.zeros(8); octa[1:] = 200 * 2.0 ** np.arange(7)
            valley, peak = np.zeros((7, S.shape[1])), np.zeros((7, S.shape[1]))
            for k, (low, high) in enumerate(zip(octa[:-1], octa[1:])):
                band = (freq >= low) & (freq <= high)
                i = np.flatnonzero(band)
                if k > 0: band[i[0] - 1] = True
                if k == 6: band[i[-1] + 1:] = True
                sub = S[band]
                if k < 6: sub = sub[:-1]
                count = int(max(np.rint(0.02 * band.sum()), 1))
                s = np.sort(sub, axis=0)
                valley[k], peak[k] = s[:count].mean(0), s[-count:].mean(0)
            save('contrast', db(peak) - db(valley))
            """,
            ("centroid", SpectralFeatures.Centroid(magnitude, 22050), 1e-5),
            ("bandwidth", SpectralFeatures.Bandwidth(magnitude, 22050), 1e-5),
            ("rolloff0.85", SpectralFeatures.Rolloff(magnitude, 22050), 1e-6),
            ("rolloff0.5", SpectralFeatures.Rolloff(magnitude, 22050, 0.5), 1e-6),
            ("flatness", SpectralFeatures.Flatness(magnitude), 1e-4),
            ("contrast", SpectralFeatures.Contrast(magnitude, 22050), 1e-4)
        );
        Assert.Contains(
            "share",
            Assert.Throws<FeatureException>(() => SpectralFeatures.Rolloff(magnitude, 22050, 1)).Message
        );
        Assert.Contains(
            "octaves",
            Assert.Throws<FeatureException>(() => SpectralFeatures.Contrast(magnitude, 8000)).Message
        );
    }

    [Fact]
    public void Chroma_of_pitches()
    {
        Expect(
            """
            f = np.linspace(0, sr, 2048, endpoint=False)[1:]
            for tuning in (0, 0.3):
                bins = 12 * np.log2(f / (440.0 * 2 ** (tuning / 12) / 16))
                bins = np.concatenate(([bins[0] - 18], bins))
                width = np.concatenate((np.maximum(bins[1:] - bins[:-1], 1), [1]))
                D = np.subtract.outer(bins, np.arange(12)).T
                D = np.remainder(D + 6 + 120, 12) - 6
                w = np.exp(-0.5 * (2 * D / width) ** 2)
                w /= np.sqrt((w ** 2).sum(0))
                w *= np.exp(-0.5 * ((bins / 12 - 5) / 2) ** 2)
                c = np.roll(w, -3, axis=0)[:, :1025] @ S ** 2
                save(f'chroma{tuning}', c / np.where(c.max(0) > 1e-37, c.max(0), 1))
            """,
            ("chroma0", Chroma.Compute(new Stft(StftSettings.Librosa).Power(Signal), 22050), 1e-4),
            ("chroma0.3", Chroma.Compute(new Stft(StftSettings.Librosa).Power(Signal), 22050, 0.3), 1e-4)
        );

        float[] a = [.. Enumerable.Range(0, 22050).Select(i => MathF.Sin(2 * MathF.PI * 440 * i / 22050))];
        FeatureMatrix chroma = Chroma.Compute(new Stft(StftSettings.Librosa).Power(a), 22050);
        Assert.Equal("A", Chroma.Classes[Enumerable.Range(0, 12).MaxBy(c => chroma[c, 20])]);
    }

    [Fact]
    public void Loudness_and_zero_crossings() =>
        Expect(
            """
            save('rms', np.sqrt((frames(np.pad(x, 1024), 2048, 512) ** 2).mean(0)))
            save('rms_odd', np.sqrt((frames(np.pad(x, 500), 1001, 300) ** 2).mean(0)))
            y = frames(np.pad(x, 1024, mode='edge'), 2048, 512)
            sign = np.signbit(np.where(np.abs(y) <= 1e-10, 0, y))
            save('zcr', (sign[1:] != sign[:-1]).sum(0) / 2048)
            """,
            ("rms", FrameFeatures.Rms(Signal), 1e-6),
            ("rms_odd", FrameFeatures.Rms(Signal, 1001, 300), 1e-6),
            ("zcr", FrameFeatures.ZeroCrossingRate(Signal), 1e-6)
        );

    [Fact]
    public void Delta_liftering_and_decibels_of_amplitudes()
    {
        FeatureMatrix mfcc = new Mfcc(MfccSettings.Librosa).Compute(Signal),
            magnitude = new Stft(StftSettings.Librosa).Magnitude(Signal);
        File.WriteAllBytes(
            folder.At("mfcc.f32"),
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(mfcc.Values.AsSpan()).ToArray()
        );
        Expect(
            """
            m = np.fromfile(folder + '/mfcc.f32', dtype=np.float32).reshape(20, -1).astype(np.float64)
            save('delta', scipy.signal.savgol_filter(m, 9, polyorder=1, deriv=1, mode='interp'))
            save('delta2', scipy.signal.savgol_filter(m, 9, polyorder=2, deriv=2, mode='interp'))
            save('delta5', scipy.signal.savgol_filter(m, 5, polyorder=1, deriv=1, mode='interp'))
            save('liftered', m * (1 + 22 / 2 * np.sin(np.pi * np.arange(1, 21) / 22))[:, None])
            save('decibels', db(S ** 2))
            """,
            ("delta", Delta.Compute(mfcc), 1e-5),
            ("delta2", Delta.Compute(mfcc, order: 2), 1e-5),
            ("delta5", Delta.Compute(mfcc, width: 5), 1e-5),
            ("liftered", new Mfcc(MfccSettings.Librosa with { Lifter = 22 }).Compute(Signal), 1e-5),
            ("decibels", Decibel.FromAmplitude(magnitude), 1e-4)
        );
        Assert.Contains("width", Assert.Throws<FeatureException>(() => Delta.Compute(mfcc, width: 4)).Message);
        Assert.Contains(
            "frames",
            Assert.Throws<FeatureException>(() => Delta.Compute(new(new float[5], 1, 5))).Message
        );
    }

    [Theory]
    [InlineData(0.5, 120)]
    [InlineData(0.6, 100)]
    [InlineData(0.4, 150)]
    public void Onsets_and_tempo(double secondsABeat, double beatsAMinute)
    {
        Random random = new(9);
        float[] clicks =
        [
            .. Enumerable
                .Range(0, 12 * 22050)
                .Select(i => (float)(Math.Exp(-i % (int)(secondsABeat * 22050) / 600.0) * (random.NextDouble() - 0.5))),
        ];
        FeatureMatrix mel = Decibel.FromPower(new MelSpectrogram(MelSettings.Librosa).Compute(clicks)),
            onsets = Rhythm.OnsetStrength(clicks);
        File.WriteAllBytes(
            folder.At("mel.f32"),
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(mel.Values.AsSpan()).ToArray()
        );
        Expect(
            clicks,
            """
            m = np.fromfile(folder + '/mel.f32', dtype=np.float32).reshape(128, -1).astype(np.float64)
            onset = np.maximum(0, m[:, 1:] - m[:, :-1]).mean(0)
            onset = np.pad(onset, (1 + 2048 // 1024, 0))[:m.shape[1]]
            save('onset', onset)
            win = int(8.0 * sr / 512)
            p = np.pad(onset, win // 2, mode='linear_ramp', end_values=[0, 0])
            f = frames(p, win, 1)[:, :len(onset)] * scipy.signal.get_window('hann', win, fftbins=True)[:, None]
            size = scipy.fft.next_fast_len(2 * win - 1)
            a = scipy.fft.irfft(np.abs(scipy.fft.rfft(f, size, axis=0)) ** 2, size, axis=0)[:win]
            g = (a / np.abs(a).max(0)).mean(1)
            bpm = np.zeros(win); bpm[0] = np.inf; bpm[1:] = 60 * sr / (512 * np.arange(1.0, win))
            prior = -0.5 * (np.log2(bpm) - np.log2(120)) ** 2
            prior[:np.argmax(bpm < 320)] = -np.inf
            # feature.tempogram: the same with its own window, scaled to each frame's largest value.
            p = np.pad(onset, 192, mode='linear_ramp', end_values=[0, 0])
            f = frames(p, 384, 1)[:, :len(onset)] * scipy.signal.get_window('hann', 384, fftbins=True)[:, None]
            a = scipy.fft.irfft(np.abs(scipy.fft.rfft(f, 800, axis=0)) ** 2, 800, axis=0)[:384]
            save('tempogram', a / np.abs(a).max(0))
            open(folder + '/tempo', 'w').write(repr(float(bpm[np.argmax(np.log1p(1e6 * g) + prior)])))
            """,
            ("onset", onsets, 1e-5),
            ("tempogram", Rhythm.Tempogram(onsets), 1e-5)
        );
        FeatureMatrix shortest = Rhythm.Tempogram(onsets, lags: 40);
        Assert.Equal((40, onsets.Frames), (shortest.Bands, shortest.Frames));
        Assert.Equal(Rhythm.Tempogram(onsets)[39, 100], shortest[39, 100]);
        Assert.Contains("385 lags", Assert.Throws<FeatureException>(() => Rhythm.Tempogram(onsets, lags: 385)).Message);
        double tempo = Rhythm.Tempo(onsets);
        Assert.Equal(double.Parse(File.ReadAllText(folder.At("tempo")), CultureInfo.InvariantCulture), tempo, 1e-9);
        Assert.InRange(tempo, 0.96 * beatsAMinute, 1.04 * beatsAMinute);
    }
}
