using HitSong.Audio;
using HitSong.Features;
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
/// <example><code>
/// var song = AudioFile.Read("../data/demo/corpus/audio/demo-0001.mp3", new(22_050), start: 4, duration: 3);
/// var clip = Decibel.FromPower(new MelSpectrogram(MelSettings.Librosa).Compute(song.Samples));
/// // A map of the clip's shape, 0…1, as Predictor.Attention gives one; here it is bright where it is loud.
/// var map = clip with { Values = [.. clip.Values.Select(value => Math.Clamp(1 + value / 80, 0, 1))] };
/// new SoundMap(clip, map, MelSettings.Librosa, song, "Where it is loud")
/// </code></example>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed class SoundMap(FeatureMatrix clip, FeatureMatrix map, MelSettings settings, Waveform sound, string title)
{
    private readonly SpectrogramPicture picture = new(clip, settings, colors: ColorScale.Greys, map: map);

    /// <summary>Picture and player by MIME type; the picture alone where there is no HTML.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle()
    {
        byte[] png = picture.ToPng();
        return new Dictionary<string, object>
        {
            ["text/html"] = PlayedPicture.Html(png, picture.Width, picture.Plot, new(sound), title, ToString()),
            ["image/png"] = Convert.ToBase64String(png),
            ["text/plain"] = ToString(),
        };
    }

    /// <summary>One line: the title.</summary>
    public override string ToString() => $"{title}; the more orange, the more it speaks for the class";
}
