using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HitSong.Audio;

/// <summary>
/// A part of a file, decoded by the native library at the file's rate: a stretch of one rate, and the next where that
/// changes on the way.
/// </summary>
internal sealed unsafe partial class AudioPart : IDisposable
{
    private const int MostChannels = 64;

    private readonly string path;
    private readonly Handle handle;

    /// <param name="path">The file.</param>
    /// <param name="rate">The wanted rate, Hz; 0: the file's.</param>
    /// <param name="mode">A <see cref="ChannelMode"/>, or 4: each channel.</param>
    /// <param name="start">Where it begins, s.</param>
    /// <param name="duration">How long it is, s; below 0: to the end.</param>
    /// <exception cref="AudioException">The file cannot be opened.</exception>
    public AudioPart(string path, int rate, int mode, double start, double duration)
    {
        this.path = path;
        AudioFile.CheckFile(path);
        byte[] message = new byte[AudioFile.MessageSize];
        int code = audio_part_open(path, rate, mode, start, duration, out handle, out Stretch first, message);
        Check(code, message);
        First = first;
    }

    /// <summary>A stretch of one rate.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly struct Stretch
    {
        /// <summary>Where its samples begin, at the file's rate.</summary>
        public readonly long Begin;

        /// <summary>Where the wanted ones begin, at the wanted rate.</summary>
        public readonly long First;

        /// <summary>How many there likely are, at the wanted rate; 0 where nothing tells.</summary>
        public readonly long Expected;

        /// <summary>Hz.</summary>
        public readonly int WantedRate;

        /// <summary>Hz, of the file.</summary>
        public readonly int Rate;
    }

    /// <summary>The first stretch.</summary>
    public Stretch First { get; }

    /// <summary>The next samples at the file's rate.</summary>
    /// <param name="samples">
    /// Takes them, those of a channel <paramref name="room"/> after those of the one before.
    /// </param>
    /// <param name="room">How many are wanted of each channel.</param>
    /// <param name="end">Where there are fewer, the end of the stretch at the wanted rate.</param>
    /// <returns>How many there are of each channel; fewer than wanted at the end of a stretch only.</returns>
    /// <exception cref="AudioException">The file is cut off, or does not hold the whole part.</exception>
    public int Next(Span<float> samples, int room, out long end)
    {
        byte[] message = new byte[AudioFile.MessageSize];
        long made;
        fixed (float* to = samples)
            Check(audio_part_next(handle, to, room, out made, out end, message), message);
        return (int)made;
    }

    /// <summary>After the last samples of a stretch: goes on to the next; false where there is none.</summary>
    /// <exception cref="AudioException">The file claims a rate that no audio has.</exception>
    public bool Turn(out Stretch next)
    {
        byte[] message = new byte[AudioFile.MessageSize];
        Check(audio_part_turn(handle, out int turned, out next, message), message);
        return turned != 0;
    }

    /// <summary>What each channel counts in the loudness of ITU-R BS.1770, [channels].</summary>
    public float[] LoudnessWeights()
    {
        float[] weights = new float[MostChannels];
        return weights[..audio_part_channels(handle, weights)];
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    private void Check(int code, byte[] message)
    {
        if (code != 0)
            throw new AudioException(path, AudioFile.Text(message));
    }

    private sealed class Handle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            audio_part_free(handle);
            return true;
        }
    }

    [LibraryImport("nativeaudio", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int audio_part_open(
        string path,
        int rate,
        int mode,
        double start,
        double duration,
        out Handle part,
        out Stretch first,
        [Out] byte[] message
    );

    [LibraryImport("nativeaudio")]
    private static partial int audio_part_next(
        Handle part,
        float* samples,
        long room,
        out long made,
        out long end,
        [Out] byte[] message
    );

    [LibraryImport("nativeaudio")]
    private static partial int audio_part_turn(Handle part, out int turned, out Stretch next, [Out] byte[] message);

    [LibraryImport("nativeaudio")]
    private static partial int audio_part_channels(Handle part, [Out] float[] weights);

    [LibraryImport("nativeaudio")]
    private static partial void audio_part_free(nint part);
}
