namespace HitSong.Features.Descriptors;

/// <summary>
/// From an audio file to its descriptors (<see cref="Descriptor.All"/>), as one clip of [descriptors × 1] that begins
/// at 0 s, so that the feature store keeps them. Safe to use from many threads at once.
/// </summary>
/// <example><code>
/// var extractor = DescriptorExtractor.For(DescriptorExtractor.Descriptors);
/// extractor.Extract("../data/demo/corpus/audio/demo-0001.mp3")[0].Values.Bands // 169
/// </code></example>
public sealed class DescriptorExtractor : FeatureExtractor
{
    private DescriptorExtractor(FeatureSettings settings)
        : base(settings) { }

    /// <summary>All descriptors of the whole recording.</summary>
    public static FeatureSettings Descriptors { get; } = new() { Descriptors = Descriptor.All.Count, Decibels = null };

    /// <summary>The extractor of settings: of descriptors, or of clips.</summary>
    /// <exception cref="HitSongException">
    /// A setting out of its range, descriptors of another version, or of a recording that is altered.
    /// </exception>
    public static FeatureExtractor For(FeatureSettings settings)
    {
        if (settings.Descriptors is not int count)
            return new FeatureExtractor(settings);
        if (count != Descriptor.All.Count)
            throw new HitSongException(
                $"these settings are of {count} descriptors; this version measures {Descriptor.All.Count}"
            );
        if (settings.Alteration is not null)
            throw new HitSongException("descriptors are measured of a recording as it is, not of an altered one");
        return new DescriptorExtractor(settings);
    }

    /// <summary>The descriptors; a value that the recording does not have is NaN.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<(double Start, FeatureMatrix Values)> Extract(
        string path,
        string recording = "",
        int part = 0,
        int parts = 1
    ) => part > 0 ? [] : [(0, ValuesOf(SoundDescription.Of(path)))];

    /// <summary>The descriptors of a sound, [descriptors × 1].</summary>
    public static FeatureMatrix ValuesOf(SoundDescription sound) =>
        new([.. Descriptor.All.Select(descriptor => (float)descriptor.Of(sound))], Descriptor.All.Count, 1);
}
