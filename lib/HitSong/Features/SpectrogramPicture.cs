using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;

namespace HitSong.Features;

/// <summary>What colour a value has; both rise evenly in lightness (van der Walt and Smith 2015).</summary>
public enum ColorMap
{
    /// <summary>Dark violet over green to yellow.</summary>
    Viridis,

    /// <summary>Black over red to pale yellow.</summary>
    Magma,
}

/// <summary>A spectrogram as a PNG picture of any size, low frequencies below, the smallest value darkest.</summary>
/// <example><code>
/// new SpectrogramPicture(decibels, MelSettings.Librosa).Save("song.png");
/// </code></example>
public sealed class SpectrogramPicture
{
    private const int Left = 52, Bottom = 26, Top = 8, Right = 14; // of the axes, pixels
    private const int GlyphHeight = 10;

    // 3 × 5 dots a glyph, three bits a row, drawn twice as large.
    private static readonly Dictionary<char, int[]> Glyphs = new()
    {
        ['0'] = [7, 5, 5, 5, 7], ['1'] = [2, 6, 2, 2, 7], ['2'] = [7, 1, 7, 4, 7], ['3'] = [7, 1, 7, 1, 7], ['4'] = [5, 5, 7, 1, 1],
        ['5'] = [7, 4, 7, 1, 7], ['6'] = [7, 4, 7, 5, 7], ['7'] = [7, 1, 2, 2, 2], ['8'] = [7, 5, 7, 5, 7], ['9'] = [7, 5, 7, 1, 7],
        ['.'] = [0, 0, 0, 0, 2], ['H'] = [5, 5, 7, 5, 5], ['z'] = [0, 7, 1, 2, 7], ['s'] = [0, 7, 6, 3, 7], [' '] = [0, 0, 0, 0, 0],
    };

    // Polynomials in t = 0…1 that follow the published tables within 2%: red, green and blue of each power of t.
    private static readonly double[][] ViridisPowers =
    [
        [0.2777, 0.0054, 0.3341], [0.1051, 1.4046, 1.3846], [-0.3309, 0.2148, 0.0951], [-4.6342, -5.7991, -19.3324], [6.2283, 14.1799, 56.6906], [4.7764, -13.7451, -65.3530], [-5.4355, 4.6459, 26.3124],
    ];

    private static readonly double[][] MagmaPowers =
    [
        [-0.0021, -0.0007, -0.0054], [0.2517, 0.6775, 2.4940], [8.3537, -3.5777, 0.3145], [-27.6687, 14.2647, -13.6492], [52.1761, -27.9436, 12.9442], [-50.7685, 29.0466, 4.2342], [18.6557, -11.4898, -5.6020],
    ];

    private readonly byte[] rgb;
    private readonly string description;

    /// <summary>A picture of a mel spectrogram.</summary>
    /// <param name="values">[bands × frames], such as dB.</param>
    /// <param name="settings">The settings that it was made with, for the axes.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="colors">What colour a value has.</param>
    /// <param name="axes">Whether time in s and frequency in Hz stand beside it; without, the spectrogram fills the picture, as a network takes it.</param>
    /// <exception cref="FeatureException">No values, or a size that has no room for them.</exception>
    public SpectrogramPicture(FeatureMatrix values, MelSettings settings, int width = 800, int height = 320, ColorMap colors = ColorMap.Magma, bool axes = true)
        : this(values, settings.CentreFrequencies(), (double)settings.HopLength / settings.SampleRate, width, height, colors, axes)
    {
    }

    /// <summary>A picture of a short-time Fourier transform.</summary>
    /// <param name="values">[bins × frames], such as dB.</param>
    /// <param name="settings">The settings that it was made with, for the axes.</param>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="colors">What colour a value has.</param>
    /// <param name="axes">Whether time in s and frequency in Hz stand beside it.</param>
    /// <exception cref="FeatureException">No values, or a size that has no room for them.</exception>
    public SpectrogramPicture(FeatureMatrix values, StftSettings settings, int sampleRate, int width = 800, int height = 320, ColorMap colors = ColorMap.Magma, bool axes = true)
        : this(values, [.. Enumerable.Range(0, values.Bands).Select(bin => (double)bin * sampleRate / settings.FftLength)], (double)settings.HopLength / sampleRate, width, height, colors, axes)
    {
    }

    private SpectrogramPicture(FeatureMatrix values, double[] frequencies, double secondsAFrame, int width, int height, ColorMap colors, bool axes)
    {
        (int left, int bottom, int top, int right) = axes ? (Left, Bottom, Top, Right) : (0, 0, 0, 0);
        int across = width - left - right, up = height - top - bottom;
        if (values.Values.Length == 0) throw new FeatureException("there is no value to draw");
        if (across < 1 || up < 1 || (long)width * height > 1 << 28) throw new FeatureException($"a picture of {width} × {height} pixels has no room for a spectrogram, or is beyond 2^28 pixels");
        (Width, Height) = (width, height);
        rgb = new byte[3 * width * height];
        Array.Fill(rgb, (byte)255);

        float min = values.Values.Min(), range = values.Values.Max() - min;
        double[][] powers = colors == ColorMap.Viridis ? ViridisPowers : MagmaPowers;
        for (int y = 0; y < up; y++)
        {
            for (int x = 0; x < across; x++)
            {
                // Where several values fall on one pixel, the largest is seen.
                float largest = float.NegativeInfinity;
                (int firstBand, int endBand) = Span(up - 1 - y, up, values.Bands);
                (int firstFrame, int endFrame) = Span(x, across, values.Frames);
                for (int band = firstBand; band < endBand; band++)
                    for (int frame = firstFrame; frame < endFrame; frame++) largest = Math.Max(largest, values[band, frame]);
                Color(powers, range > 0 ? (largest - min) / range : 0).CopyTo(rgb.AsSpan(3 * ((y + top) * width + left + x)));
            }
        }
        double seconds = values.Frames * secondsAFrame;
        description = string.Create(CultureInfo.InvariantCulture, $"Spectrogram: {seconds:0.00} s, {frequencies[0]:0} to {frequencies[^1]:0} Hz");
        if (!axes) return;

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
            int band = (int)Math.Round((values.Bands - 1.0) * tick / ticks), y = top + (int)((up - 1) * (1 - (double)tick / ticks));
            Box(left - 4, y, 4, 1);
            string text = frequencies[band].ToString("0", CultureInfo.InvariantCulture) + (tick == ticks ? "Hz" : "");
            Write(text, left - 6 - 8 * text.Length + 2, Math.Clamp(y - GlyphHeight / 2, 0, height - bottom - GlyphHeight));
        }
    }

    /// <summary>Pixels.</summary>
    public int Width { get; }

    /// <summary>Pixels.</summary>
    public int Height { get; }

    /// <summary>Red, green and blue of each pixel, row by row from the top, [height · width · 3].</summary>
    public ReadOnlySpan<byte> Pixels => rgb;

    /// <summary>The picture as PNG (ISO/IEC 15948: 8 bits a channel, RGB).</summary>
    public byte[] ToPng()
    {
        using MemoryStream png = new(), compressed = new();
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
    public IReadOnlyDictionary<string, object> ToMimeBundle() => new Dictionary<string, object>
    {
        ["image/png"] = Convert.ToBase64String(ToPng()),
        ["text/plain"] = description,
    };

    private static (int First, int End) Span(int pixel, int pixels, int count)
    {
        int first = (int)((long)pixel * count / pixels), end = (int)((long)(pixel + 1) * count / pixels);
        return (first, Math.Max(first + 1, end));
    }

    private static byte[] Color(double[][] powers, double t)
    {
        byte[] color = new byte[3];
        for (int c = 0; c < 3; c++)
        {
            double sum = 0;
            for (int power = powers.Length - 1; power >= 0; power--) sum = sum * t + powers[power][c];
            color[c] = (byte)Math.Round(255 * Math.Clamp(sum, 0, 1));
        }
        return color;
    }

    // 1, 2 or 5 times a power of ten, such that there are some ticks but no more than so many.
    private static double Step(double length, int most)
    {
        for (double unit = 1e-3; ; unit *= 10)
            foreach (int factor in (int[])[1, 2, 5])
                if (length / (factor * unit) <= Math.Max(1, most)) return factor * unit;
    }

    private void Write(string text, int x, int y)
    {
        foreach (char letter in text)
        {
            int[] rows = Glyphs[letter];
            for (int row = 0; row < 5; row++)
                for (int column = 0; column < 3; column++)
                    if ((rows[row] >> (2 - column) & 1) != 0) Box(x + 2 * column, y + 2 * row, 2, 2);
            x += 8;
        }
    }

    private void Box(int x, int y, int width, int height)
    {
        for (int row = Math.Max(0, y); row < Math.Min(y + height, Height); row++)
            for (int column = Math.Max(0, x); column < Math.Min(x + width, Width); column++) rgb.AsSpan(3 * (row * Width + column), 3).Fill(64);
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
            for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xEDB88320 & (uint)-(int)(crc & 1));
        }
        return ~crc;
    }
}
