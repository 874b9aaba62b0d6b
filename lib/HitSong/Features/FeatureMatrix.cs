using System.Globalization;
using Tables;

namespace HitSong.Features;

/// <summary>A time-frequency feature, [bands × frames], row by row as NumPy and libtorch lay it out.</summary>
/// <param name="Values">[bands · frames] values; band b of frame t at b · frames + t.</param>
/// <param name="Bands">Number of bands or coefficients.</param>
/// <param name="Frames">Number of frames.</param>
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
