using System.Collections.Concurrent;
using HitSong.Audio;
using HitSong.Features;

namespace HitSong.Corpus;

/// <summary>The features of many clips of many tracks, laid out as a network takes them.</summary>
/// <param name="Tracks">The tracks that gave clips.</param>
/// <param name="Clips">[N] clips, by track and by number within it.</param>
/// <param name="Values">[N · frames · coefficients] features, clip by clip, frame by frame.</param>
/// <param name="Frames">Frames a clip.</param>
/// <param name="Coefficients">Coefficients a frame.</param>
/// <param name="Failures">Files that gave none, with the reason.</param>
public sealed record ClipSet(IReadOnlyList<Track> Tracks, IReadOnlyList<Clip> Clips, float[] Values, int Frames, int Coefficients, IReadOnlyList<Failure> Failures)
{
    /// <summary>The track that a clip is from.</summary>
    public Track TrackOf(int clip) => Tracks[Clips[clip].Track];

    /// <summary>Decodes each track's start, cuts it and takes MFCCs, on all cores. A segment that gives fewer frames than a whole one is dropped.</summary>
    /// <param name="tracks">The tracks, with their audio.</param>
    /// <param name="segments">How the audio is cut.</param>
    /// <param name="features">The MFCCs; their sample rate is replaced by each file's own.</param>
    /// <param name="progress">Told the number of tracks done.</param>
    /// <param name="cancellation">Stops between tracks.</param>
    /// <exception cref="HitSongException">No track gave a clip.</exception>
    public static ClipSet Extract(IReadOnlyList<Track> tracks, SegmentSettings segments, MfccSettings features, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        var extractors = new ConcurrentDictionary<int, Mfcc>();
        var extracted = new FeatureMatrix[tracks.Count][];
        var failures = new string?[tracks.Count];
        int frames = 1 + segments.Samples / features.Mel.HopLength, done = 0;
        Parallel.For(0, tracks.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            try
            {
                extracted[i] = Segments(tracks[i], segments, features, extractors, frames);
                if (extracted[i].Length == 0) failures[i] = $"is shorter than one segment of {segments.Samples:N0} samples";
            }
            catch (AudioException e)
            {
                (extracted[i], failures[i]) = ([], e.Reason);
            }
            catch (FeatureException e)
            {
                (extracted[i], failures[i]) = ([], $"gives no features: {e.Message}");
            }
            progress?.Report(Interlocked.Increment(ref done));
        });

        int[] used = [.. Enumerable.Range(0, tracks.Count).Where(i => extracted[i].Length > 0)];
        Failure[] failed = [.. Enumerable.Range(0, tracks.Count).Where(i => failures[i] is not null).Select(i => new Failure(tracks[i].AudioPath, failures[i]!))];
        if (used.Length == 0)
            throw new HitSongException($"None of {tracks.Count} audio files gave a clip" + (failed.Length > 0 ? $"; the first: {failed[0].Path} {failed[0].Reason}" : "."));

        Clip[] clips = [.. used.SelectMany((track, place) => Enumerable.Range(0, extracted[track].Length).Select(number => new Clip(place, number)))];
        int size = frames * features.Coefficients;
        var values = new float[clips.Length * size];
        for (int i = 0; i < clips.Length; i++)
            Transpose(extracted[used[clips[i].Track]][clips[i].Number], values.AsSpan(i * size, size));
        return new([.. used.Select(i => tracks[i])], clips, values, frames, features.Coefficients, failed);
    }

    private static FeatureMatrix[] Segments(Track track, SegmentSettings segments, MfccSettings features, ConcurrentDictionary<int, Mfcc> extractors, int frames)
    {
        AudioInfo info = AudioFile.Info(track.AudioPath);
        int rate = info.SampleRate;
        // One sample more than needed, so that rounding a time to samples cannot cost the last one.
        double duration = (segments.Count * segments.Samples + 1.0) / rate;
        float[] samples = AudioFile.Read(track.AudioPath, new AudioSettings { Channels = ChannelMode.First }, 0, duration < info.Duration ? duration : null).Samples;
        Mfcc mfcc = extractors.GetOrAdd(rate, r => new Mfcc(features with { Mel = features.Mel with { SampleRate = r } }));
        return [.. from number in Enumerable.Range(0, segments.Count)
                   let start = number * segments.Samples
                   let length = Math.Min(segments.Samples, samples.Length - start)
                   where length > 0 && 1 + length / features.Mel.HopLength == frames
                   select mfcc.Compute(samples.AsSpan(start, length))];
    }

    private static void Transpose(FeatureMatrix matrix, Span<float> frameByFrame)
    {
        for (int t = 0; t < matrix.Frames; t++)
            for (int c = 0; c < matrix.Bands; c++)
                frameByFrame[t * matrix.Bands + c] = matrix[c, t];
    }
}
