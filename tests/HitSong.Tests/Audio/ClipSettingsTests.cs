using HitSong.Audio;

namespace HitSong.Tests.Audio;

public class ClipSettingsTests
{
    [Theory]
    [InlineData(200, new[] { 45.0, 75, 105, 165 })] // 14 clips
    [InlineData(180, new[] { 45.0, 75, 105, 165 })] // 12
    [InlineData(165, new[] { 45.0, 75, 105, 135 })] // 11: the fourth is the last but one
    [InlineData(131, new[] { 45.0, 75, 105, 105 })] // 9
    [InlineData(120, new[] { 45.0, 75, 75, 90 })] // 8: the third is number 5 again too
    [InlineData(90, new[] { 45.0, 75, 75, 60 })] // 6
    [InlineData(75, new double[0])] // 5: there is no number 5
    public void Views_resnet_takes_clips_3_5_7_and_11_or_what_stands_for_them(double seconds, double[] expected) =>
        Assert.Equal(
            expected,
            ClipSettings.ViewsResNet.Starts((long)(seconds * 44_100), 44_100).Select(start => start / 44_100.0)
        );

    [Fact]
    public void Tiktok_lstm_takes_the_first_five_times_22050_samples()
    {
        Assert.Equal([0, 22_050, 44_100, 66_150, 88_200], ClipSettings.TikTok.Starts(10_000_000, 44_100));
        Assert.Equal([0, 22_050], ClipSettings.TikTok.Starts(66_149, 8_000));
    }

    [Fact]
    public void A_preview_is_one_clip_of_30_s_whatever_it_lacks()
    {
        Assert.Equal([0], ClipSettings.HipHop.Starts(22_050 * 31, 22_050));
        Assert.Equal([0], ClipSettings.HipHop.Starts(22_050 * 29, 22_050));
        Assert.Equal(661_500, ClipSettings.HipHop.Length(22_050));
    }

    [Fact]
    public void Centred_clips_lie_side_by_side_about_the_middle()
    {
        ClipSettings centred = new()
        {
            Samples = 10,
            Count = 2,
            Placement = ClipPlacement.Centre,
        };
        Assert.Equal([40, 50], centred.Starts(100, 8000));
        Assert.Equal([2], centred.Starts(15, 8000));
        Assert.Empty(centred.Starts(9, 8000));
        Assert.Equal([0], (centred with { Padding = ClipPadding.Zero }).Starts(9, 8000));
    }

    [Fact]
    public void Random_clips_follow_from_seed_and_recording_and_lie_anywhere()
    {
        ClipSettings random = new()
        {
            Samples = 10,
            Count = 1000,
            Placement = ClipPlacement.Random,
        };
        IReadOnlyList<long> starts = random.Starts(110, 8000, "a");
        Assert.Equal(starts, random.Starts(110, 8000, "a"));
        Assert.NotEqual(starts, random.Starts(110, 8000, "b"));
        Assert.NotEqual(starts, (random with { Seed = 1 }).Starts(110, 8000, "a"));
        Assert.Equal((0, 100), (starts.Min(), starts.Max()));
        Assert.InRange(starts.Average(), 45, 55);
        Assert.Empty(random.Starts(9, 8000, "a"));
    }

    [Fact]
    public void A_clip_beyond_the_end_is_left_out_or_filled_with_silence_or_with_itself()
    {
        ClipSettings four = new() { Samples = 4, Count = 9 };
        float[] ramp = [1, 2, 3, 4, 5, 6];
        Assert.Equal([0], four.Starts(6, 8000));
        Assert.Equal([0, 4], (four with { Padding = ClipPadding.Zero }).Starts(6, 8000));
        Assert.Equal([5, 6, 0, 0], (four with { Padding = ClipPadding.Zero }).Cut(ramp, 0, 4, 8000));
        Assert.Equal([5, 6, 5, 6], (four with { Padding = ClipPadding.Repeat }).Cut(ramp, 0, 4, 8000));
        Assert.Equal([3, 4, 5, 6], four.Cut(ramp, from: 10, start: 12, 8000));
    }

    [Fact]
    public void Impossible_settings_are_named()
    {
        Assert.Contains(
            "samples",
            Assert.Throws<HitSongException>(() => new ClipSettings { Seconds = 0 }.Length(8000)).Message
        );
        Assert.Contains(
            "samples",
            Assert.Throws<HitSongException>(() => new ClipSettings { Seconds = double.NaN }.Length(8000)).Message
        );
        Assert.Contains(
            "clips",
            Assert.Throws<HitSongException>(() => new ClipSettings { Count = 0 }.Length(8000)).Message
        );
    }
}
