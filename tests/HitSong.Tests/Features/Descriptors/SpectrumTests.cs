using System.Globalization;
using System.Runtime.InteropServices;
using HitSong.Audio;
using HitSong.Features.Descriptors;
using Tests;

namespace HitSong.Tests.Features.Descriptors;

/// <summary>
/// What is made of the short spectrum, beside the definitions in NumPy and SciPy, in double precision.
/// </summary>
public sealed class SpectrumTests : IDisposable
{
    private const string Script = """
        import sys, numpy as np, scipy.signal, scipy.fft, scipy.ndimage
        sr = 22050
        x = np.fromfile(sys.argv[1], dtype=np.float32).astype(np.float64)
        win = scipy.signal.get_window('hann', 2048, fftbins=True)
        p = np.pad(x, 1024)
        S = np.abs(scipy.fft.rfft(np.lib.stride_tricks.sliding_window_view(p, 2048)[::512].T * win[:, None], axis=0))
        P = S ** 2
        freq = np.linspace(0, sr / 2, 1025)
        on = P.sum(0) > max(1e-10, 1e-6 * P.sum(0).max())
        assert 10 < on.sum() < len(on)
        def both(name, v): print(name, v[on].mean()); print(name + ' deviation', v[on].std())
        share = S / np.where(S.sum(0) > 0, S.sum(0), 1)
        c = (freq[:, None] * share).sum(0)
        both('centroid', c)
        both('spread', np.sqrt((share * (freq[:, None] - c) ** 2).sum(0)))
        total = np.cumsum(S, axis=0)
        both('rolloff', freq[np.argmax(total >= 0.85 * total[-1], axis=0)])
        T = np.maximum(1e-10, P)
        both('flatness', np.exp(np.log(T).mean(0)) / T.mean(0))
        e = np.pad(x, 1024, mode='edge'); s = np.signbit(np.where(np.abs(e) <= 1e-10, 0, e))
        z = np.lib.stride_tricks.sliding_window_view(s, 2048)[::512]
        both('crossings', (z[:, 1:] != z[:, :-1]).mean(1) * 2047 / 2048)
        def db(s):
            d = 10 * np.log10(np.maximum(1e-10, s))
            return np.maximum(d, d.max() - 80)
        edges = np.zeros(8); edges[1:] = 200 * 2.0 ** np.arange(7)
        high, low = [], []
        for k, (a, b) in enumerate(zip(edges[:-1], edges[1:])):
            band = (freq >= a) & (freq <= b)
            i = np.flatnonzero(band)
            if k > 0: band[i[0] - 1] = True
            if k == 6: band[i[-1] + 1:] = True
            part = S[band]
            n = max(1, int(np.rint(0.02 * band.sum())))
            if k < 6: part = part[:-1]
            part = np.sort(part, axis=0)
            low.append(part[:n].mean(0)); high.append(part[-n:].mean(0))
        contrast = db(np.array(high)) - db(np.array(low))
        for k in range(7): both(f'contrast {k}', contrast[k])
        H = scipy.ndimage.median_filter(P, size=(1, 17), mode='reflect')
        V = scipy.ndimage.median_filter(P, size=(17, 1), mode='reflect')
        with np.errstate(invalid='ignore'): m = np.where(H + V > 0, H / (H + V), 0.5)
        print('harmonic', (P * m).sum() / P.sum())
        def mel(f): return np.where(f < 1000, f * 3 / 200, 15 + np.log(np.maximum(f, 1e-9) / 1000) * 27 / np.log(6.4))
        def hz(m): return np.where(m < 15, m * 200 / 3, 1000 * np.exp((m - 15) * np.log(6.4) / 27))
        f = hz(np.linspace(0, float(mel(np.array(sr / 2))), 130))
        up = (freq[None] - f[:-2, None]) / (f[1:-1] - f[:-2])[:, None]
        down = (f[2:, None] - freq[None]) / (f[2:] - f[1:-1])[:, None]
        bank = np.maximum(0, np.minimum(up, down)) * (2 / (f[2:] - f[:-2]))[:, None]
        mfcc = scipy.fft.dct(db(bank @ P), axis=0, type=2, norm='ortho')[:13]
        for k in range(13): print(f'mfcc {k}', mfcc[k][on].mean())
        C = np.cov(mfcc[:, on], bias=True)
        for j, k in ((0, 0), (3, 1), (12, 5), (12, 12)): print(f'covariance {j} {k}', C[j, k])
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(9.7)] // more frames than are measured at a time
    [InlineData(0.35)] // fewer than a median's window
    [InlineData(5.43)] // so many that some are left after the first
    public void As_the_definitions(double seconds)
    {
        Random random = new(5);
        int length = (int)(seconds * SpectrumMeter.SampleRate);
        float[] samples =
        [
            .. Enumerable
                .Range(0, length)
                .Select(i =>
                    i > length / 2 && i < 0.9 * length
                        ? 0f
                        : (float)(
                            0.2 * Math.Sin(0.05 * i + 1e-6 * (double)i * i)
                            + 0.1 * Math.Sin(0.2 * i)
                            + (i % 9000 < 500 ? 0.3 : 0.002) * (random.NextDouble() - 0.5)
                        )
                ),
        ];
        if (seconds < 1)
            samples = [.. samples, .. new float[12_000]];
        string path = folder.At("signal.f32");
        File.WriteAllBytes(path, MemoryMarshal.AsBytes(samples.AsSpan()).ToArray());
        Dictionary<string, double> expected = Python
            .Run(Script, path)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(
                line => line[..line.LastIndexOf(' ')],
                line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)
            );

        SoundDescription sound = SoundDescription.Of(new Waveform(samples, SpectrumMeter.SampleRate));
        Dictionary<string, double> actual = [];
        Add("centroid", sound.Spectrum.Centroid);
        Add("spread", sound.Spectrum.Spread);
        Add("rolloff", sound.Spectrum.Rolloff);
        Add("flatness", sound.Spectrum.Flatness);
        Add("crossings", sound.Spectrum.ZeroCrossings);
        for (int band = 0; band < 7; band++)
            Add($"contrast {band}", sound.Spectrum.Contrast[band]);
        actual["harmonic"] = sound.Balance.Harmonic;
        for (int k = 0; k < 13; k++)
            actual[$"mfcc {k}"] = sound.Timbre.Mean[k];
        foreach ((int j, int k) in ((int, int)[])[(0, 0), (3, 1), (12, 5), (12, 12)])
            actual[$"covariance {j} {k}"] = sound.Timbre.Covariance[j, k];

        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach ((string name, double value) in expected)
        {
            // float32 throughout; a rolloff may fall to the next bin (10.8 Hz) in a frame or two.
            double tolerance = name.StartsWith("rolloff") ? 1 : 2e-3 * Math.Max(0.1, Math.Abs(value));
            Assert.True(Math.Abs(value - actual[name]) <= tolerance, $"{name}: {value} expected, {actual[name]} found");
        }
        Assert.Equal(1, sound.Balance.Harmonic + sound.Balance.Percussive, 1e-9);

        void Add(string name, Moments moments)
        {
            actual[name] = moments.Mean;
            actual[name + " deviation"] = moments.Deviation;
        }
    }
}
