using HitSong.Evaluation;

namespace HitSong.Tests.Evaluation;

public class IntervalTests
{
    // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3, to the four digits
    // printed there.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Wilson_equals_the_published_table(int successes, int trials, double low, double high)
    {
        var interval = Interval.Wilson(successes, trials);
        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }

    [Fact]
    public void Wilson_refuses_what_is_no_proportion()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Interval.Wilson(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Interval.Wilson(3, 2));
    }

    [Fact]
    public void Of_clusters_it_is_Wilsons_of_as_many_trials_as_they_are_worth()
    {
        // 4 artists of 3 songs: 3, 3, 0, 3 right. p = 3/4; leaving one out: 6/9 thrice, 9/9. The jackknife's variance
        // is 3/4 · (3 · (1/12)² + (1/4)²) = 1/16; of 12 independent songs it is 3/16 / 12 = 1/64: an effect of 4, and
        // 3 songs. Less by (1.959964 / 3.182446)², that is 1.137877. Wilson's formula of it:
        string[] artists = [.. Enumerable.Range(0, 12).Select(i => $"{i / 3}")];
        bool[] right = [.. Enumerable.Range(0, 12).Select(i => i / 3 != 2)];
        var interval = Interval.Wilson(right, artists);
        Assert.Equal(0.130690, interval.Low, 1e-5);
        Assert.Equal(0.983570, interval.High, 1e-5);
    }

    [Fact]
    public void Of_clusters_of_one_it_is_Wilsons_and_of_one_cluster_everything()
    {
        bool[] right = [true, true, false, true];
        Assert.Equal(Interval.Wilson(3, 4), Interval.Wilson(right, ["a", "b", "c", "d"]));
        Assert.Equal(new Interval(0, 1), Interval.Wilson(right, ["a", "a", "a", "a"]));
    }

    [Fact]
    public void Where_all_are_right_the_songs_of_an_artist_count_as_one()
    {
        // 20 artists of 5: Wilson's of 20 trials, less by (1.959964 / 2.093024)²: 17.538.
        string[] artists = [.. Enumerable.Range(0, 100).Select(i => $"{i / 5}")];
        var interval = Interval.Wilson([.. artists.Select(_ => true)], artists);
        Assert.Equal(17.538 / (17.538 + 3.841459), interval.Low, 1e-4);
        Assert.Equal(1, interval.High);
    }
}
