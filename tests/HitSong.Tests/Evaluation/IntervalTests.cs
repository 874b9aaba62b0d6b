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
}
