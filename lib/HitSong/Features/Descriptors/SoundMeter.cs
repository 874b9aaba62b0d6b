using System.Numerics.Tensors;
using HitSong.Audio;

namespace HitSong.Features.Descriptors;

/// <summary>
/// Takes a recording block by block and gives each to what measures: all channels at their rate for loudness, peak and
/// quality; their mean at 22,050 Hz for the rest.
/// </summary>
internal sealed class SoundMeter
{
    private const int LeastBlock = 1 << 14;

    private readonly int channels;
    private readonly LoudnessMeter loudness;
    private readonly TruePeakMeter truePeak;
    private readonly QualityMeter quality;
    private readonly SpectrumMeter spectrum = new();
    private readonly KeyFinder key = new();

    // Null: the recording has that rate.
    private readonly Resampler? resampler;
    private readonly float[] resampled;

    // The mean of the channels, of which the next are resampled: held, from begin on.
    private float[] mono;
    private int held;
    private long begin,
        next;

    /// <param name="sampleRate">Hz.</param>
    /// <param name="weights">What each channel counts in the loudness, [channels].</param>
    public SoundMeter(int sampleRate, float[] weights)
    {
        channels = weights.Length;
        loudness = new(sampleRate, weights);
        truePeak = new(channels);
        quality = new(sampleRate, channels);
        if (sampleRate != SpectrumMeter.SampleRate)
            resampler = Resampler.For(sampleRate, SpectrumMeter.SampleRate);
        resampled = new float[resampler?.Block(LeastBlock) ?? 0];
        mono = new float[resampler?.Inputs(resampled.Length) ?? LeastBlock];
    }

    /// <summary>Takes the next samples.</summary>
    /// <exception cref="FeatureException">One that is not finite.</exception>
    public void Append(AudioBlock block)
    {
        quality.Append(block);
        loudness.Append(block);
        truePeak.Append(block);
        if (mono.Length - held < block.Count)
            Array.Resize(ref mono, held + block.Count);
        Mix(block, mono.AsSpan(held, block.Count));
        held += block.Count;
        if (resampler is null)
        {
            Take(mono.AsSpan(0, held));
            held = 0;
            return;
        }
        while (resampler.Ready(begin + held) >= next + resampled.Length)
            Resample(resampler, (int)resampler.Whole(next, resampled.Length));
    }

    private void Mix(AudioBlock block, Span<float> mean)
    {
        block[0].CopyTo(mean);
        for (int channel = 1; channel < channels; channel++)
            TensorPrimitives.Add(mean, block[channel], mean);
        if (channels > 1)
            TensorPrimitives.Divide(mean, channels, mean);
    }

    private void Resample(Resampler resampler, int count)
    {
        Span<float> made = resampled.AsSpan(0, count);
        resampler.Run(mono.AsSpan(0, held), begin, made, next);
        next += count;
        Take(made);
        int used = (int)Math.Clamp(resampler.Start(next) - begin, 0, held);
        mono.AsSpan(used, held - used).CopyTo(mono);
        begin += used;
        held -= used;
    }

    private void Take(ReadOnlySpan<float> samples)
    {
        spectrum.Append(samples);
        key.Append(samples);
    }

    /// <summary>What was measured.</summary>
    public SoundDescription Finish()
    {
        Quality facts = quality.Finish();
        if (resampler is not null)
        {
            long end = (long)Math.Round(facts.Duration * SpectrumMeter.SampleRate);
            while (next < end)
                Resample(resampler, (int)Math.Min(resampler.Whole(next, resampled.Length), end - next));
        }
        SpectrumResult measured = spectrum.Finish();
        return new(
            loudness.Finish(truePeak.Finish()),
            TempoTracker.Of(measured.Onsets, facts.Duration),
            key.Finish(),
            measured.Shape,
            measured.Timbre,
            measured.Balance,
            SectionFinder.Of(measured.Mfcc, facts.SilenceAtStart, facts.Duration),
            facts
        );
    }
}
