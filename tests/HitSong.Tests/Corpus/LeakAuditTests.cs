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
        Assert.Equal(
            """
            of 3 test items
            share             test with training  such as
            the track itself            0 (0.0%)
            title and artist           1 (33.3%)  3 "One" by A, in training 1 "One" by A
            the artist                 1 (33.3%)  3 "One" by A, in training 1 "One" by A
            """,
            (string)audit.ToMimeBundle()["text/plain"]
        );
    }

    // Validation picks the epoch and calibrates: what it shares with either side counts as well.
    [Fact]
    public void WhatValidationSharesIsCountedToo()
    {
        Track[] tracks =
        [
            new("1", "One", "A", "") { Album = "First" },
            new("2", "Two", "B", "") { Album = "Second" },
            new("3", "ONE - 2011 Remaster", " a", "") { Album = "First" },
            new("4", "Three", "A", "") { Album = "first" },
            new("5", "two (feat. C)", "b", ""),
        ];
        // 1 trains; 2 and 3 validate; 4 and 5 test.
        var audit = LeakAudit.Of(new Split([0], [1, 2], [3, 4]), tracks, hashes: ["aa", "bb", "aa", "cc", "bb"]);
        Assert.Equal(
            [
                (Leak.Track, 0, 0),
                // 5 with 2, which validates; 3 with 1, which trains.
                (Leak.Song, 1, 1),
                (Leak.Album, 1, 1),
                (Leak.Artist, 2, 1),
                (Leak.ExactAudio, 1, 1),
            ],
            audit.Counts.Select(count => (count.Kind, count.Items, count.Validation))
        );
        Assert.Equal(
            "5 \"two (feat. C)\" by b, in validation 2 \"Two\" by B",
            audit.Counts.Single(count => count.Kind == Leak.Song).Example
        );
        Assert.Contains(
            "1 of 2 test items share title and artist with training or validation, 1 of 2 validation items with "
                + "training",
            Assert.Throws<LeakException>(() => audit.Refuse(Leak.Song)).Message
        );
    }

    [Theory]
    [InlineData("Ironic - 2015 Remaster", "ironic")]
    [InlineData("Hysteria - Remastered 2017", "hysteria")]
    [InlineData("Bad Company (Remastered Album Version)", "bad company")]
    [InlineData("How Do U Want It (ft. K-Ci & JoJo)", "how do u want it")]
    [InlineData(" Feel Good [feat. Daya] ", "feel good")]
    [InlineData("Takeaway feat. Lennon Stella", "takeaway")]
    // Other recordings, and words that only look like the marks.
    [InlineData("Spicy - Majestic Remix", "spicy - majestic remix")]
    [InlineData("Creep (Live)", "creep (live)")]
    [InlineData("Defeat (After Ever)", "defeat (after ever)")]
    [InlineData("The Remastered", "the remastered")]
    [InlineData("(feat. A)", "(feat. a)")]
    public void ATitleIsComparedWithoutItsMarkOfARemasterAndItsGuests(string title, string expected) =>
        Assert.Equal(expected, SongKey.OfTitle(title));

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
        Assert.Equal([0, 0, 0, 1, 7], audit.Counts.Select(count => count.Items));
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
