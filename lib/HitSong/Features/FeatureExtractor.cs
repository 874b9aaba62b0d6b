using System.Collections.Concurrent;
using HitSong.Audio;

namespace HitSong.Features;

/// <summary>From an audio file to the features of its clips. Safe to use from many threads at once.</summary>
/// <example><code>
/// var extractor = new FeatureExtractor(FeatureSettings.HipHop);
/// var clips = extractor.Extract("../data/demo/corpus/audio/demo-0001.mp3");
/// (extractor.Bands, extractor.Frames, clips.Count) // (128, 1292, 1)
/// </code></example>
public class FeatureExtractor
{
    private readonly ConcurrentDictionary<int, (MelSpectrogram Mel, Mfcc? Mfcc)> byRate = new();

    /// <summary>Prepares an extractor.</summary>
    /// <exception cref="HitSongException">A setting out of its range.</exception>
    public FeatureExtractor(FeatureSettings settings)
    {
        Settings = settings;
        (Bands, Frames) = settings.Shape;
        if (settings.Descriptors is null && settings.Audio.SampleRate is { } rate)
            byRate[rate] = Prepare(rate);
    }

    /// <summary>The settings.</summary>
    public FeatureSettings Settings { get; }

    /// <summary>Bands or coefficients of each clip.</summary>
    public int Bands { get; }

    /// <summary>Frames of each clip.</summary>
    public int Frames { get; }

    /// <summary>The clips of a file, each with where it begins, in s, and its features, [bands × frames].</summary>
    /// <param name="path">The file. Only the part in which the clips lie is decoded.</param>
    /// <param name="recording">
    /// What tells this recording from others; only random clips and alterations depend on it.
    /// </param>
    /// <param name="part">
    /// Which part of the clips is wanted, from 0, where several processes share a recording; a part may have none.
    /// </param>
    /// <param name="parts">Of how many.</param>
    /// <exception cref="AudioException">The file cannot be read or is too short for a clip.</exception>
    /// <exception cref="FeatureException">Its samples are not finite.</exception>
    public virtual IReadOnlyList<(double Start, FeatureMatrix Values)> Extract(
        string path,
        string recording = "",
        int part = 0,
        int parts = 1
    )
    {
        AudioInfo info = AudioFile.Info(path);
        int rate = Settings.Audio.SampleRate ?? info.SampleRate,
            length = Settings.Clips.Length(rate),
            reach = Settings.Alteration?.Reach(length) ?? length;
        long total = (long)Math.Round(info.Duration * rate);
        IReadOnlyList<long> all = Settings.Clips.Starts(total, rate, recording);
        if (all.Count == 0)
            throw new AudioException(
                path,
                FormattableString.Invariant(
                    $"is too short: its {info.Duration:F2} s hold no clip of {(double)length / rate:F2} s"
                )
            );
        // A later part, which has to find its place first, is no longer than an earlier one.
        int Before(int part) => (part * all.Count + parts - 1) / parts;
        IReadOnlyList<long> starts = [.. all.Take(Before(part + 1)).Skip(Before(part))];
        if (starts.Count == 0)
            return [];

        long first = starts.Min(),
            end = starts.Max() + reach;
        using AudioReader reader = new(
            path,
            Settings.Audio,
            (double)first / rate,
            end < total ? (double)(end - first) / rate : null
        );
        (MelSpectrogram mel, Mfcc? mfcc) = byRate.GetOrAdd(rate, Prepare);
        // In the order in which they are decoded, all through one buffer, whose samples end at this place.
        Dictionary<long, FeatureMatrix> values = [];
        float[] read = GC.AllocateUninitializedArray<float>(reach);
        long place = first;
        int there = 0;
        foreach (long start in starts.Distinct().Order())
        {
            // What a clip shares with the one before is kept, what lies between them is passed over.
            int shared = (int)Math.Max(0, place - start);
            read.AsSpan(there - shared, shared).CopyTo(read);
            for (
                int passed;
                place < start && (passed = reader.Read(read.AsSpan(0, (int)Math.Min(reach, start - place)))) > 0;

            )
                place += passed;
            there = shared + reader.Read(read.AsSpan(shared));
            if (there == 0)
                throw new AudioException(
                    path,
                    FormattableString.Invariant(
                        $"is damaged: {(double)place / rate:F2} s of its {info.Duration:F2} s could be decoded"
                    )
                );
            place += there - shared;
            if (Settings.Alteration is { } alteration)
            {
                float[] altered = alteration.Apply(read.AsSpan(0, there), rate, recording, start);
                values[start] = Compute(Settings.Clips.Cut(altered, from: 0, start: 0, rate));
                continue;
            }
            Settings.Clips.Pad(read, there);
            values[start] = Compute(read);
        }
        // Only at its end a file that is cut off is known.
        while (end >= total && reader.Read(read) > 0) { }
        return [.. starts.Select(start => ((double)start / rate, values[start]))];

        FeatureMatrix Compute(float[] clip)
        {
            if (mfcc is not null)
                return mfcc.Compute(clip);
            FeatureMatrix values = mel.Compute(clip);
            if (Settings.Decibels is { } decibels)
                Decibel.FromPower(values.Values, values.Values, decibels);
            return values;
        }
    }

    private (MelSpectrogram, Mfcc?) Prepare(int rate)
    {
        MelSettings mel = Settings.Mel with { SampleRate = rate };
        return (
            new MelSpectrogram(mel),
            Settings.Coefficients is { } count ? new Mfcc(new MfccSettings { Coefficients = count, Mel = mel }) : null
        );
    }
}
