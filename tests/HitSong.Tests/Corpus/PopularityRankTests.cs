using HitSong.Corpus;

namespace HitSong.Tests.Corpus;

public class PopularityRankTests
{
    private static Track Song(string id, double? popularity = null, long? plays = null, long? views = null) =>
        new(id, "Title", "Artist", "song.mp3")
        {
            Popularity = popularity,
            Plays = plays,
            Views = views,
        };

    [Fact]
    public void Without_popularity_it_is_the_percentage_of_songs_with_fewer_plays_or_views()
    {
        Track[] songs =
        [
            Song("a", plays: 900),
            Song("b"),
            Song("c", views: 10),
            Song("d", plays: 10),
            Song("e", plays: 11),
        ];
        Assert.Equal(
            [("a", 75), ("c", 0), ("d", 0), ("e", 50)],
            PopularityRank.Of(songs).Select(track => (track.Id, track.Popularity))
        );
        Assert.Empty(PopularityRank.Of([Song("b")]));
    }

    [Fact]
    public void Where_a_catalogue_has_popularity_nothing_else_is_taken_for_it() =>
        Assert.Equal(
            [("a", 3)],
            PopularityRank
                .Of([Song("a", popularity: 3, plays: 7), Song("b", plays: 9)])
                .Select(track => (track.Id, track.Popularity))
        );
}
