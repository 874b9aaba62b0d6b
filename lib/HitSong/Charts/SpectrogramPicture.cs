using System.Globalization;
using HitSong.Features;
using SkiaSharp;
using Tables;

namespace HitSong.Charts;

/// <summary>A spectrogram as a PNG picture of any size, low frequencies below, the smallest value darkest.</summary>
/// <example><code>
/// var song = AudioFile.Read("../data/demo/corpus/audio/demo-0001.mp3", new(22_050), start: 4, duration: 3);
/// var mel = new MelSpectrogram(MelSettings.Librosa).Compute(song.Samples);
/// new SpectrogramPicture(Decibel.FromPower(mel, DecibelSettings.RelativeToMax), MelSettings.Librosa)
/// </code></example>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed class SpectrogramPicture
{
    private const int Left = 72,
        Bottom = 26,
        Top = 8,
        Right = 14; // of the axes, pixels

    private const int LongestSide = 1_000_000; // that Skia's libpng writes

    private readonly byte[] rgb,
        png;
    private readonly string description;

    /// <summary>A picture of a mel spectrogram.</summary>
    /// <param name="values">[bands × frames], such as dB.</param>
    /// <param name="settings">The settings that it was made with, for the axes.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="colors">From the smallest value to the largest; null: magma.</param>
    /// <param name="axes">
    /// Whether time in s and frequency in Hz stand beside it; without, the spectrogram fills the picture, as a network
    /// takes it.
    /// </param>
    /// <param name="map">
    /// [bands × frames] 0…1, laid over it: the nearer to 1, the more orange. With grey colours below, both are seen.
    /// </param>
    /// <exception cref="FeatureException">
    /// No values, a size that has no room for them, or a map of another size.
    /// </exception>
    public SpectrogramPicture(
        FeatureMatrix values,
        MelSettings settings,
        int width = 800,
        int height = 320,
        ColorScale? colors = null,
        bool axes = true,
        FeatureMatrix? map = null
    )
        : this(
            values,
            settings.CentreFrequencies(),
            (double)settings.HopLength / settings.SampleRate,
            width,
            height,
            colors,
            axes,
            map
        ) { }

    /// <summary>A picture of a short-time Fourier transform.</summary>
    /// <param name="values">[bins × frames], such as dB.</param>
    /// <param name="settings">The settings that it was made with, for the axes.</param>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="colors">From the smallest value to the largest; null: magma.</param>
    /// <param name="axes">Whether time in s and frequency in Hz stand beside it.</param>
    /// <exception cref="FeatureException">No values, or a size that has no room for them.</exception>
    public SpectrogramPicture(
        FeatureMatrix values,
        StftSettings settings,
        int sampleRate,
        int width = 800,
        int height = 320,
        ColorScale? colors = null,
        bool axes = true
    )
        : this(
            values,
            [.. Enumerable.Range(0, values.Bands).Select(bin => (double)bin * sampleRate / settings.FftLength)],
            (double)settings.HopLength / sampleRate,
            width,
            height,
            colors,
            axes,
            null
        ) { }

    private SpectrogramPicture(
        FeatureMatrix values,
        double[] frequencies,
        double secondsAFrame,
        int width,
        int height,
        ColorScale? colors,
        bool axes,
        FeatureMatrix? map
    )
    {
        (int left, int bottom, int top, int right) = axes ? (Left, Bottom, Top, Right) : (0, 0, 0, 0);
        int across = width - left - right,
            up = height - top - bottom;
        if (values.Values.Length == 0)
            throw new FeatureException("there is no value to draw");
        if (across < 1 || up < 1 || Math.Max(width, height) > LongestSide || (long)width * height > 1 << 28)
            throw new FeatureException(
                $"a picture of {width} × {height} pixels has no room for a spectrogram, or is beyond 2^28 pixels or "
                    + $"{LongestSide:N0} a side"
            );
        if (map is not null && (map.Bands, map.Frames) != (values.Bands, values.Frames))
            throw new FeatureException(
                $"a map of {map.Bands} × {map.Frames} cannot lie over a spectrogram of {values.Bands} × {values.Frames}"
            );
        (Width, Height, Plot) = (width, height, (left, across));
        double seconds = values.Frames * secondsAFrame;
        description = string.Create(
            CultureInfo.InvariantCulture,
            $"Spectrogram: {seconds:0.00} s, {frequencies[0]:0} to {frequencies[^1]:0} Hz"
        );

        using Drawing drawing = new(width, height);
        SKRectI place = SKRectI.Create(left, top, across, up);
        drawing.Values(place, values, colors ?? ColorScale.Magma);
        if (map is not null)
            DrawMap(drawing.Canvas, place, map);
        if (axes)
            DrawAxes(drawing, place, frequencies, seconds);
        (png, rgb) = (drawing.Png(), drawing.Rgb());
    }

    /// <summary>Pixels.</summary>
    public int Width { get; }

    /// <summary>Pixels.</summary>
    public int Height { get; }

    /// <summary>
    /// Where the spectrogram begins from the left and how wide it is, pixels: the axes take the rest.
    /// </summary>
    public (int Left, int Width) Plot { get; }

    /// <summary>Red, green and blue of each pixel, row by row from the top, [height · width · 3].</summary>
    public ReadOnlySpan<byte> Pixels => rgb;

    /// <summary>The picture as PNG (ISO/IEC 15948: 8 bits a channel, RGB).</summary>
    public byte[] ToPng() => [.. png];

    /// <summary>Writes the PNG; a file of that name is replaced.</summary>
    /// <exception cref="HitSongException">The file cannot be written.</exception>
    public void Save(string path)
    {
        try
        {
            WholeFile.Write(path, beside => File.WriteAllBytes(beside, png));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HitSongException($"The picture {path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>In a notebook: the picture.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() =>
        new Dictionary<string, object> { ["image/png"] = Convert.ToBase64String(png), ["text/plain"] = description };

    // The spectrogram stays to be seen where the map is 1.
    private static void DrawMap(SKCanvas canvas, SKRect place, FeatureMatrix map)
    {
        using SKBitmap layer = new(map.Frames, map.Bands, SKColorType.Bgra8888, SKAlphaType.Unpremul);
        IEnumerable<float> fromAbove = map.Values.Chunk(map.Frames).Reverse().SelectMany(band => band);
        layer.Pixels = [.. fromAbove.Select(value => new SKColor(255, 96, 0, Opacity(value)))];
        canvas.DrawBitmap(layer, place, SKSamplingOptions.Default);

        static byte Opacity(float value) => (byte)MathF.Round(0.7f * 255 * Math.Clamp(value, 0, 1));
    }

    private static void DrawAxes(Drawing drawing, SKRectI place, double[] frequencies, double seconds)
    {
        drawing.TimeAxis(place, seconds);
        for (int tick = 0, ticks = Math.Max(1, place.Height / 50); tick <= ticks; tick++)
        {
            int band = (int)Math.Round((frequencies.Length - 1.0) * tick / ticks);
            string text = frequencies[band].ToString("0", CultureInfo.InvariantCulture) + (tick == ticks ? " Hz" : "");
            drawing.Label(place, (double)tick / ticks, text);
        }
    }
}
