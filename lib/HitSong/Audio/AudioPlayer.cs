using System.Buffers.Binary;
using System.Net;
using Tables;

namespace HitSong.Audio;

/// <summary>
/// A player in a notebook. It carries its sound within it, so that the saved notebook plays anywhere.
/// </summary>
/// <example><code>
/// // The browser plays the file itself.
/// new AudioPlayer("../data/demo/corpus/audio/demo-0001.mp3")
/// </code></example>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed class AudioPlayer
{
    private readonly byte[] bytes;
    private readonly string mimeType;
    private readonly string description;

    /// <summary>A player of a file as it is.</summary>
    /// <exception cref="AudioException">The file is missing, empty, or of a kind that browsers do not play.</exception>
    public AudioPlayer(string path)
    {
        AudioFile.CheckFile(path);
        mimeType = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".mp3" => "audio/mpeg",
            ".m4a" or ".mp4" or ".aac" => "audio/mp4",
            ".ogg" or ".oga" or ".opus" => "audio/ogg",
            ".flac" => "audio/flac",
            ".wav" => "audio/wav",
            ".webm" => "audio/webm",
            _ => throw new AudioException(
                path,
                "is of a kind that browsers do not play; read it with AudioFile.Read and play the waveform"
            ),
        };
        bytes = File.ReadAllBytes(path);
        description = Path.GetFileName(path);
    }

    /// <summary>A player of a waveform, as 16-bit WAV; what exceeds full scale is clipped.</summary>
    public AudioPlayer(Waveform waveform)
    {
        mimeType = "audio/wav";
        bytes = Wav(waveform);
        description = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{waveform.Duration:0.00} s at {waveform.SampleRate:N0} Hz"
        );
    }

    /// <summary>The player's forms in a notebook by MIME type.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() =>
        new Dictionary<string, object>
        {
            ["text/html"] =
                $"<audio controls title=\"{WebUtility.HtmlEncode(description)}\" "
                + $"src=\"data:{mimeType};base64,{Convert.ToBase64String(bytes)}\"></audio>",
            ["text/plain"] = $"Audio: {description}",
        };

    // RIFF WAVE, PCM, mono: a header of 44 bytes, then the samples, all little-endian.
    private static byte[] Wav(Waveform waveform)
    {
        byte[] wav = new byte[44 + 2 * waveform.Samples.Length];
        "RIFF"u8.CopyTo(wav);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(4), wav.Length - 8);
        "WAVEfmt "u8.CopyTo(wav.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(24), waveform.SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(28), waveform.SampleRate * 2);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(34), 16);
        "data"u8.CopyTo(wav.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(40), wav.Length - 44);
        for (int i = 0; i < waveform.Samples.Length; i++)
        {
            // NaN, which no comparison holds for, becomes silence.
            float scaled = MathF.Round(waveform.Samples[i] * 32767);
            short sample =
                scaled >= 32767 ? short.MaxValue
                : scaled <= -32767 ? (short)-32767
                : float.IsNaN(scaled) ? (short)0
                : (short)scaled;
            BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(44 + 2 * i), sample);
        }
        return wav;
    }
}
