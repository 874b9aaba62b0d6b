using HitSong.Corpus;

namespace HitSong.Tests.Corpus;

public sealed class TikTokFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("Klänge mit Pause 音 ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Create(params string[] names)
    {
        foreach (string name in names)
            File.WriteAllText(Path.Combine(_folder, name), "");
    }

    [Fact]
    public void NamesBecomeTracksInOrderOfTheirIds()
    {
        Create("700-128000.mp3", "68-0.M4A", "original-sound-6800-7.opus", "夜 の 歌-12.flac");

        TikTokFolder read = TikTokFolder.Read(_folder);

        Assert.Equal(["68", "700", "original-sound-6800", "夜 の 歌"], read.Tracks.Select(track => track.Title));
        Assert.Equal([0L, 128000, 7, 12], read.Tracks.Select(track => track.Plays!.Value));
        Assert.Equal(Path.Combine(_folder, "夜 の 歌-12.flac"), read.Tracks[3].AudioPath);
        Assert.Empty(read.Rejected);
    }

    [Fact]
    public void OtherFilesAreNamedWithTheReason()
    {
        Create(
            "1-5.mp3",
            "1-6.wav",
            "nocount.mp3",
            "2-many.mp3",
            "3-.mp3",
            "-4.mp3",
            "5--6.mp3",
            "6-1.5.mp3",
            "7-99999999999999999999.mp3",
            "notes.txt",
            "README",
            ".hidden"
        );
        Directory.CreateDirectory(Path.Combine(_folder, "sub-7.mp3"));

        TikTokFolder read = TikTokFolder.Read(_folder);

        // A sound that stands in two rows of the collector's table is two tracks of one title.
        Assert.Equal(["1-5", "1-6", "5--6"], read.Tracks.Select(track => track.Id));
        Assert.Equal(["1", "1", "5-"], read.Tracks.Select(track => track.Title));
        Dictionary<string, string> reasons = read.Rejected.ToDictionary(
            file => Path.GetFileName(file.Path),
            file => file.Reason
        );
        Assert.Equal("has no hyphen before a play count in its name", reasons["nocount.mp3"]);
        Assert.Equal("has \"many\" after the last hyphen of its name, which is no play count", reasons["2-many.mp3"]);
        Assert.Equal("has \"\" after the last hyphen of its name, which is no play count", reasons["3-.mp3"]);
        Assert.Equal("has no Music ID before the hyphen in its name", reasons["-4.mp3"]);
        Assert.Equal("has \"1.5\" after the last hyphen of its name, which is no play count", reasons["6-1.5.mp3"]);
        Assert.Contains("no play count", reasons["7-99999999999999999999.mp3"]);
        Assert.Equal("has no extension of an audio format", reasons["notes.txt"]);
        Assert.Equal("has no extension of an audio format", reasons["README"]);
        Assert.Equal(8, reasons.Count);
    }

    [Fact]
    public void AFolderWithoutATrackIsRefused()
    {
        string missing = Path.Combine(_folder, "missing");
        foreach ((string folder, string what) in new[] { (missing, "no folder"), (_folder, "it is empty") })
        {
            string message = Assert.Throws<CorpusException>(() => TikTokFolder.Read(folder)).Message;
            Assert.Contains(folder, message);
            Assert.Contains(what, message);
            Assert.Contains("<Music ID>-<Play Count>.mp3", message);
        }
        Create("song.mp3");
        Assert.Contains(
            "song.mp3, because it has no hyphen",
            Assert.Throws<CorpusException>(() => TikTokFolder.Read(_folder)).Message
        );
        Assert.Contains(
            "is a file",
            Assert.Throws<CorpusException>(() => TikTokFolder.Read(Path.Combine(_folder, "song.mp3"))).Message
        );
    }
}
