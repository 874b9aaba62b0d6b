using Tables;

namespace HitSong.Features.Descriptors;

/// <summary>The descriptors of one recording: a row of a <see cref="DescriptorTable"/>.</summary>
/// <param name="File">Its name, as it was given.</param>
/// <param name="Audio">SHA-256 of its content, hexadecimal.</param>
/// <param name="Values">In the order of <see cref="Descriptor.All"/>; NaN where the recording has none.</param>
/// <example><code>
/// var sound = SoundDescription.Of("../data/demo/corpus/audio/demo-0001.mp3");
/// var file = DescribedFile.Of("demo-0001.mp3", DescriptorExtractor.ValuesOf(sound));
/// file["tempo"] // 138.7
/// </code></example>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed record DescribedFile(string File, string Audio, IReadOnlyList<double> Values)
{
    /// <summary>A recording as its descriptors stand in the feature store.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="sound">All descriptors, [descriptors × 1].</param>
    /// <param name="audio">SHA-256 of its content, where it is known.</param>
    public static DescribedFile Of(string file, FeatureMatrix sound, string audio = "") =>
        new(file, audio, Array.ConvertAll(sound.Values, value => (double)value));

    /// <summary>One descriptor's value; NaN where the recording has none.</summary>
    /// <param name="name">The descriptor's name.</param>
    /// <exception cref="HitSongException">There is none of that name.</exception>
    public double this[string name] => Values[Descriptor.PlaceOf(name)];

    /// <summary>Its key as musicians write it; null where it has none.</summary>
    public string? Key =>
        double.IsNaN(this["key_tonic"])
            ? null
            : Descriptors.Key.NameOf((int)this["key_tonic"], (Mode)(int)this["key_minor"]);

    /// <summary>Name, value and definition of each descriptor that says something alone.</summary>
    public IReadOnlyList<(string Name, string Value, string Definition)> InWords =>
        [
            .. Descriptor
                .All.Zip(Values)
                .Where(pair => !pair.First.IsElement)
                .Select(pair => (pair.First.Name, pair.First.Text(pair.Second), pair.First.Definition)),
        ];

    /// <summary>In a notebook: those that say something alone, with what they are.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() =>
        new DrawnTable(
            [new("descriptor"), new("", Right: true), new("what it is")],
            InWords.Select(row => new DrawnTable.Cell[] { row.Name, row.Value, row.Definition })
        )
        {
            Caption = File == "" ? null : File,
        }.ToMimeBundle();
}
