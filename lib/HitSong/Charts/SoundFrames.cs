using HitSong.Features;

namespace HitSong.Charts;

/// <summary>What a <see cref="SoundPicture"/> shows of a recording, frame by frame, 43 a second.</summary>
/// <param name="Lows">The least amplitude of each frame, [frames].</param>
/// <param name="Highs">The greatest, [frames].</param>
/// <param name="Mel">Mel spectrogram, dB, [128 × frames].</param>
/// <param name="Chroma">[12 × frames].</param>
internal sealed record SoundFrames(float[] Lows, float[] Highs, FeatureMatrix Mel, FeatureMatrix Chroma)
{
    /// <summary>Hz, of the sound that is looked at.</summary>
    public const int SampleRate = 22_050;

    private const int FramesAtOnce = 512;

    // Frames are centred here: before the first sample lies half a frame of silence.
    private static readonly MelSettings Uncentred = MelSettings.Librosa with { Centre = false };

    /// <summary>Looks at a sound part by part, so that of a long one no more is held than what is shown.</summary>
    /// <param name="read">Gives the next samples at 22,050 Hz: fewer than there is room for at the end only.</param>
    /// <param name="tuning">Semitones from A = 440 Hz.</param>
    /// <exception cref="FeatureException">There is no sample, or one that is not finite.</exception>
    public static SoundFrames Of(Func<Memory<float>, int> read, double tuning)
    {
        int hop = Uncentred.HopLength,
            half = Uncentred.FftLength / 2;
        MelSpectrogram mel = new(Uncentred);
        Stft stft = new(Uncentred.Stft);
        List<float> lows = [],
            highs = [];
        List<FeatureMatrix> mels = [],
            chromas = [];
        int room = (FramesAtOnce - 1) * hop + 2 * half,
            held = half;
        float[] samples = new float[room + half];
        for (bool isAtEnd = false; !isAtEnd; )
        {
            int got = read(samples.AsMemory(held..room));
            isAtEnd = held + got < room;
            held += got;
            if (isAtEnd)
            {
                samples.AsSpan(held, half).Clear();
                held += half;
            }
            int frames = (held - 2 * half) / hop + 1;
            if (held < 2 * half || (lows.Count == 0 && got == 0))
                break;
            Span<float> part = samples.AsSpan(0, (frames - 1) * hop + 2 * half);
            mels.Add(mel.Compute(part));
            chromas.Add(Features.Chroma.Compute(stft.Power(part), SampleRate, tuning));
            for (int frame = 0; frame < frames; frame++)
            {
                Span<float> middle = part.Slice(frame * hop + half - hop / 2, hop);
                lows.Add(System.Numerics.Tensors.TensorPrimitives.Min<float>(middle));
                highs.Add(System.Numerics.Tensors.TensorPrimitives.Max<float>(middle));
            }
            int used = frames * hop;
            samples.AsSpan(used, held - used).CopyTo(samples);
            held -= used;
        }
        if (lows.Count == 0)
            throw new FeatureException("there is no sound to draw");
        FeatureMatrix joined = Joined(mels);
        Decibel.FromPower(joined.Values, joined.Values, new DecibelSettings());
        return new([.. lows], [.. highs], joined, Joined(chromas));
    }

    private static FeatureMatrix Joined(List<FeatureMatrix> parts)
    {
        int bands = parts[0].Bands,
            frames = parts.Sum(part => part.Frames),
            at = 0;
        float[] values = new float[checked(bands * frames)];
        foreach (FeatureMatrix part in parts)
        {
            for (int band = 0; band < bands; band++)
                part.Values.AsSpan(band * part.Frames, part.Frames).CopyTo(values.AsSpan(band * frames + at));
            at += part.Frames;
        }
        return new(values, bands, frames);
    }
}
