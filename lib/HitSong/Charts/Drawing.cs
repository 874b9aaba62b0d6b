using System.Globalization;
using System.Runtime.InteropServices;
using HitSong.Features;
using SkiaSharp;

namespace HitSong.Charts;

/// <summary>A picture that is drawn: values as colours, axes, and the PNG that comes of it.</summary>
internal sealed class Drawing : IDisposable
{
    private const int Tick = 4;

    // matplotlib's font, so that a picture is the same on every machine, also where there are no fonts.
    private static readonly SKTypeface Typeface = SKTypeface.FromStream(
        typeof(Drawing).Assembly.GetManifestResourceStream("DejaVuSans.ttf")
    );

    // The filter that makes a spectrogram's neighbours alike, and a level beyond which files shrink by 1% only.
    private static readonly SKPngEncoderOptions Encoding = new(SKPngEncoderFilterFlags.Sub, zLibLevel: 3);

    private readonly SKBitmap bitmap;
    private readonly SKPaint ink = new() { Color = new(64, 64, 64), IsAntialias = true };
    private readonly SKFont font = new(Typeface, size: 12) { Subpixel = true };

    /// <summary>A white picture.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public Drawing(int width, int height)
    {
        bitmap = new(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        Canvas = new(bitmap);
        Canvas.Clear(SKColors.White);
    }

    /// <summary>Pixels.</summary>
    public int Width => bitmap.Width;

    /// <summary>Pixels.</summary>
    public int Height => bitmap.Height;

    /// <summary>Where anything else is drawn.</summary>
    public SKCanvas Canvas { get; }

    /// <summary>Red, green and blue of each pixel, row by row from the top.</summary>
    public byte[] Rgb()
    {
        Span<uint> pixels = MemoryMarshal.Cast<byte, uint>(bitmap.GetPixelSpan());
        byte[] rgb = new byte[3 * pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
            (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) = (
                (byte)(pixels[i] >> 16),
                (byte)(pixels[i] >> 8),
                (byte)pixels[i]
            );
        return rgb;
    }

    /// <summary>The picture as PNG.</summary>
    public byte[] Png()
    {
        using SKPixmap drawn = bitmap.PeekPixels()!;
        using SKData encoded = drawn.Encode(Encoding)!;
        return encoded.ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        font.Dispose();
        ink.Dispose();
        Canvas.Dispose();
        bitmap.Dispose();
    }

    /// <summary>
    /// Values as colours, the first band below, from the smallest value to the largest; where several fall on one
    /// pixel, the largest is seen.
    /// </summary>
    public void Values(SKRectI place, FeatureMatrix values, ColorScale colors)
    {
        Span<uint> pixels = MemoryMarshal.Cast<byte, uint>(bitmap.GetPixelSpan());
        uint[] palette = [.. Enumerable.Range(0, 256).Select(i => (uint)SKColor.Parse(colors.At(i / 255.0)))];
        float min = values.Values.Min(),
            range = values.Values.Max() - min;
        for (int y = 0; y < place.Height; y++)
        {
            (int firstBand, int endBand) = Span(place.Height - 1 - y, place.Height, values.Bands);
            for (int x = 0; x < place.Width; x++)
            {
                float largest = float.NegativeInfinity;
                (int firstFrame, int endFrame) = Span(x, place.Width, values.Frames);
                for (int band = firstBand; band < endBand; band++)
                for (int frame = firstFrame; frame < endFrame; frame++)
                    largest = Math.Max(largest, values[band, frame]);
                float level = range > 0 ? (largest - min) / range : 0;
                pixels[(place.Top + y) * bitmap.Width + place.Left + x] = palette[(int)MathF.Round(255 * level)];
            }
        }
    }

    /// <summary>Which of so many values fall on a pixel of so many.</summary>
    public static (int First, int End) Span(int pixel, int pixels, int count)
    {
        int first = (int)((long)pixel * count / pixels),
            end = (int)((long)(pixel + 1) * count / pixels);
        return (first, Math.Max(first + 1, end));
    }

    /// <summary>Time in s below a place.</summary>
    public void TimeAxis(SKRectI place, double seconds)
    {
        double step = Step(seconds, place.Width / 80);
        for (int tick = 0; tick * step <= seconds; tick++)
        {
            int x = place.Left + (int)(tick * step / seconds * (place.Width - 1));
            Canvas.DrawRect(x, place.Bottom, 1, Tick, ink);
            string text = (tick * step).ToString("0.##", CultureInfo.InvariantCulture) + " s";
            float middle = Math.Min(x, bitmap.Width - 1 - font.MeasureText(text) / 2);
            Canvas.DrawText(text, middle, place.Bottom + Tick + 13, SKTextAlign.Center, font, ink);
        }
    }

    /// <summary>A tick and what it says, left of a place.</summary>
    /// <param name="place">The place.</param>
    /// <param name="height">Where, as a share of the place's height from below.</param>
    /// <param name="text">In ASCII, which is what the font has.</param>
    public void Label(SKRectI place, double height, string text)
    {
        int y = place.Top + (int)((place.Height - 1) * (1 - height));
        Canvas.DrawRect(place.Left - Tick, y, Tick, 1, ink);
        Canvas.DrawText(text, place.Left - Tick - 4, y + 4.5f, SKTextAlign.Right, font, ink);
    }

    /// <summary>Words in the middle of a point.</summary>
    /// <param name="x">Pixels from the left.</param>
    /// <param name="y">Pixels from the top.</param>
    /// <param name="text">In ASCII.</param>
    public void Words(float x, float y, string text) =>
        Canvas.DrawText(text, x, y + 4.5f, SKTextAlign.Center, font, ink);

    /// <summary>What a place shows, above it.</summary>
    public void Title(SKRectI place, string text) =>
        Canvas.DrawText(text, place.Left, place.Top - 4, SKTextAlign.Left, font, ink);

    // 1, 2 or 5 times a power of ten, such that there are some ticks but no more than so many.
    private static double Step(double length, int most)
    {
        for (double unit = 1e-3; ; unit *= 10)
            foreach (int factor in (int[])[1, 2, 5])
                if (length / (factor * unit) <= Math.Max(1, most))
                    return factor * unit;
    }
}
