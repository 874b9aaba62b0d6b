using HitSong.Features;
using Tests;

namespace HitSong.Tests.Features;

public class ContentHashesTests
{
    // As sha256sum prints them, of "a" and "b".
    private const string A = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
        B = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d";

    private static readonly DateTime past = new(2026, 11, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void What_did_not_change_is_not_read_again_and_what_did_is()
    {
        using var folder = new TemporaryFolder("ein Ordner, \"with\" signs");
        string file = Written(folder, "a file, one", "a", past);
        Assert.Equal(A, Of(folder, file));
        // Other content under the same size and time: nobody looks.
        Written(folder, "a file, one", "b", past);
        Assert.Equal(A, Of(folder, file));
        Assert.Equal(B, Of(folder, file, again: true));
        Assert.Equal(B, Of(folder, file));

        Written(folder, "a file, one", "a", past.AddTicks(1));
        Assert.Equal(A, Of(folder, file));
        Written(folder, "a file, one", "ab", past.AddTicks(1));
        Assert.NotEqual(A, Of(folder, file));
    }

    [Fact]
    public void What_changes_twice_in_one_moment_is_read_twice()
    {
        using var folder = new TemporaryFolder();
        DateTime now = DateTime.UtcNow;
        string file = Written(folder, "file", "a", now);
        Assert.Equal(A, Of(folder, file));
        Written(folder, "file", "b", now);
        Assert.Equal(B, Of(folder, file));
        // A clock that is ahead, as of a file server.
        Written(folder, "file", "a", now.AddHours(1));
        Assert.Equal(A, Of(folder, file));
        Written(folder, "file", "b", now.AddHours(1));
        Assert.Equal(B, Of(folder, file));
    }

    [Fact]
    public void A_link_is_what_it_links_to()
    {
        using var folder = new TemporaryFolder();
        string file = Written(folder, "file", "a", past),
            link = folder.At("link");
        File.CreateSymbolicLink(link, file);
        Assert.Equal(A, Of(folder, link));
        Written(folder, "file", "b", past.AddDays(1));
        Assert.Equal(B, Of(folder, link));
    }

    [Fact]
    public void Where_nothing_can_be_remembered_all_is_read()
    {
        using var folder = new TemporaryFolder();
        string file = Written(folder, "file", "a", past);
        Directory.CreateDirectory(folder.At("features"));
        File.WriteAllText(folder.At("features/hashes.csv"), "path,bytes\n\"");
        Assert.Equal(A, Of(folder, file));
        File.Delete(folder.At("features/hashes.csv"));
        Directory.CreateDirectory(folder.At("features/hashes.csv"));
        Assert.Equal(A, Of(folder, file));
        Assert.Equal(["hashes.csv"], Directory.GetFileSystemEntries(folder.At("features")).Select(Path.GetFileName));
    }

    [Fact]
    public void What_cannot_be_read_is_said_and_the_rest_is_there()
    {
        using var folder = new TemporaryFolder();
        var read = ContentHashes.Of(folder.At("features"), [folder.At("none"), Written(folder, "file", "a", past)]);
        Assert.Equal((null, A), (read[0].Hash, read[1].Hash));
        Assert.Contains("does not exist", read[0].Trouble);
    }

    private static string? Of(TemporaryFolder folder, string file, bool again = false) =>
        ContentHashes.Of(folder.At("features"), [file], again: again)[0].Hash;

    private static string Written(TemporaryFolder folder, string name, string text, DateTime changed)
    {
        string path = folder.At(name);
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, changed);
        return path;
    }
}
