using System.Text;
using HitSong.Collect;
using Tests;

namespace HitSong.Tests.Collect;

public sealed class SourceFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new("source files");

    public void Dispose() => folder.Dispose();

    private string Write(string name, string text, Encoding? encoding = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.At(name))!);
        File.WriteAllText(folder.At(name), text, encoding ?? new UTF8Encoding(false));
        return folder.At(name);
    }

    [SkippableFact]
    public void TheRealTikTokTableIsRead()
    {
        CsvCatalogue read = CsvCatalogue.Read(Repository.Shared("tables/tiktok-trending.csv"), ColumnMap.TikTok);
        string[] expected = Python
            .Run(
                """
                import sys, pandas
                t = pandas.read_csv(sys.argv[1])
                songs = t.drop_duplicates('TikTok ID')
                count = len(t) - t['TikTok ID'].duplicated().sum()
                print(count, songs['Play Count'].sum(), songs['Music URL'].str.endswith('.mp3').sum())
                """,
                Repository.Shared("tables/tiktok-trending.csv")
            )
            .Split();
        Assert.Equal(expected[0], $"{read.Tracks.Count}");
        Assert.Equal(expected[1], $"{read.Tracks.Sum(track => track.Plays)}");
        Assert.Equal(expected[2], $"{read.Tracks.Count(track => track.AudioUrl is not null)}");
    }

    [SkippableFact]
    public void TheRealViewsAreRead()
    {
        CsvCatalogue read = CsvCatalogue.Read(Repository.Shared("tables/song-views.csv"), ColumnMap.Views);
        Assert.Equal(63, read.Tracks.Count);
        Assert.Equal(29, read.Tracks.Count(track => track.Views >= 300_000_000));
    }

    [Fact]
    public void BadRowsAreNamedAndTheOthersRead()
    {
        string path = Write(
            "songs.csv",
            "name,who,pop\n"
                + "\"Two\n"
                + "lines, \"\"quoted\"\"\",Ä,50\n"
                + "No number,B,high\n"
                + "Out of range,B,101\n"
                + "Not a number,B,NaN\n"
                + ",B,1\n"
                + "Two\n"
                + "Two,B,2\n"
                + "Last,B,\n"
        );
        // The seventh row has one field only; DuckDB names its line.
        Assert.Contains(
            "songs.csv",
            Assert.Throws<CollectException>(() => CsvCatalogue.Read(path, ColumnMap.Parse("s", "title=name"))).Message
        );
        path = Write("songs.csv", File.ReadAllText(path).Replace("Two\nTwo,B", "Two,B"));
        CsvCatalogue read = CsvCatalogue.Read(path, ColumnMap.Parse("s", "title=name", "artist=who", "popularity=pop"));
        Assert.Equal(["Two\nlines, \"quoted\"", "Two", "Last"], read.Tracks.Select(track => track.Title));
        Assert.Equal([50, 2, null], read.Tracks.Select(track => track.Popularity));
        Assert.Equal(
            [
                "row 2 has the popularity \"high\", which is no number from 0 to 100",
                "row 3 has the popularity \"101\", which is no number from 0 to 100",
                "row 4 has the popularity \"NaN\", which is no number from 0 to 100",
                "row 5 has no title",
            ],
            read.Rejected.Select(row => row.Reason)
        );
    }

    [Fact]
    public void FilesThatCannotBeReadAreRefusedWithTheReason()
    {
        string Message(string path, params string[] map) =>
            Assert.Throws<CollectException>(() => CsvCatalogue.Read(path, ColumnMap.Parse("s", map))).Message;
        string latin = Write("latin.csv", "title\nÄrger\n", Encoding.Latin1),
            huge = Write("huge.csv", $"title\n{new string('x', 3_000_000)}\n"),
            twice = Write("twice.csv", "title,views\nA,1\nA,2\n");
        Assert.Contains("latin.csv", Message(latin, "title=title"));
        Assert.Contains("huge.csv", Message(huge, "title=title"));
        Assert.Contains("has no column clicks; it has title, views", Message(twice, "title=title", "views=clicks"));
        Assert.EndsWith("missing.csv\"", Message(folder.At("missing.csv"), "title=title"));
        Assert.Contains(
            "maps no field",
            Assert.Throws<CollectException>(() => ColumnMap.Parse("s", "colour=red")).Message
        );
        CsvCatalogue read = CsvCatalogue.Read(twice, ColumnMap.Parse("s", "title=title", "views=views"));
        Assert.Equal("row 2 repeats the id A", Assert.Single(read.Rejected).Reason);
    }

    [Fact]
    public void TheFreeMusicArchiveIsJoinedWithItsAudio()
    {
        Write(
            "fma_metadata/tracks.csv",
            """
            ,album,album,artist,set,track,track,track,track,track
            ,date_released,title,name,subset,duration,genre_top,license,listens,title
            track_id,,,,,,,,,
            2,2009-01-05 00:00:00,AWOL - A Way Of Life,AWOL,small,168,Hip-Hop,"Attribution-NonCommercial, 3.0",1293,Food
            5,,"A ""Way""
            Of Life",AWOL,small,206,,CC BY,1151,This World
            1000,,X,Y,large,1,Rock,CC0,7,Not in this folder

            """
        );
        string[] files = ["fma_small/000/000002.mp3", "fma_small/000/000005.mp3", "fma_small/155/155066.mp3"];
        foreach (string file in files)
            Write(file, "");
        CsvCatalogue read = FreeMusicArchive.Read(folder.At("fma_metadata"), folder.At("fma_small"));
        Assert.Equal(
            new CatalogueTrack("fma", "2", "Food", "AWOL")
            {
                Album = "AWOL - A Way Of Life",
                Genre = "Hip-Hop",
                Licence = "Attribution-NonCommercial, 3.0",
                Listens = 1293,
                Duration = 168,
                Year = 2009,
                AudioPath = folder.At("fma_small/000/000002.mp3"),
            },
            read.Tracks[0]
        );
        Assert.Equal(
            ("This World", 1151, (int?)null, (string?)null),
            (read.Tracks[1].Title, read.Tracks[1].Listens, read.Tracks[1].Year, read.Tracks[1].Genre)
        );
        Assert.Equal(2, read.Tracks.Count);
        Assert.Contains("155066.mp3", Assert.Single(read.Rejected).Path);
        Assert.Contains(
            "unzip fma_metadata.zip",
            Assert
                .Throws<CollectException>(() => FreeMusicArchive.Read(folder.At("nowhere"), folder.At("fma_small")))
                .Message
        );
    }
}
