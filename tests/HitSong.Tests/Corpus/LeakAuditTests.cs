using System.Diagnostics;
using HitSong.Audio;
using HitSong.Corpus;
using HitSong.Corpus.Demo;
using Tests;

namespace HitSong.Tests.Corpus;

public sealed class LeakAuditTests : IDisposable
{
    private readonly TemporaryFolder folder = new("leaks");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void SharedSongsAndArtistsAreCounted()
    {
        Track[] tracks =
        [
            new("1", "One", "A", ""),
            new("2", "Two", "A", ""),
            new("3", "One", "A", ""),
            new("4", "One", "B", ""),
            new("5", "Three", "", ""),
            new("6", "Four", "", ""),
        ];
        var audit = LeakAudit.Of(new Split([0, 1, 4], [], [2, 3, 5]), tracks);
        Assert.Equal(3, audit.TestItems);
        Assert.Equal(1, audit[Leak.Song]);
        Assert.Equal(1, audit[Leak.Artist]);
        var error = Assert.Throws<LeakException>(() => audit.Refuse());
        Assert.Contains(
            "1 of 3 test items share title and artist with training, such as 3 \"One\" by A, in training "
                + "1 \"One\" by A",
            error.Message
        );
        LeakAudit.Of(new Split([0, 2, 4], [], [3, 5]), tracks).Refuse();
        Assert.Contains("the artist", (string)audit.ToMimeBundle()["text/plain"]);
    }

    // The same music, encoded again by FFmpeg in other ways; and other songs, some by the same artist, which must not
    // be taken for it.
    [Fact]
    public void NearIdenticalAudioIsFoundAndOtherSongsAreNot()
    {
        const int Originals = 24;
        DemoSong[] songs =
        [
            .. Enumerable
                .Range(0, Originals)
                .Select(i => DemoSong.Create(5, i, $"song {i}", new Artist(5, i % 4, $"artist {i % 4}"))),
        ];
        string[] originals = [.. songs.Select((song, i) => Write(song.Render(10, 22_050), $"{i}.mp3"))];
        string[][] changes =
        [
            ["-c:a", "libvorbis", "-q:a", "1"],
            ["-af", "volume=-9dB", "-c:a", "libmp3lame", "-b:a", "64k"],
            ["-ss", "1.37", "-c:a", "libmp3lame", "-b:a", "128k"],
            ["-af", "treble=g=6,bass=g=-4", "-c:a", "libmp3lame", "-b:a", "128k"],
            ["-af", "acompressor=threshold=-20dB:ratio=4", "-ac", "2", "-ar", "44100", "-c:a", "libmp3lame"],
            ["-c", "copy", "-map_metadata", "-1"],
        ];
        string[] copies =
        [
            .. changes.Select((change, i) => Convert(originals[i], $"copy-{i}{(i == 0 ? ".ogg" : ".mp3")}", change)),
        ];
        File.Copy(originals[6], folder.At("same.mp3"));

        string[] paths = [.. originals, .. copies, folder.At("same.mp3")];
        IReadOnlyList<Fingerprint> prints = Fingerprint.ReadAll(paths);
        var index = new FingerprintIndex([.. prints.Take(Originals)]);
        for (int i = 0; i < copies.Length; i++)
        {
            var nearest = index.Nearest(prints[Originals + i]);
            Assert.True(nearest?.Print == i, $"copy {i}: {nearest}");
        }
        for (int i = 0; i < Originals; i++)
            Assert.Null(
                new FingerprintIndex([.. prints.Take(Originals).Where((_, other) => other != i)]).Nearest(prints[i])
            );

        Track[] tracks = [.. paths.Select((path, i) => new Track($"{i}", $"title {i}", "", path))];
        var audit = LeakAudit.Of(
            new Split([.. Enumerable.Range(0, Originals)], [], [.. Enumerable.Range(Originals, 7)]),
            tracks,
            prints
        );
        Assert.Equal([0, 0, 1, 7], audit.Counts.Select(count => count.Items));
    }

    private string Write(Waveform waveform, string name)
    {
        Mp3.Write(folder.At(name), waveform, 128_000, "title", "artist");
        return folder.At(name);
    }

    private string Convert(string from, string name, string[] change)
    {
        using Process ffmpeg = Process.Start("ffmpeg", ["-v", "error", "-i", from, .. change, folder.At(name)]);
        ffmpeg.WaitForExit();
        Assert.Equal(0, ffmpeg.ExitCode);
        return folder.At(name);
    }
}
