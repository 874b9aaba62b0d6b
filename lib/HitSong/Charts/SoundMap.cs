using System.Globalization;
using System.Net;
using HitSong.Audio;
using HitSong.Features;
using Microsoft.DotNet.Interactive.Formatting;
using Tables;

namespace HitSong.Charts;

/// <summary>
/// A clip's mel spectrogram with a map of what a network found in it laid over, and a player of the clip: a line goes
/// along while it plays.
/// </summary>
/// <param name="clip">[bands × frames] dB.</param>
/// <param name="map">[bands × frames] 0…1, such as <see cref="Attribution.GradCam"/>'s.</param>
/// <param name="settings">The settings that the spectrogram was made with.</param>
/// <param name="sound">The clip's sound.</param>
/// <param name="title">What is seen, such as the song and the class.</param>
/// <exception cref="FeatureException">No values, or a map of another size.</exception>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed class SoundMap(FeatureMatrix clip, FeatureMatrix map, MelSettings settings, Waveform sound, string title)
{
    private readonly SpectrogramPicture picture = new(clip, settings, colors: ColorScale.Greys, map: map);

    /// <summary>Picture and player by MIME type; the picture alone where there is no HTML.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle()
    {
        (double left, double width) = (
            (double)picture.Plot.Left / picture.Width,
            (double)picture.Plot.Width / picture.Width
        );
        string place = string.Create(
            CultureInfo.InvariantCulture,
            $"(100*({left:0.####}+{width:0.####}*this.currentTime/this.duration))+'%'"
        );
        string player = ((string)new AudioPlayer(sound).ToMimeBundle()["text/html"]).Replace(
            "<audio ",
            "<audio style=\"width:100%\" "
                + $"ontimeupdate=\"this.previousElementSibling.lastElementChild.style.left={place}\" ",
            StringComparison.Ordinal
        );
        string png = Convert.ToBase64String(picture.ToPng());
        string words = WebUtility.HtmlEncode(ToString());
        string image = $"""<img alt="{words}" style="width:100%;display:block" src="data:image/png;base64,{png}">""";
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"""<i style="position:absolute;top:0;bottom:0;left:{100 * left:0.##}%;width:2px;background:#00c8ff"></i>"""
        );
        string caption = $"<figcaption>{WebUtility.HtmlEncode(title)}</figcaption>";
        return new Dictionary<string, object>
        {
            ["text/html"] = $"""
                <figure style="margin:0;max-width:{picture.Width}px">{caption}
                <div style="position:relative">{image}{line}</div>
                {player}</figure>
                """,
            ["image/png"] = png,
            ["text/plain"] = ToString(),
        };
    }

    /// <summary>One line: the title.</summary>
    public override string ToString() => $"{title}; the more orange, the more it speaks for the class";
}
