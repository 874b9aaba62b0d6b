using HitSong.Collect;
using HitSong.Corpus;
using Tests;

namespace HitSong.Tests.Collect;

public sealed class TidyTuesdayTests : IDisposable
{
    private const string Header =
        "track_id,track_name,track_artist,track_popularity,track_album_id,track_album_name,"
        + "track_album_release_date,playlist_name,playlist_id,playlist_genre,playlist_subgenre,danceability,energy,key,"
        + "loudness,mode,speechiness,acousticness,instrumentalness,liveness,valence,tempo,duration_ms";

    private readonly TemporaryFolder folder = new("tidy tuesday");

    public void Dispose() => folder.Dispose();

    private TidyTuesday Write(params string[] rows)
    {
        File.WriteAllLines(folder.At("spotify_songs.csv"), [Header, .. rows]);
        return TidyTuesday.Write(folder.At("spotify_songs.csv"), folder.At("catalogue.csv"), folder.At("artists.csv"));
    }

    // Made up; id, name and artist as given.
    private static string Row(
        string song,
        string popularity = "50",
        string date = "2019-06-14",
        string genre = "pop",
        string energy = "0.9",
        string tempo = "120.5"
    ) =>
        $"{song},{popularity},a,An album,{date},A list,l,{genre},{genre} 1,0.7,{energy},6,-2.6,1,0.06,0.1,0,0.07,0.5,"
        + $"{tempo},194754";

    [Fact]
    public void A_track_stands_once_with_its_first_playlist_and_its_artist_has_the_mean()
    {
        TidyTuesday read = Write(
            Row("1,\"Song, \"\"one\"\"\",Ann", "40", "2019"),
            Row("2,Two,Ann", "61", "1970-01", "r&b"),
            Row("1,\"Song, \"\"one\"\"\",Ann", "40", "2019", "latin"),
            Row("3,Drei,Bö", "7", "0000")
        );

        Assert.Equal(
            (4, 3, 3, 1, 2, 1),
            (read.Rows, read.Distinct, read.Tracks, read.Repeats, read.Artists, read.WithoutYear)
        );
        Assert.Empty(read.Rejected);
        Assert.Equal(
            [
                "artist_name,track_name,track_id,popularity,year,genre,danceability,energy,key,loudness,mode,"
                    + "speechiness,acousticness,instrumentalness,liveness,valence,tempo,duration_ms,time_signature",
                "Ann,\"Song, \"\"one\"\"\",1,40,2019,pop,0.7,0.9,6,-2.6,1,0.06,0.1,0,0.07,0.5,120.5,194754,4",
                "Ann,Two,2,61,1970,r&b,0.7,0.9,6,-2.6,1,0.06,0.1,0,0.07,0.5,120.5,194754,4",
                "Bö,Drei,3,7,,pop,0.7,0.9,6,-2.6,1,0.06,0.1,0,0.07,0.5,120.5,194754,4",
            ],
            File.ReadAllLines(folder.At("catalogue.csv"))
        );
        Assert.Equal(["artist_name,popularity", "Ann,50.5", "Bö,7.0"], File.ReadAllLines(folder.At("artists.csv")));
    }

    [Fact]
    public void A_row_that_cannot_be_used_is_named_and_another_of_its_track_takes_its_place()
    {
        TidyTuesday read = Write(
            Row("1,NA,NA"),
            Row("2,Two,Ann", "101"),
            Row("2,Two,Ann", "12"),
            Row("3,Three,Ann", energy: "loud"),
            Row("4,Four,Ann", tempo: "NaN"),
            Row("5,Five,"),
            Row(",Six,Ann"),
            Row("7,Seven,Ann", genre: "NA"),
            Row("8,Eight,Ann", "", date: "")
        );

        Assert.Equal((9, 1, 0), (read.Rows, read.Tracks, read.Repeats));
        Assert.Equal(
            [
                "row 1 has no track_name",
                "row 2 has the track_popularity \"101\", which is no number from 0 to 100",
                "row 4 has the energy \"loud\", which is no number from 0 to 1",
                "row 5 has the tempo \"NaN\", which is no number from 0 to 1000",
                "row 6 has no track_artist",
                "row 7 has no track_id",
                "row 8 has no playlist_genre",
                "row 9 has the track_popularity \"\", which is no number from 0 to 100",
            ],
            read.Rejected.Select(failure => failure.Reason)
        );
        Assert.StartsWith("Ann,Two,2,12,", File.ReadAllLines(folder.At("catalogue.csv"))[1]);
    }

    [Fact]
    public void A_table_that_gives_nothing_is_refused_with_the_reason()
    {
        string Refused(Action read) => Assert.Throws<CollectException>(read).Message;
        Assert.Contains("row 1 has no track_name", Refused(() => Write(Row("1,,Ann"))));
        Assert.Contains("it has none", Refused(() => Write()));
        Assert.Contains("Line: 2", Refused(() => Write("1,2,3")));
        File.WriteAllLines(folder.At("other.csv"), [Header.Replace("tempo", "bpm"), Row("1,One,Ann")]);
        Assert.Contains(
            "has no column tempo",
            Refused(() => TidyTuesday.Write(folder.At("other.csv"), folder.At("c.csv"), folder.At("a.csv")))
        );
        Assert.False(File.Exists(folder.At("catalogue.csv")));
    }

    [SkippableFact]
    public void The_real_table_gives_its_tracks()
    {
        string path = Repository.Shared("tables/real/tidytuesday-spotify_songs.csv");

        TidyTuesday read = TidyTuesday.Write(path, folder.At("catalogue.csv"), folder.At("artists.csv"));

        // Counted with pandas: rows, ids, ids with title and artist; their artists, and the sum of their popularity.
        Assert.Equal((32_833, 28_356, 28_352), (read.Rows, read.Distinct, read.Tracks));
        Assert.Equal((10_692, 0), (read.Artists, read.WithoutYear));
        Assert.Equal(5, read.Rejected.Count);
        Assert.All(read.Rejected, failure => Assert.EndsWith("has no track_name", failure.Reason));
        TabularData data = TabularData.Read(folder.At("catalogue.csv"), [folder.At("artists.csv")]);
        Assert.Equal(28_352, data.TrainLabels.Length + data.TestLabels.Length);
        Assert.Equal(["edm", "latin", "pop", "r&b", "rap", "rock"], data.Preparation.Genres);
        CsvCatalogue tracks = CsvCatalogue.Read(folder.At("catalogue.csv"), ColumnMap.Kaggle);
        Assert.Equal(1_115_235, tracks.Tracks.Sum(track => track.Popularity));
    }
}
