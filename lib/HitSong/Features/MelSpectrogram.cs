using HitSong.Numerics;

namespace HitSong.Features;

/// <summary>
/// Mel power spectrogram (librosa <c>feature.melspectrogram</c>, torchaudio <c>MelSpectrogram</c>). Immutable and safe
/// to use from many threads at once; window, twiddle factors and filters are made once.
/// </summary>
/// <example><code>
/// var song = AudioFile.Read("../data/demo/corpus/audio/demo-0001.mp3", new AudioSettings(22_050));
/// var mel = new MelSpectrogram(MelSettings.Librosa with { Bands = 64 }).Compute(song.Samples);
/// (int, int) shape = (mel.Bands, mel.Frames); // (64, 862)
/// new SpectrogramPicture(Decibel.FromPower(mel), MelSettings.Librosa with { Bands = 64 })
/// </code></example>
public sealed unsafe class MelSpectrogram
{
    private readonly FramedPower frames;
    private readonly MelFilterbank filters;

    /// <summary>Prepares an extractor.</summary>
    /// <exception cref="FeatureException">A setting out of its range.</exception>
    public MelSpectrogram(MelSettings settings)
        : this(settings, FramedPower.WidestLanes) { }

    internal MelSpectrogram(MelSettings settings, int lanes)
    {
        Settings = settings;
        frames = new FramedPower(settings.Stft, lanes);
        filters = new MelFilterbank(settings);
    }

    /// <summary>The settings.</summary>
    public MelSettings Settings { get; }

    /// <summary>Mel power, [bands × 1 + samples/hop].</summary>
    /// <param name="samples">Amplitudes at the settings' sample rate, [samples].</param>
    /// <exception cref="FeatureException">No samples, too few to mirror, or one that is not finite.</exception>
    public FeatureMatrix Compute(ReadOnlySpan<float> samples)
    {
        frames.Check(samples);
        int count = frames.Count(samples.Length);
        float[] values = GC.AllocateUninitializedArray<float>(checked(Settings.Bands * count));
        fixed (float* output = values)
        fixed (float* weights = filters.Weights)
            frames.Run(samples, new Sink(output, count, filters, weights));
        return new FeatureMatrix(values, Settings.Bands, count);
    }

    private readonly struct Sink(float* output, int frames, MelFilterbank filters, float* weights) : IPowerSink
    {
        public void Take<TLanes>(float* power, int frame, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            int lanes = TLanes.Count;
            for (int band = 0; band < filters.FirstBin.Length; band++)
            {
                float* from = power + filters.FirstBin[band] * lanes;
                float* weight = weights + filters.Offset[band],
                    end = weights + filters.Offset[band + 1];
                // Two sums, so that one addition need not wait for the other.
                TLanes even = TLanes.Zero,
                    odd = TLanes.Zero;
                for (; weight < end - 1; weight += 2, from += 2 * lanes)
                {
                    even = TLanes.MultiplyAdd(TLanes.Load(from), weight[0], even);
                    odd = TLanes.MultiplyAdd(TLanes.Load(from + lanes), weight[1], odd);
                }
                if (weight < end)
                    even = TLanes.MultiplyAdd(TLanes.Load(from), weight[0], even);
                FramedPower.Write(even + odd, output + (nint)band * frames + frame, count);
            }
        }
    }
}
