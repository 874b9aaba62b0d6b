using System.Runtime.InteropServices;
using System.Text;

namespace HitSong.Audio;

/// <summary>
/// Audio files of any format that FFmpeg decodes: mp3 (in free format by mpg123), m4a (AAC), ogg (Vorbis), opus, flac,
/// wav and more. Encoder delay and padding are trimmed as FFmpeg and players do, so sample 0 is the first that was
/// recorded.
/// </summary>
/// <example><code>
/// var song = AudioFile.Read("../data/demo/corpus/audio/demo-0001.mp3", new AudioSettings(22_050));
/// int samples = song.Samples.Length; // 441000
/// AudioFile.Info("../data/demo/corpus/audio/demo-0001.mp3").SampleRate // 44100
/// </code></example>
public static unsafe partial class AudioFile
{
    internal const int MessageSize = 512;

    /// <summary>Extensions of audio files that FFmpeg reads, with the dot; of any case.</summary>
    public static IReadOnlySet<string> Extensions { get; } =
        new HashSet<string>(StringComparer.OrdinalIgnoreCase)
        {
            ".mp3",
            ".m4a",
            ".mp4",
            ".aac",
            ".ogg",
            ".oga",
            ".opus",
            ".flac",
            ".wav",
            ".aif",
            ".aiff",
            ".wma",
            ".webm",
            ".mka",
            ".ac3",
            ".mp2",
            ".wv",
            ".ape",
        };

    /// <summary>
    /// Decodes a file, or a part of it, to one channel at the wanted rate. Only the wanted part is decoded (with the
    /// little before it that the decoder needs to be in step; AAC, whose noise bands depend on all that came before,
    /// from the file's beginning), and it equals that slice of the whole file, bit by bit, at any rate. Resampling is
    /// flat within 0.1 dB to 90% of the lower Nyquist frequency, below −90 dB where it would alias.
    /// </summary>
    /// <remarks>
    /// A part that is not wholly there is an exception, never a shorter or padded waveform (but for one sample of
    /// rounding at the end). So is a file that holds less than its header declares (cut off) when it is read to its
    /// end; the exception says how many seconds there are, and reading those by <paramref name="duration"/> succeeds.
    /// Ogg, WAV and mp3 without a Xing header declare no length to hold against them. Frames damaged in the middle are
    /// passed over, as FFmpeg does; where more than half a second in a row cannot be decoded, it is an exception that
    /// tells the place. A file whose rate or channels change on the way (files joined to one, chained Ogg) comes whole:
    /// each stretch is resampled from its own rate to the wanted one, which is the first's where none is given.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="settings">Rate and channels; null: the file's rate, all channels mixed to one.</param>
    /// <param name="start">Where the part begins, s.</param>
    /// <param name="duration">Its length, s; null reads to the end.</param>
    /// <returns>
    /// round(duration · rate) samples from sample round(start · rate) on, so that clips of one duration are alike in
    /// length.
    /// </returns>
    /// <exception cref="AudioException">
    /// The file is missing, empty, no audio, cut off, or does not hold the whole part.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A negative or unbounded start, duration or rate.</exception>
    public static Waveform Read(string path, AudioSettings? settings = null, double start = 0, double? duration = null)
    {
        settings ??= new AudioSettings();
        CheckSeconds(start, 0, nameof(start));
        if (duration is { } seconds)
            CheckSeconds(seconds, 1e-6, nameof(duration));
        if (settings.SampleRate is { } wanted)
            CheckRate(wanted, nameof(settings));

        using AudioReader reader = new(path, settings, start, duration);
        // What a header declares is not worth more than ten minutes of memory in advance.
        float[] samples = GC.AllocateUninitializedArray<float>(
            (int)Math.Clamp(reader.Expected, 1, reader.SampleRate * 600L)
        );
        int count = reader.Read(samples);
        Span<float> more = stackalloc float[1];
        while (count == samples.Length && reader.Read(more) == 1)
        {
            Array.Resize(ref samples, checked(2 * count + 1));
            samples[count++] = more[0];
            count += reader.Read(samples.AsSpan(count));
        }
        Array.Resize(ref samples, count);
        return new Waveform(samples, reader.SampleRate);
    }

    internal static float[] Resample(float[] samples, int from, int to)
    {
        CheckRate(from, nameof(from));
        CheckRate(to, nameof(to));
        float[] resampled = GC.AllocateUninitializedArray<float>(
            checked((int)Math.Round((double)samples.Length * to / from))
        );
        Resampler.For(from, to).Run(samples, 0, resampled, 0);
        return resampled;
    }

    /// <summary>
    /// What a file holds. Its header is not believed: all packets are read and counted, which takes about a sixth of
    /// the time of decoding, and the duration is that of what <see cref="Read"/> gives. Only a file whose packets do
    /// not simply follow one another (its rate changes, it is a chain, junk lies between) and Windows Media are decoded
    /// for it. Rate and channels are those of the beginning.
    /// </summary>
    /// <exception cref="AudioException">The file is missing, empty or no audio.</exception>
    public static AudioInfo Info(string path)
    {
        CheckFile(path);
        byte[] message = new byte[MessageSize];
        if (audio_info(path, out NativeInfo info, message) != 0)
            throw new AudioException(path, Text(message));
        try
        {
            return new AudioInfo(info.Duration, info.SampleRate, info.Channels, Text(info.Codec), info.BitRate)
            {
                Tags = Tags((byte*)info.Tags),
            };
        }
        finally
        {
            audio_tags_free(info.Tags);
        }
    }

    private static Dictionary<string, string> Tags(byte* tags)
    {
        Dictionary<string, string> byName = [];
        while (*tags != 0)
            byName[Next()] = Next();
        return byName;

        string Next()
        {
            ReadOnlySpan<byte> text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(tags);
            tags += text.Length + 1;
            return Encoding.UTF8.GetString(text);
        }
    }

    private static void CheckRate(int rate, string name)
    {
        if (rate is < 1000 or > 768_000)
            throw new ArgumentOutOfRangeException(name, rate, "a sample rate lies between 1,000 and 768,000 Hz");
    }

    private static void CheckSeconds(double value, double least, string name)
    {
        // A century: far beyond any recording, far below what overflows a sample count.
        if (!(value >= least && value <= 3e9))
            throw new ArgumentOutOfRangeException(
                name,
                value,
                $"{name} is a number of seconds, {(least > 0 ? "above" : "from")} 0"
            );
    }

    internal static void CheckFile(string path)
    {
        if (FileEntry.Trouble(path) is { } trouble)
            throw new AudioException(path, trouble);
        if (FileEntry.At(path).Bytes == 0)
            throw new AudioException(path, "is empty (0 bytes); download it again");
    }

    internal static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text[..text.IndexOf((byte)0)]);

    [StructLayout(LayoutKind.Sequential)]
    private struct NativeInfo
    {
        public double Duration;
        public int SampleRate;
        public int Channels;
        public long BitRate;
        public CodecName Codec;
        public nint Tags;
    }

    [System.Runtime.CompilerServices.InlineArray(32)]
    private struct CodecName
    {
        private byte first;
    }

    [LibraryImport("nativeaudio", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int audio_info(string path, out NativeInfo info, [Out] byte[] message);

    [LibraryImport("nativeaudio")]
    private static partial void audio_tags_free(nint tags);
}
