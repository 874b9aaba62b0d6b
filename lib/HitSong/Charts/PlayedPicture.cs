using System.Globalization;
using System.Net;
using HitSong.Audio;

namespace HitSong.Charts;

/// <summary>A picture along whose time a line goes while a player below it plays.</summary>
internal static class PlayedPicture
{
    /// <summary>Picture and player as HTML.</summary>
    /// <param name="png">The picture.</param>
    /// <param name="width">Its width, pixels.</param>
    /// <param name="plot">Where time begins in it from the left, and over how many pixels it goes.</param>
    /// <param name="player">The player.</param>
    /// <param name="title">What stands above.</param>
    /// <param name="description">What the picture shows, for who does not see it.</param>
    public static string Html(
        byte[] png,
        int width,
        (int Left, int Width) plot,
        AudioPlayer player,
        string title,
        string description
    )
    {
        (double left, double share) = ((double)plot.Left / width, (double)plot.Width / width);
        string place = string.Create(
            CultureInfo.InvariantCulture,
            $"(100*({left:0.####}+{share:0.####}*this.currentTime/this.duration))+'%'"
        );
        string audio = ((string)player.ToMimeBundle()["text/html"]).Replace(
            "<audio ",
            "<audio style=\"width:100%\" "
                + $"ontimeupdate=\"this.previousElementSibling.lastElementChild.style.left={place}\" ",
            StringComparison.Ordinal
        );
        string data = Convert.ToBase64String(png),
            words = WebUtility.HtmlEncode(description);
        string image = $"""<img alt="{words}" style="width:100%;display:block" src="data:image/png;base64,{data}">""";
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"""<i style="position:absolute;top:0;bottom:0;left:{100 * left:0.##}%;width:2px;background:#00c8ff"></i>"""
        );
        string caption = $"<figcaption>{WebUtility.HtmlEncode(title)}</figcaption>";
        return $"""
            <figure style="margin:0;max-width:{width}px">{caption}
            <div style="position:relative">{image}{line}</div>
            {audio}</figure>
            """;
    }
}
