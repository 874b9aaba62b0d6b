using HitSong.Audio;
using Tables;

namespace HitSong.Features.Descriptors;

/// <summary>
/// What a song sounds like, in numbers: everything that is measured here of a recording's sound, of any length, number
/// of channels and sample rate. What cannot be told of a recording (silence has no key, a second no tempo) is NaN or
/// null, as each figure says. <see cref="Descriptor.All"/> has the same as a flat list, for tables.
/// </summary>
/// <param name="Loudness">Loudness, its range, and the true peak.</param>
/// <param name="Tempo">Tempo, beats and onsets.</param>
/// <param name="Key">Key, mode and tuning.</param>
/// <param name="Spectrum">The spectrum's shape.</param>
/// <param name="Timbre">MFCC, their mean and covariance.</param>
/// <param name="Balance">Harmonic and percussive energy.</param>
/// <param name="Structure">Sections.</param>
/// <param name="Quality">Silence, clipping, bandwidth, stereo.</param>
/// <example><code>
/// var sound = SoundDescription.Of("../data/demo/corpus/audio/demo-0001.mp3");
/// double lufs = sound.Loudness.Integrated; // -11.82
/// string key = sound.Key.Name; // A major
/// sound.Tempo.BeatsPerMinute // 138.7
/// </code></example>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed record SoundDescription(
    Loudness Loudness,
    Tempo Tempo,
    Key Key,
    SpectrumShape Spectrum,
    Timbre Timbre,
    Balance Balance,
    Structure Structure,
    Quality Quality
)
{
    private const int BlockLength = 1 << 14;

    /// <summary>Measures a file of any format that <see cref="AudioFile"/> reads. It is decoded once.</summary>
    /// <exception cref="AudioException">
    /// The file is missing, empty, no audio, cut off, or holds samples that are not finite.
    /// </exception>
    public static SoundDescription Of(string path)
    {
        using ChannelReader reader = new(path);
        SoundMeter meter = new(reader.SampleRate, reader.Weights);
        try
        {
            for (AudioBlock block = reader.Read(); block.Count > 0; block = reader.Read())
                meter.Append(block);
            return meter.Finish();
        }
        catch (FeatureException e)
        {
            throw new AudioException(path, $"cannot be measured: {e.Message}");
        }
    }

    /// <summary>In a notebook: the descriptors that say something alone, with what they are.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() =>
        new DescribedFile("", "", [.. Descriptor.All.Select(descriptor => descriptor.Of(this))]).ToMimeBundle();

    /// <summary>Measures one channel of audio.</summary>
    /// <exception cref="FeatureException">A sample that is not finite.</exception>
    public static SoundDescription Of(Waveform waveform) => Of([waveform.Samples], waveform.SampleRate);

    /// <summary>Measures several channels, each of which counts alike in the loudness.</summary>
    /// <param name="channels">Amplitudes of each channel, [channels][samples]; all of one length.</param>
    /// <param name="sampleRate">Hz, from 1,000 to 768,000.</param>
    /// <exception cref="FeatureException">
    /// No channel, channels of unequal length, a sample that is not finite, or a rate beyond that.
    /// </exception>
    public static SoundDescription Of(IReadOnlyList<float[]> channels, int sampleRate)
    {
        if (channels.Count == 0 || channels.Any(channel => channel.Length != channels[0].Length))
            throw new FeatureException("there has to be a channel, and all have to be of one length");
        if (sampleRate is < 1000 or > 768_000)
            throw new FeatureException($"the sample rate is {sampleRate} Hz; it lies between 1,000 and 768,000");
        SoundMeter meter = new(sampleRate, [.. channels.Select(_ => 1f)]);
        float[] block = new float[channels.Count * BlockLength];
        for (int at = 0; at < channels[0].Length; at += BlockLength)
        {
            int count = Math.Min(BlockLength, channels[0].Length - at);
            for (int channel = 0; channel < channels.Count; channel++)
                channels[channel].AsSpan(at, count).CopyTo(block.AsSpan(channel * BlockLength));
            meter.Append(new(block, BlockLength, count));
        }
        return meter.Finish();
    }
}
