using System.Globalization;
using HitSong.Audio;

namespace HitSong.Corpus;

/// <summary>
/// A folder of audio named as the collector of <c>tiktok-lstm</c> names it: <c>&lt;Music ID&gt;-&lt;Play
/// Count&gt;.mp3</c>. The play count is what stands after the last hyphen, so a Music ID may hold hyphens. Any
/// extension of an audio format that FFmpeg reads will do.
/// </summary>
/// <param name="Tracks">
/// The tracks, by file name (ordinal), with <see cref="Track.Plays"/>. The title is the Music ID: the files of one
/// sound share it, and so stay together where a split is by song. A name tells no artist.
/// </param>
/// <param name="Rejected">The other files of the folder, by name.</param>
/// <example><code>
/// Directory.CreateDirectory("../artifacts/tiktok");
/// File.Copy("../data/demo/corpus/audio/demo-0001.mp3", "../artifacts/tiktok/7001-1200.mp3", overwrite: true);
/// TikTokFolder.Read("../artifacts/tiktok").Tracks[0].Plays // 1200
/// </code></example>
public sealed record TikTokFolder(IReadOnlyList<Track> Tracks, IReadOnlyList<Failure> Rejected)
{
    private const string Form = "<Music ID>-<Play Count>.mp3, for example 6800996740322297858-128000.mp3";

    /// <summary>
    /// Reads the names of a folder's files, not their content; subfolders and hidden files are not looked at.
    /// </summary>
    /// <exception cref="CorpusException">
    /// The folder does not exist, or holds no audio file with a play count in its name.
    /// </exception>
    public static TikTokFolder Read(string folder)
    {
        if (File.Exists(folder))
            throw new CorpusException($"{folder} is a file; a folder of audio files is wanted, each named {Form}");
        if (!Directory.Exists(folder))
            throw new CorpusException($"no folder {folder}; a folder of audio files is wanted, each named {Form}");

        AudioFolder audio = AudioFolder.Read(folder, withSubfolders: false);
        var tracks = new List<Track>();
        List<Failure> rejected =
        [
            .. audio.Rejected.Select(Failure.Of),
            .. Directory
                .EnumerateFiles(folder)
                .Where(path => !AudioFile.Extensions.Contains(Path.GetExtension(path)))
                .Where(path => !Path.GetFileName(path).StartsWith('.'))
                .Select(path => new Failure(path, "has no extension of an audio format")),
        ];
        foreach (string path in audio.Files.Select(file => Path.Combine(folder, file)))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            int hyphen = name.LastIndexOf('-');
            string id = hyphen < 0 ? "" : name[..hyphen],
                count = hyphen < 0 ? "" : name[(hyphen + 1)..];
            if (hyphen < 0)
                rejected.Add(new(path, "has no hyphen before a play count in its name"));
            else if (id.Length == 0)
                rejected.Add(new(path, "has no Music ID before the hyphen in its name"));
            else if (!long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out long plays))
                rejected.Add(new(path, $"has \"{count}\" after the last hyphen of its name, which is no play count"));
            else
                tracks.Add(new Track(name, id, "", path) { Plays = plays });
        }
        rejected.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        if (tracks.Count == 0)
        {
            string found =
                rejected.Count == 0
                    ? "it is empty"
                    : $"its {rejected.Count} files were rejected, the first, "
                        + $"{Path.GetFileName(rejected[0].Path)}, because it {rejected[0].Reason}";
            throw new CorpusException($"no track in {folder}: {found}. Audio files are wanted, each named {Form}");
        }
        return new(tracks, rejected);
    }
}
