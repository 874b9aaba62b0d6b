using CsvHelper;
using HitSong.Corpus;
using HitSong.Features;
using HitSong.Models;
using static TorchSharp.torch;

namespace HitSong.Experiments;

/// <summary>
/// Clips as the pictures that <c>spectrogram-cnn</c> is given, for people and for other programs: a PNG a clip, its mel
/// spectrogram of −80…0 dB in viridis, low frequencies above, and the table <see cref="PictureFolder.Table"/> that
/// links each to its track, by which <see cref="Source.Pictures"/> reads them again.
/// </summary>
/// <example><code>
/// var files = AudioFolder.Read("../data/demo/corpus/audio").Files.Take(2).ToArray();
/// var extractor = new FeatureExtractor(ClipPictures.Features);
/// var extracted = FeatureExtraction.Run("../data/demo/corpus/audio", files, extractor, "../artifacts/features");
/// (string, IReadOnlyList&lt;string>)[] tracks = [.. files.Select(file => (file, (IReadOnlyList&lt;string>)[file]))];
/// ClipPictures.Write(extracted, tracks, columns: ["track"], "../artifacts/pictures") // 2
/// </code></example>
public static class ClipPictures
{
    /// <summary>What is drawn: the features of <c>spectrogram-cnn</c>.</summary>
    public static FeatureSettings Features => Recipes.SpectrogramCnn.Features!;

    /// <summary>
    /// Writes the pictures of extracted files, on all cores, then their table. What is there already and the same is
    /// left: killed anywhere, the same call ends with the same files.
    /// </summary>
    /// <param name="extracted">The files' extraction, by <see cref="Features"/>.</param>
    /// <param name="files">
    /// The files, as the extraction names them; of each what the table says of its track beside the picture.
    /// </param>
    /// <param name="columns">Names of what it says; <c>track</c> is among them.</param>
    /// <param name="folder">Where the pictures go; it is made.</param>
    /// <param name="pixels">Height and width.</param>
    /// <param name="done">Told how many pictures of how many are there, from several threads.</param>
    /// <param name="cancellation">Stops between pictures.</param>
    /// <returns>How many pictures there are.</returns>
    /// <exception cref="HitSongException">The folder cannot be written.</exception>
    public static int Write(
        ExtractionResult extracted,
        IReadOnlyList<(string File, IReadOnlyList<string> About)> files,
        IReadOnlyList<string> columns,
        string folder,
        int pixels = SpectrogramCnn.Pixels,
        Action<int, int>? done = null,
        CancellationToken cancellation = default
    )
    {
        using FeatureStore store = FeatureStore.Open(extracted.Folder);
        ILookup<string, int> places = Enumerable
            .Range(0, store.Clips.Count)
            .ToLookup(place => store.Clips[place].Audio);
        (string Name, int Place, IReadOnlyList<string> About)[] pictures =
        [
            .. files
                .Where(file => extracted.Audio.ContainsKey(file.File))
                .SelectMany(file =>
                    places[extracted.Audio[file.File]].Select(place => (NameOf(store.Clips[place]), place, file.About))
                ),
        ];
        // Files of equal content are one picture.
        var drawn = pictures.DistinctBy(picture => picture.Name).ToArray();
        try
        {
            Directory.CreateDirectory(folder);
            int count = 0;
            Parallel.ForEach(
                drawn,
                new ParallelOptions { CancellationToken = cancellation },
                picture =>
                {
                    Draw(store.Read(picture.Place), Path.Combine(folder, picture.Name), pixels);
                    done?.Invoke(Interlocked.Increment(ref count), drawn.Length);
                }
            );
            WholeFile.Write(
                Path.Combine(folder, PictureFolder.Table),
                path =>
                {
                    using CsvWriter csv = CsvWriter.ToFile(path, CsvWriterOptions.Default with { NewLine = "\n" });
                    csv.WriteHeader(["file", "clip", "start", .. columns]);
                    foreach (var (name, place, about) in pictures)
                    {
                        csv.WriteField(name);
                        csv.WriteField(store.Clips[place].Clip);
                        csv.WriteField(store.Clips[place].Start);
                        foreach (string value in about)
                            csv.WriteField(value);
                        csv.EndRecord();
                    }
                }
            );
        }
        catch (AggregateException e) when (e.InnerException is IOException or UnauthorizedAccessException)
        {
            throw new HitSongException($"The pictures cannot be written to {folder}: {e.InnerException.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HitSongException($"The pictures cannot be written to {folder}: {e.Message}", e);
        }
        return drawn.Length;
    }

    // A file's clips by its content, so that no name of a file matters.
    private static string NameOf(StoredClip clip) => $"{clip.Audio[..16]}-{clip.Clip}.png";

    private static void Draw(FeatureMatrix clip, string path, int pixels)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor decibels = tensor(clip.Values, [1, clip.Bands, clip.Frames]);
        byte[] png = PictureFile.ToPng(SpectrogramCnn.Picture(decibels, pixels)[0]);
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(png))
            WholeFile.Write(path, beside => File.WriteAllBytes(beside, png));
    }
}
