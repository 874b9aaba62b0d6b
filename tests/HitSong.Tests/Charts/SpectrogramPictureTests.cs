using HitSong.Charts;
using HitSong.Features;
using HitSong.Tests.Features;
using Tests;

namespace HitSong.Tests.Charts;

public sealed class SpectrogramPictureTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static readonly MelSettings Settings = MelSettings.Librosa with { Bands = 2 };

    [Fact]
    public void Low_bands_lie_below_and_time_goes_right()
    {
        SpectrogramPicture picture = new(new([0, 1, 2, 3, 4, 5], 2, 3), Settings, 3, 2, axes: false);
        byte[] lightness =
        [
            .. Enumerable
                .Range(0, 6)
                .Select(i =>
                    (byte)((picture.Pixels[3 * i] + picture.Pixels[3 * i + 1] + picture.Pixels[3 * i + 2]) / 3)
                ),
        ];
        Assert.Equal([3, 4, 5, 0, 1, 2], lightness.Select(value => lightness.Count(other => other < value)));
    }

    // The published tables at 0, 1/2 and 1.
    [Theory]
    [InlineData(true, new[] { 68, 1, 84, 33, 145, 140, 253, 231, 37 })]
    [InlineData(false, new[] { 0, 0, 4, 183, 55, 121, 252, 253, 191 })]
    public void Colours_are_those_of_the_published_tables(bool viridis, int[] expected)
    {
        SpectrogramPicture picture = new(
            new([0, 0.5f, 1], 1, 3),
            Settings with
            {
                Bands = 1,
            },
            3,
            1,
            viridis ? ColorScale.Viridis : ColorScale.Magma,
            axes: false
        );
        for (int i = 0; i < 9; i++)
            Assert.InRange(picture.Pixels[i], expected[i] - 6, expected[i] + 6);
    }

    [Theory]
    [InlineData(800, 320, true)]
    [InlineData(64, 64, false)]
    [InlineData(1, 1, false)]
    public void Other_programs_read_the_png(int width, int height, bool axes)
    {
        FeatureMatrix mel = Decibel.FromPower(new MelSpectrogram(MelSettings.Librosa).Compute(ReferenceTests.Signal));
        SpectrogramPicture picture = new(mel, MelSettings.Librosa, width, height, axes: axes);
        picture.Save(folder.At("картина.png"));
        byte[] pixels = Audio.Ffmpeg.Run("-i", folder.At("картина.png"), "-f", "rawvideo", "-pix_fmt", "rgb24", "-");
        Assert.Equal(picture.Pixels.ToArray(), pixels);
        Assert.Equal(
            picture.ToPng(),
            new SpectrogramPicture(mel, MelSettings.Librosa, width, height, axes: axes).ToPng()
        );
    }

    [Fact]
    public void Axes_stand_beside_the_picture_of_a_transform()
    {
        FeatureMatrix decibels = Decibel.FromAmplitude(new Stft(StftSettings.Librosa).Magnitude(ReferenceTests.Signal));
        SpectrogramPicture picture = new(decibels, StftSettings.Librosa, 22050, 300, 200, ColorScale.Viridis);
        ReadOnlySpan<byte> pixels = picture.Pixels;
        Assert.Equal((300, 200), (picture.Width, picture.Height));
        int Dark(int x0, int x1, int y0, int y1)
        {
            int count = 0;
            for (int y = y0; y < y1; y++)
            for (int x = x0; x < x1; x++)
                count += picture.Pixels[3 * (y * 300 + x)] < 128 ? 1 : 0;
            return count;
        }
        Assert.InRange(Dark(0, 62, 0, 200), 100, 3000);
        Assert.InRange(Dark(64, 300, 180, 200), 50, 3000);
        Assert.Contains("11025 Hz", (string)picture.ToMimeBundle()["text/plain"]);
    }

    [Fact]
    public void A_picture_without_room_or_too_large_for_a_png_is_refused()
    {
        Assert.Throws<FeatureException>(() => new SpectrogramPicture(new([0, 1], 2, 1), Settings, 40, 320));
        Assert.Throws<FeatureException>(() => new SpectrogramPicture(new([0, 1], 2, 1), Settings, 1_000_001, 100));
        Assert.Equal(1_000_000, new SpectrogramPicture(new([0, 1], 2, 1), Settings, 1_000_000, 1, axes: false).Width);
    }
}
