using System.Runtime.InteropServices;
using System.Text;

namespace HitSong.Audio;

/// <summary>Writes mp3 files with FFmpeg's libraries and LAME, in process.</summary>
/// <example><code>
/// var excerpt = AudioFile.Read("../data/demo/corpus/audio/demo-0001.mp3", start: 4, duration: 8);
/// Mp3.Write("../artifacts/excerpt.mp3", excerpt);
/// AudioFile.Info("../artifacts/excerpt.mp3").Codec // mp3
/// </code></example>
public static partial class Mp3
{
    /// <summary>The sampling rates of the mp3 format (MPEG-1, 2 and 2.5), Hz.</summary>
    public static IReadOnlyList<int> SampleRates { get; } =
    [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000];

    /// <summary>
    /// Encodes a waveform as a mono mp3 of constant bit rate. The file is written beside, as <c>path.part</c>, and
    /// renamed into place. LAME's header tells a decoder the encoder's delay and padding, so that sample n comes back
    /// as sample n; at some lengths FFmpeg gives up to 528 samples of silence more at the end. LAME scales by 0.95 (1
    /// from 256 kbit/s on), to leave headroom.
    /// </summary>
    /// <param name="path">Where the file goes; its folder exists. A file of that name is replaced.</param>
    /// <param name="waveform">What is encoded; its rate is one of <see cref="SampleRates"/>.</param>
    /// <param name="bitRate">
    /// Bits a second; LAME takes the nearest that the format has at this rate. 96,000 is transparent for most mono
    /// music.
    /// </param>
    /// <param name="title">The title tag; none where empty.</param>
    /// <param name="artist">The artist tag; none where empty.</param>
    /// <exception cref="AudioException">
    /// The waveform has no samples or a rate that mp3 does not know, or the file cannot be written.
    /// </exception>
    public static void Write(
        string path,
        Waveform waveform,
        int bitRate = 96_000,
        string title = "",
        string artist = ""
    )
    {
        if (waveform.Samples.Length == 0)
            throw new AudioException(path, "cannot be written: the waveform has no samples");
        if (!SampleRates.Contains(waveform.SampleRate))
            throw new AudioException(
                path,
                $"cannot be written: mp3 has no sampling rate of {waveform.SampleRate} Hz; it has "
                    + $"{string.Join(", ", SampleRates)}"
            );
        if (bitRate is < 8_000 or > 320_000)
            throw new AudioException(
                path,
                $"cannot be written: mp3 has no bit rate of {bitRate} bit/s; it has 8,000 to 320,000"
            );

        string part = path + ".part";
        byte[] error = new byte[512];
        int code = WriteMp3(
            part,
            waveform.Samples,
            waveform.Samples.Length,
            waveform.SampleRate,
            bitRate,
            title,
            artist,
            error,
            error.Length
        );
        try
        {
            if (code == 0)
                File.Move(part, path, overwrite: true);
            else if (File.Exists(part))
                File.Delete(part);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AudioException(path, $"cannot be written: {e.Message}");
        }
        if (code != 0)
            throw new AudioException(
                path,
                $"cannot be written: {Encoding.UTF8.GetString(error.AsSpan(..Array.IndexOf(error, (byte)0)))}"
            );
    }

    [LibraryImport("nativeaudio", EntryPoint = "audio_write_mp3", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int WriteMp3(
        string path,
        float[] samples,
        long count,
        int rate,
        long bitRate,
        string title,
        string artist,
        byte[] error,
        int errorSize
    );
}
