using System.Globalization;
using HitSong.Audio;
using HitSong.Features;
using HitSong.Features.Descriptors;
using SkiaSharp;
using Tables;

namespace HitSong.Charts;

/// <summary>
/// What a recording sounds like: waveform with its beats, mel spectrogram, chroma, tempogram and sections above one
/// another along one time, and in a notebook a player and the descriptors below.
/// </summary>
/// <example><code>
/// var picture = new SoundPicture("../data/demo/corpus/audio/demo-0001.mp3");
/// picture.Save("../artifacts/sound.png");
/// picture
/// </code></example>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed class SoundPicture
{
    private const int Left = 72,
        Right = 14,
        AboveEach = 20, // for its title
        Axis = 26;

    private const double Slowest = 40, // of the tempogram, beats a minute
        Fastest = 240;

    private const int TempoRows = 100;

    private static readonly SKColor Blue = new(31, 119, 180),
        Orange = new(255, 127, 14),
        Cyan = new(0, 200, 255),
        Grey = new(200, 200, 200);

    private readonly byte[] png;
    private readonly Func<AudioPlayer> player;
    private readonly string title;

    /// <summary>The picture of a file.</summary>
    /// <param name="path">An audio file.</param>
    /// <param name="width">Pixels.</param>
    /// <exception cref="AudioException">
    /// The file is missing, empty, no audio, cut off, or holds samples that are not finite.
    /// </exception>
    /// <exception cref="FeatureException">A width that has no room for it.</exception>
    public SoundPicture(string path, int width = 1000)
        : this(SoundDescription.Of(path), sound => Frames(path, sound), width)
    {
        title = Path.GetFileName(path);
        player = () => PlayerOf(path);
    }

    /// <summary>The picture of one channel of audio.</summary>
    /// <param name="waveform">The audio.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="title">What stands above it in a notebook.</param>
    /// <exception cref="FeatureException">
    /// No samples, one that is not finite, or a width that has no room for it.
    /// </exception>
    public SoundPicture(Waveform waveform, int width = 1000, string title = "")
        : this(SoundDescription.Of(waveform), sound => Frames(waveform, sound), width)
    {
        this.title = title;
        player = () => new(waveform);
    }

    private SoundPicture(SoundDescription sound, Func<SoundDescription, SoundFrames> look, int width)
    {
        if (width is < 200 or > 20_000)
            throw new FeatureException($"a picture of {width} pixels across: it takes 200 to 20,000");
        (player, title) = (null!, "");
        (Description, Plot) = (sound, (Left, width - Left - Right));
        png = Draw(look(sound), width);
    }

    /// <summary>The descriptors.</summary>
    public SoundDescription Description { get; }

    /// <summary>Where time begins in the picture from the left, and over how many pixels it goes.</summary>
    public (int Left, int Width) Plot { get; }

    /// <summary>The picture as PNG (ISO/IEC 15948).</summary>
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

    /// <summary>In a notebook: the picture, a player whose place a line shows in it, and the descriptors.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle()
    {
        IReadOnlyDictionary<string, object> table = Description.ToMimeBundle();
        string picture = PlayedPicture.Html(png, Plot.Left + Plot.Width + Right, Plot, player(), title, ToString());
        return new Dictionary<string, object>
        {
            ["text/html"] = $"{picture}\n<details><summary>Descriptors</summary>{table["text/html"]}</details>",
            ["image/png"] = Convert.ToBase64String(png),
            ["text/plain"] = $"{ToString()}\n{table["text/plain"]}",
        };
    }

    /// <summary>One line: tempo, key, loudness.</summary>
    public override string ToString() =>
        string.Join(
            ", ",
            new[] { title, TempoInWords, Description.Key.Name ?? "no key", LoudnessInWords }.Where(s => s != "")
        );

    private string TempoInWords =>
        double.IsNaN(Description.Tempo.BeatsPerMinute)
            ? "no tempo"
            : string.Create(CultureInfo.InvariantCulture, $"{Description.Tempo.BeatsPerMinute:0.0} beats/min");

    private string LoudnessInWords =>
        double.IsNaN(Description.Loudness.Integrated)
            ? "no loudness"
            : string.Create(CultureInfo.InvariantCulture, $"{Description.Loudness.Integrated:0.0} LUFS");

    private static SoundFrames Frames(string path, SoundDescription sound)
    {
        using AudioReader reader = new(path, new(SoundFrames.SampleRate), 0, null);
        return SoundFrames.Of(samples => reader.Read(samples.Span), Tuning(sound));
    }

    private static SoundFrames Frames(Waveform waveform, SoundDescription sound)
    {
        ReadOnlyMemory<float> left = waveform.Resample(SoundFrames.SampleRate).Samples;
        return SoundFrames.Of(Read, Tuning(sound));

        int Read(Memory<float> samples)
        {
            int count = Math.Min(samples.Length, left.Length);
            left[..count].CopyTo(samples);
            left = left[count..];
            return count;
        }
    }

    private static double Tuning(SoundDescription sound) => double.IsNaN(sound.Key.Tuning) ? 0 : sound.Key.Tuning / 100;

    // What a browser cannot play goes as WAV.
    private static AudioPlayer PlayerOf(string path)
    {
        try
        {
            return new(path);
        }
        catch (AudioException)
        {
            return new(AudioFile.Read(path, new(SoundFrames.SampleRate)));
        }
    }

    private byte[] Draw(SoundFrames frames, int width)
    {
        int top = 0;
        SKRectI waveform = Next(80),
            mel = Next(180),
            chroma = Next(156),
            tempogram = Next(110),
            sections = Next(18);
        using Drawing drawing = new(width, top + Axis);
        double seconds = Description.Quality.Duration;

        drawing.Title(waveform, $"waveform, {LoudnessInWords}; beats");
        DrawWaveform(drawing, waveform, frames);
        foreach (double beat in Description.Tempo.Beats)
            Line(drawing, waveform with { Bottom = waveform.Top + 8 }, beat / seconds, Orange);

        drawing.Title(mel, "mel spectrogram, dB");
        drawing.Values(mel, frames.Mel, ColorScale.Magma);
        double[] frequencies = MelSettings.Librosa.CentreFrequencies();
        for (int tick = 0; tick <= 3; tick++)
        {
            double frequency = frequencies[(int)Math.Round((frequencies.Length - 1) * tick / 3.0)];
            drawing.Label(
                mel,
                tick / 3.0,
                frequency.ToString("0", CultureInfo.InvariantCulture) + (tick == 3 ? " Hz" : "")
            );
        }

        drawing.Title(chroma, $"chroma, {InAscii(Description.Key.Name ?? "no key")}");
        drawing.Values(chroma, frames.Chroma, ColorScale.Viridis);
        for (int c = 0; c < 12; c++)
            drawing.Label(chroma, (c + 0.5) / 12, InAscii(Chroma.Classes[c]));

        drawing.Title(tempogram, $"tempogram, {TempoInWords}");
        drawing.Values(tempogram, Tempi(Rhythm.OnsetStrengthOf(frames.Mel, MelSettings.Librosa)), ColorScale.Magma);
        foreach (int tempo in (int[])[40, 60, 90, 120, 180, 240])
            drawing.Label(tempogram, PlaceOf(tempo), tempo.ToString(CultureInfo.InvariantCulture));
        if (!double.IsNaN(Description.Tempo.BeatsPerMinute))
            Level(drawing, tempogram, PlaceOf(Description.Tempo.BeatsPerMinute));

        IReadOnlyList<double> boundaries = Description.Structure.Boundaries;
        drawing.Title(
            sections,
            double.IsNaN(Description.Structure.SectionsPerMinute) ? "sections: too short to tell" : "sections"
        );
        DrawSections(drawing, sections, [0, .. boundaries.Select(boundary => boundary / seconds), 1]);
        foreach (double boundary in boundaries)
            Line(drawing, waveform with { Bottom = tempogram.Bottom }, boundary / seconds, Cyan);
        drawing.TimeAxis(sections, seconds);
        return drawing.Png();

        SKRectI Next(int height)
        {
            SKRectI place = SKRectI.Create(Left, top + AboveEach, Plot.Width, height);
            top = place.Bottom;
            return place;
        }
    }

    // The font has ASCII alone.
    private static string InAscii(string text) => text.Replace('♯', '#');

    private static void DrawWaveform(Drawing drawing, SKRectI place, SoundFrames frames)
    {
        using SKPaint paint = new() { Color = Blue };
        float loudest = Math.Max(1e-6f, Math.Max(frames.Highs.Max(), -frames.Lows.Min()));
        float middle = place.MidY,
            half = place.Height / 2f;
        for (int x = 0; x < place.Width; x++)
        {
            (int first, int end) = Drawing.Span(x, place.Width, frames.Highs.Length);
            float high = frames.Highs.AsSpan(first..end).ToArray().Max() / loudest * half,
                low = frames.Lows.AsSpan(first..end).ToArray().Min() / loudest * half;
            drawing.Canvas.DrawRect(place.Left + x, middle - high, 1, Math.Max(1, high - low), paint);
        }
    }

    private static void DrawSections(Drawing drawing, SKRectI place, double[] edges)
    {
        for (int section = 0; section + 1 < edges.Length; section++)
        {
            using SKPaint paint = new() { Color = section % 2 == 0 ? Blue : Grey };
            float left = place.Left + (float)edges[section] * place.Width,
                right = place.Left + (float)edges[section + 1] * place.Width;
            drawing.Canvas.DrawRect(left, place.Top, right - left, place.Height, paint);
        }
    }

    private static void Line(Drawing drawing, SKRectI place, double share, SKColor color)
    {
        using SKPaint paint = new() { Color = color };
        drawing.Canvas.DrawRect(place.Left + (float)share * (place.Width - 1), place.Top, 1, place.Height, paint);
    }

    private static void Level(Drawing drawing, SKRectI place, double height)
    {
        using SKPaint paint = new() { Color = Cyan };
        drawing.Canvas.DrawRect(
            place.Left,
            place.Top + (place.Height - 1) * (float)(1 - height),
            place.Width,
            1,
            paint
        );
    }

    // From 0, the slowest tempo, to 1.
    private static double PlaceOf(double tempo) =>
        Math.Clamp(Math.Log(tempo / Slowest) / Math.Log(Fastest / Slowest), 0, 1);

    // The tempogram with its lags as tempi, evenly by their logarithms, slow ones first: [tempi × frames].
    private static FeatureMatrix Tempi(FeatureMatrix onsets)
    {
        double framesAMinute = 60.0 * SoundFrames.SampleRate / MelSettings.Librosa.HopLength;
        FeatureMatrix tempogram = Rhythm.Tempogram(onsets, lags: (int)(framesAMinute / Slowest) + 2);
        float[] values = new float[TempoRows * tempogram.Frames];
        for (int row = 0; row < TempoRows; row++)
        {
            double tempo = Slowest * Math.Pow(Fastest / Slowest, (row + 0.5) / TempoRows),
                lag = framesAMinute / tempo;
            int whole = (int)lag;
            for (int frame = 0; frame < tempogram.Frames; frame++)
                values[row * tempogram.Frames + frame] = Math.Max(
                    0,
                    float.Lerp(tempogram[whole, frame], tempogram[whole + 1, frame], (float)(lag - whole))
                );
        }
        return new(values, TempoRows, tempogram.Frames);
    }
}
