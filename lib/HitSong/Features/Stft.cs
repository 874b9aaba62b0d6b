using HitSong.Numerics;

namespace HitSong.Features;

/// <summary>
/// Short-time Fourier transform (librosa <c>stft</c>, torchaudio <c>Spectrogram</c>). Immutable and safe to use from
/// many threads at once; window and twiddle factors are made once.
/// </summary>
/// <example><code>
/// var song = AudioFile.Read("../data/demo/corpus/audio/demo-0001.mp3", new AudioSettings(22_050));
/// var magnitude = new Stft(StftSettings.Librosa).Magnitude(song.Samples);
/// (magnitude.Bands, magnitude.Frames) // (1025, 862)
/// </code></example>
public sealed unsafe class Stft
{
    private readonly FramedPower frames;

    /// <summary>Prepares a transform.</summary>
    /// <exception cref="FeatureException">A setting out of its range.</exception>
    public Stft(StftSettings settings)
        : this(settings, FramedPower.WidestLanes) { }

    internal Stft(StftSettings settings, int lanes)
    {
        Settings = settings;
        frames = new FramedPower(settings, lanes);
    }

    /// <summary>The settings.</summary>
    public StftSettings Settings { get; }

    /// <summary>|X|, [1 + n_fft/2 × 1 + samples/hop], of odd n_fft 1 + (samples − 1)/hop frames.</summary>
    /// <param name="samples">Amplitudes, [samples].</param>
    /// <exception cref="FeatureException">No samples, too few to mirror, or one that is not finite.</exception>
    public FeatureMatrix Magnitude(ReadOnlySpan<float> samples) => Compute(samples, magnitude: true);

    /// <summary>|X|², [1 + n_fft/2 × 1 + samples/hop], of odd n_fft 1 + (samples − 1)/hop frames.</summary>
    /// <param name="samples">Amplitudes, [samples].</param>
    /// <exception cref="FeatureException">No samples, too few to mirror, or one that is not finite.</exception>
    public FeatureMatrix Power(ReadOnlySpan<float> samples) => Compute(samples, magnitude: false);

    private FeatureMatrix Compute(ReadOnlySpan<float> samples, bool magnitude)
    {
        frames.Check(samples);
        int count = frames.Count(samples.Length);
        float[] values = GC.AllocateUninitializedArray<float>(checked(frames.Bins * count));
        fixed (float* output = values)
            frames.Run(samples, new Sink(output, frames.Bins, count, magnitude));
        return new FeatureMatrix(values, frames.Bins, count);
    }

    private readonly struct Sink(float* output, int bins, int frames, bool magnitude) : IPowerSink
    {
        public void Take<TLanes>(float* power, int frame, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            int lanes = TLanes.Count;
            for (int bin = 0; bin < bins; bin++)
            {
                TLanes value = TLanes.Load(power + bin * lanes);
                FramedPower.Write(magnitude ? TLanes.Sqrt(value) : value, output + (nint)bin * frames + frame, count);
            }
        }
    }
}
