using System.Globalization;
using Tables;

namespace HitSong.Features;

/// <summary>A time-frequency feature, [bands × frames], row by row as NumPy and libtorch lay it out.</summary>
/// <param name="Values">[bands · frames] values; band b of frame t at b · frames + t.</param>
/// <param name="Bands">Number of bands or coefficients.</param>
/// <param name="Frames">Number of frames.</param>
/// <example><code>
/// var matrix = new FeatureMatrix([1, 2, 3, 4, 5, 6], Bands: 2, Frames: 3);
/// matrix[band: 1, frame: 0] // 4
/// </code></example>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed record FeatureMatrix(float[] Values, int Bands, int Frames)
{
    /// <summary>The value of one band in one frame.</summary>
    public float this[int band, int frame] => Values[band * Frames + frame];

    /// <summary>In a notebook: shape and range.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() =>
        new Dictionary<string, object>
        {
            ["text/plain"] = string.Create(
                CultureInfo.InvariantCulture,
                $"FeatureMatrix [{Bands} × "
                    + $"{Frames}]{(Values.Length == 0 ? "" : $", {Values.Min():G4} … {Values.Max():G4}")}"
            ),
        };
}
