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

    [Theory]
    [InlineData("1293", 1293L)]
    [InlineData("1293.0", 1293L)]
    [InlineData("1,293", 1293L)]
    [InlineData(" 1293 ", 1293L)]
    [InlineData("1.293e3", 1293L)]
    [InlineData("+1293.", 1293L)]
    [InlineData("\u00a01,234,567\u00a0", 1_234_567L)]
    [InlineData("900719925474099", 900_719_925_474_099L)]
    [InlineData("0", 0L)]
    [InlineData("", null)]
    [InlineData("  ", null)]
    public void ANumberIsReadAsPeopleWriteIt(string written, long? number)
    {
        string path = Write("songs.csv", $"title,plays\nA,\"{written}\"\n");
        CsvCatalogue read = CsvCatalogue.Read(path, ColumnMap.Parse("s", "title=title", "plays=plays"));
        Assert.Equal(number, Assert.Single(read.Tracks).Plays);
    }

    [Theory]
    [InlineData("plays", "1293.5", "whole number")]
    [InlineData("plays", "-1", "whole number")]
    [InlineData("plays", "1,29", "whole number")]
    [InlineData("plays", "1.293,0", "whole number")]
    [InlineData("plays", "1 293", "whole number")]
    [InlineData("plays", "1.3M", "whole number")]
    [InlineData("plays", "1e400", "whole number")]
    [InlineData("plays", "99999999999999999999", "whole number")]
    [InlineData("popularity", "inf", "number")]
    [InlineData("popularity", "-Infinity", "number")]
    [InlineData("popularity", "nan", "number")]
    [InlineData("popularity", "150", "number")]
    [InlineData("popularity", "-3", "number")]
    [InlineData("popularity", "0,5", "number")]
    [InlineData("duration", "0", "number")]
    [InlineData("duration", "31536000", "number")]
    public void ANumberThatIsNoneIsNamedWithRowAndColumn(string field, string written, string what)
    {
        string path = Write("songs.csv", $"title,n\nA,\nB,\"{written}\"\nC,\n");
        CsvCatalogue read = CsvCatalogue.Read(path, ColumnMap.Parse("s", "title=title", $"{field}=n"));
        Assert.Equal(["A", "C"], read.Tracks.Select(track => track.Title));
        Assert.StartsWith(
            $"row 2 has the {field} \"{written}\", which is no {what} from ",
            Assert.Single(read.Rejected).Reason
        );
    }

    [Theory]
    [InlineData("1985", 1985)]
    [InlineData("1985.0", 1985)]
    [InlineData("1985-03", 1985)]
    [InlineData("1985-03-01", 1985)]
    [InlineData("2008-02-29 00:00:00", 2008)]
    [InlineData("1985-00-00", 1985)]
    [InlineData("1860", 1860)]
    [InlineData("0000", null)]
    [InlineData("0000-00-00", null)]
    [InlineData("19", null)]
    [InlineData("198", null)]
    [InlineData("19850301", null)]
    [InlineData("1985-13-01", null)]
    [InlineData("1985-02-30", null)]
    [InlineData("1859", null)]
    [InlineData("9999-12-31", null)]
    [InlineData("١٩٨٥", null)]
    [InlineData("spring 1985", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void WhatIsNoDateOfReleaseIsNotKnown(string? date, int? year)
    {
        Assert.Equal(year, HitSong.Corpus.ReleaseYear.Of(date));
        int next = DateTime.UtcNow.Year + 1;
        Assert.Null(HitSong.Corpus.ReleaseYear.Of($"{next}"));
        Assert.Equal(next - 1, HitSong.Corpus.ReleaseYear.Of($"{next - 1}"));
    }

    [Fact]
    public void ARowWithNulIsNamedAndTheOthersRead()
    {
        string path = Write("songs.csv", "title,who\nA\0,x\nB,y\n");
        CsvCatalogue read = CsvCatalogue.Read(path, ColumnMap.Parse("s", "title=title", "artist=who"));
        Assert.Equal("B", Assert.Single(read.Tracks).Title);
        Assert.Equal("row 1 has the character NUL in its title", Assert.Single(read.Rejected).Reason);
    }

    [Theory]
    [InlineData("list[1].csv", "list1.csv")]
    [InlineData("a*.csv", "ab.csv")]
    [InlineData("title=夜/what?.csv", "title=夜/whatX.csv")]
    public void TheFileOfThatNameIsRead(string name, string other)
    {
        Write(other, "title\nother\n");
        CsvCatalogue read = CsvCatalogue.Read(Write(name, "title\nthis\n"), ColumnMap.Parse("s", "title=title"));
        Assert.Equal("this", Assert.Single(read.Tracks).Title);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5_000)]
    [InlineData(30_000)]
    public void ARowOfMoreColumnsIsRefusedWithItsLine(int bad)
    {
        IEnumerable<string> rows = Enumerable.Range(1, 30_000).Select(i => i >= bad ? $"song {i},1,2" : $"song {i},1");
        string path = Write("songs.csv", $"title,views\n{string.Join('\n', rows)}\n");
        string message = Assert
            .Throws<CollectException>(() => CsvCatalogue.Read(path, ColumnMap.Parse("s", "title=title")))
            .Message;
        Assert.Contains($"Line: {bad + 1}\n", message);
    }

    [Fact]
    public void FilesThatCannotBeReadAreRefusedWithTheReason()
    {
        string Message(string path, params string[] map) =>
            Assert.Throws<CollectException>(() => CsvCatalogue.Read(path, ColumnMap.Parse("s", map))).Message;
        string latin = Write("latin.csv", "title\nÄrger\n", Encoding.Latin1),
            huge = Write("huge.csv", $"title\n{new string('x', 3_000_000)}\n"),
            twice = Write("twice.csv", "title,views\nA,1\nA,2\n");
        Assert.Contains("line 2 of", Message(latin, "title=title"));
        Assert.Contains("latin.csv is not UTF-8", Message(latin, "title=title"));
        Assert.Contains("huge.csv", Message(huge, "title=title"));
        Assert.EndsWith("Is a quote not closed?", Message(huge, "title=title"));
        Assert.Contains("has no column clicks; it has title, views", Message(twice, "title=title", "views=clicks"));
        Assert.EndsWith("missing.csv", Message(folder.At("missing.csv"), "title=title"));
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
            10,0000,T,U,small,168.5,Rock,CC0,"1,293",Grouped
            11,2031-01-01,T,U,small,0,Rock,CC0,1.293e3,Power
            12.0,19,T,U,small,x,Rock,CC0, 1293 ,Blanks
            13,,T,U,small,168,Rock,CC0,many,No number
            14,,T,U,small,168,Rock,CC0,-5,Below
            2,2009-01-05 00:00:00,A Way Of Life,AWOL,small,168,Hip-Hop,"Attribution-NonCommercial, 3.0",1293.0,Food
            5,,"A ""Way""
            Of Life",AWOL,small,206,,CC BY,1151,This World
            1000,,X,Y,large,1,Rock,CC0,7,Not in this folder

            """
        );
        string[] files =
        [
            "fma_small/000/000002.mp3",
            "fma_small/000/000005.mp3",
            .. Enumerable.Range(10, 5).Select(id => $"fma_small/000/0000{id}.mp3"),
            "fma_small/155/155066.mp3",
        ];
        foreach (string file in files)
            Write(file, "");
        CsvCatalogue read = FreeMusicArchive.Read(folder.At("fma_metadata"), folder.At("fma_small"));
        Assert.Equal(
            new CatalogueTrack("fma", "2", "Food", "AWOL")
            {
                Album = "A Way Of Life",
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
        Assert.Equal(5, read.Tracks.Count);
        Assert.All(read.Tracks.Skip(2), track => Assert.Equal((1293, null), (track.Listens, track.Year)));
        Assert.Equal([168.5, null, null], read.Tracks.Skip(2).Select(track => track.Duration));
        Assert.Equal(
            ["000013.mp3", "000014.mp3", "155066.mp3"],
            read.Rejected.Select(failure => Path.GetFileName(failure.Path))
        );
        Assert.StartsWith("has the listens \"many\", which is no whole number", read.Rejected[0].Reason);
        Assert.Contains("in row 4 of", read.Rejected[0].Reason);
        Assert.Contains(
            "unzip fma_metadata.zip",
            Assert
                .Throws<CollectException>(() => FreeMusicArchive.Read(folder.At("nowhere"), folder.At("fma_small")))
                .Message
        );
    }
}
