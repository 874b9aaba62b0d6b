using HitSong.Audio;
using HitSong.Charts;
using HitSong.Features;

namespace Tests;

public class SoundMapTests
{
    private static readonly FeatureMatrix clip = new(
        [.. Enumerable.Range(0, 128 * 40).Select(i => -80f + 80f * (i % 40) / 39)],
        128,
        40
    );

    // The upper half of the bands speaks for the class.
    private static readonly FeatureMatrix map = new(
        [.. Enumerable.Range(0, 128 * 40).Select(i => i / 40 >= 64 ? 1f : 0)],
        128,
        40
    );

    [Fact]
    public void TheMapTintsWhereItIs()
    {
        SpectrogramPicture picture = new(clip, MelSettings.Librosa, 40, 128, ColorScale.Greys, axes: false, map);
        ReadOnlySpan<byte> above = picture.Pixels[..(3 * 40)],
            below = picture.Pixels[^(3 * 40)..];
        for (int x = 0; x < 40; x++)
        {
            Assert.True(above[3 * x] > above[3 * x + 2], "orange has more red than blue");
            Assert.True(below[3 * x] == below[3 * x + 1] && below[3 * x] == below[3 * x + 2], "grey stays grey");
            // What lies below is still seen.
            if (x > 0)
                Assert.True(above[3 * x + 1] >= above[3 * x - 2]);
        }
        Assert.True(above[3 * 39 + 1] > above[1] + 50);
        Assert.Throws<FeatureException>(() =>
            new SpectrogramPicture(clip, MelSettings.Librosa, map: new(new float[10], 2, 5))
        );
    }

    [Fact]
    public void ItPlaysAndIsWholeWithoutASound()
    {
        var bundle = new SoundMap(
            clip,
            map,
            MelSettings.Librosa,
            new Waveform(new float[2205], 22_050),
            "A <song>"
        ).ToMimeBundle();
        string html = (string)bundle["text/html"];
        Assert.Contains("A &lt;song&gt;", html);
        Assert.Contains("src=\"data:audio/wav;base64,", html);
        // The line begins where the spectrogram does: 72 of 800 pixels.
        Assert.Contains("left:9%", html);
        Assert.Contains("100*(0.09+0.8925*this.currentTime/this.duration)", html);
        Assert.StartsWith("iVBORw0KGgo", (string)bundle["image/png"]);
        Assert.Equal("A <song>; the more orange, the more it speaks for the class", bundle["text/plain"]);
    }
}
