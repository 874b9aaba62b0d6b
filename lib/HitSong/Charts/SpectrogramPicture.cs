using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using HitSong.Features;

namespace HitSong.Charts;

/// <summary>A spectrogram as a PNG picture of any size, low frequencies below, the smallest value darkest.</summary>
/// <example><code>
/// new SpectrogramPicture(decibels, MelSettings.Librosa).Save("song.png");
/// </code></example>
public sealed class SpectrogramPicture
{
    private const int Left = 64,
        Bottom = 26,
        Top = 8,
        Right = 14; // of the axes, pixels
    private const int GlyphHeight = 10;

    // 3 × 5 dots a glyph, three bits a row, drawn twice as large.
    private static readonly Dictionary<char, int[]> Glyphs = new()
    {
        ['0'] = [7, 5, 5, 5, 7],
        ['1'] = [2, 6, 2, 2, 7],
        ['2'] = [7, 1, 7, 4, 7],
        ['3'] = [7, 1, 7, 1, 7],
        ['4'] = [5, 5, 7, 1, 1],
        ['5'] = [7, 4, 7, 1, 7],
        ['6'] = [7, 4, 7, 5, 7],
        ['7'] = [7, 1, 2, 2, 2],
        ['8'] = [7, 5, 7, 5, 7],
        ['9'] = [7, 5, 7, 1, 7],
        ['.'] = [0, 0, 0, 0, 2],
        ['H'] = [5, 5, 7, 5, 5],
        ['z'] = [0, 7, 1, 2, 7],
        ['s'] = [0, 7, 6, 3, 7],
        [' '] = [0, 0, 0, 0, 0],
    };

    private readonly byte[] rgb;
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
        if (across < 1 || up < 1 || (long)width * height > 1 << 28)
            throw new FeatureException(
                $"a picture of {width} × {height} pixels has no room for a spectrogram, or is beyond 2^28 pixels"
            );
        if (map is not null && (map.Bands, map.Frames) != (values.Bands, values.Frames))
            throw new FeatureException(
                $"a map of {map.Bands} × {map.Frames} cannot lie over a spectrogram of {values.Bands} × {values.Frames}"
            );
        (Width, Height, Plot) = (width, height, (left, across));
        rgb = new byte[3 * width * height];
        Array.Fill(rgb, (byte)255);

        float min = values.Values.Min(),
            range = values.Values.Max() - min;
        byte[][] scale =
        [
            .. (colors ?? ColorScale.Magma).Colors.Select(color => Convert.FromHexString(color.AsSpan(1))),
        ];
        for (int y = 0; y < up; y++)
        {
            for (int x = 0; x < across; x++)
            {
                // Where several values fall on one pixel, the largest is seen.
                float largest = float.NegativeInfinity;
                (int firstBand, int endBand) = Span(up - 1 - y, up, values.Bands);
                (int firstFrame, int endFrame) = Span(x, across, values.Frames);
                for (int band = firstBand; band < endBand; band++)
                for (int frame = firstFrame; frame < endFrame; frame++)
                    largest = Math.Max(largest, values[band, frame]);
                Span<byte> pixel = rgb.AsSpan(3 * ((y + top) * width + left + x), 3);
                Color(scale, range > 0 ? (largest - min) / range : 0, pixel);
                if (map is not null)
                    Tint(pixel, map[(firstBand + endBand) / 2, (firstFrame + endFrame) / 2]);
            }
        }
        double seconds = values.Frames * secondsAFrame;
        description = string.Create(
            CultureInfo.InvariantCulture,
            $"Spectrogram: {seconds:0.00} s, {frequencies[0]:0} to {frequencies[^1]:0} Hz"
        );
        if (!axes)
            return;

        double step = Step(seconds, across / 80);
        for (int tick = 0; tick * step <= seconds; tick++)
        {
            int x = left + (int)(tick * step / seconds * (across - 1));
            Box(x, height - bottom, 1, 4);
            string text = (tick * step).ToString("0.##", CultureInfo.InvariantCulture) + " s";
            Write(text, Math.Min(x - 4 * text.Length, width - 8 * text.Length), height - bottom + 8);
        }
        for (int tick = 0, ticks = Math.Max(1, up / 50); tick <= ticks; tick++)
        {
            int band = (int)Math.Round((values.Bands - 1.0) * tick / ticks),
                y = top + (int)((up - 1) * (1 - (double)tick / ticks));
            Box(left - 4, y, 4, 1);
            string text = frequencies[band].ToString("0", CultureInfo.InvariantCulture) + (tick == ticks ? "Hz" : "");
            Write(
                text,
                left - 6 - 8 * text.Length + 2,
                Math.Clamp(y - GlyphHeight / 2, 0, height - bottom - GlyphHeight)
            );
        }
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
    public byte[] ToPng()
    {
        using MemoryStream png = new(),
            compressed = new();
        png.Write([0x89, .. "PNG\r\n"u8, 0x1a, (byte)'\n']);
        byte[] header = [0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Height);
        Chunk(png, "IHDR"u8, header);
        using (ZLibStream zlib = new(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int y = 0; y < Height; y++)
            {
                zlib.WriteByte(0); // no filter
                zlib.Write(rgb, 3 * y * Width, 3 * Width);
            }
        }
        Chunk(png, "IDAT"u8, compressed.ToArray());
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    /// <summary>Writes the PNG; a file of that name is replaced.</summary>
    /// <exception cref="HitSongException">The file cannot be written.</exception>
    public void Save(string path)
    {
        try
        {
            File.WriteAllBytes(path + ".part", ToPng());
            File.Move(path + ".part", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HitSongException($"The picture {path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>In a notebook: the picture.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() =>
        new Dictionary<string, object>
        {
            ["image/png"] = Convert.ToBase64String(ToPng()),
            ["text/plain"] = description,
        };

    private static (int First, int End) Span(int pixel, int pixels, int count)
    {
        int first = (int)((long)pixel * count / pixels),
            end = (int)((long)(pixel + 1) * count / pixels);
        return (first, Math.Max(first + 1, end));
    }

    private static void Color(byte[][] scale, float place, Span<byte> color)
    {
        float at = place * (scale.Length - 1);
        int low = Math.Min((int)at, scale.Length - 2);
        for (int c = 0; c < 3; c++)
            color[c] = (byte)MathF.Round(scale[low][c] + (at - low) * (scale[low + 1][c] - scale[low][c]));
    }

    // The spectrogram stays to be seen where the map is 1.
    private static void Tint(Span<byte> color, float map)
    {
        ReadOnlySpan<byte> orange = [255, 96, 0];
        for (int c = 0; c < 3; c++)
            color[c] = (byte)MathF.Round(color[c] + 0.7f * Math.Clamp(map, 0, 1) * (orange[c] - color[c]));
    }

    // 1, 2 or 5 times a power of ten, such that there are some ticks but no more than so many.
    private static double Step(double length, int most)
    {
        for (double unit = 1e-3; ; unit *= 10)
            foreach (int factor in (int[])[1, 2, 5])
                if (length / (factor * unit) <= Math.Max(1, most))
                    return factor * unit;
    }

    private void Write(string text, int x, int y)
    {
        foreach (char letter in text)
        {
            int[] rows = Glyphs[letter];
            for (int row = 0; row < 5; row++)
            for (int column = 0; column < 3; column++)
                if ((rows[row] >> (2 - column) & 1) != 0)
                    Box(x + 2 * column, y + 2 * row, 2, 2);
            x += 8;
        }
    }

    private void Box(int x, int y, int width, int height)
    {
        for (int row = Math.Max(0, y); row < Math.Min(y + height, Height); row++)
        for (int column = Math.Max(0, x); column < Math.Min(x + width, Width); column++)
            rgb.AsSpan(3 * (row * Width + column), 3).Fill(64);
    }

    private static void Chunk(Stream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        byte[] body = [.. type, .. data];
        png.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        png.Write(number);
    }

    // CRC-32 of ISO 3309, as PNG wants it.
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = crc >> 1 ^ (0xEDB88320 & (uint)-(int)(crc & 1));
        }
        return ~crc;
    }
}
