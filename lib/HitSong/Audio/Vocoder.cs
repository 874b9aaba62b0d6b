using System.Numerics;
using NWaves.Operations.Tsm;
using NWaves.Signals;

namespace HitSong.Audio;

/// <summary>
/// Changes tempo and pitch apart: a phase vocoder with identity phase locking (Laroche and Dolson 1999; NWaves' own
/// frames, 64 ms or more, a quarter of a frame apart) stretches, and resampling makes pitch of a part of it.
/// </summary>
internal static class Vocoder
{
    // The pitch is true to half a step (at most 2.5 cents within ±2 semitones): the finer the steps, the more filters
    // the resampler has to make, which for a short clip takes longer than all else.
    private const int PitchSteps = 400,
        LeastRate = 1000; // that the resampler takes

    /// <summary>Samples altered as <see cref="Waveform.Alter"/> has it.</summary>
    public static float[] Alter(ReadOnlySpan<float> samples, int sampleRate, double stretch, double semitones)
    {
        int pitch = (int)Math.Round(PitchSteps * Math.Pow(2, semitones / 12));
        float[] stretched = Stretch(samples, sampleRate, stretch * pitch / PitchSteps);
        if (pitch == PitchSteps)
            return stretched;
        int scale = LeastRate / (PitchSteps / 2); // twelve semitones down are half the steps
        return AudioFile.Resample(stretched, scale * pitch, scale * PitchSteps);
    }

    private static float[] Stretch(ReadOnlySpan<float> samples, int sampleRate, double factor)
    {
        int frame = (int)BitOperations.RoundUpToPowerOf2((uint)(0.064 * sampleRate)),
            hop = frame / 4;
        // What is stretched is cut or not, but never short of what was asked for.
        int stretchedHop = (int)Math.Ceiling(factor * hop - 1e-6);
        if (stretchedHop == hop)
            return samples.ToArray();

        // A frame of silence on either side: else the ends fade, as fewer frames overlap there.
        float[] padded = new float[frame + samples.Length + frame];
        samples.CopyTo(padded.AsSpan(frame));
        double stretch = (double)stretchedHop / hop;
        PhaseLockingVocoder vocoder = new(stretch, hop, frame);
        float[] stretched = vocoder.ApplyTo(new DiscreteSignal(sampleRate, padded)).Samples;

        // Times are stretched about the middle of the first frame.
        int first = (int)Math.Round(frame / 2 * stretch + frame / 2),
            length = (int)Math.Round(samples.Length * stretch);
        return stretched[first..(first + length)];
    }
}
