using System.Globalization;
using Tables;

namespace HitSong.Audio;

/// <summary>What an audio file holds.</summary>
/// <param name="Duration">
/// Length in seconds, to the sample (in Matroska to the millisecond), without the encoder's delay and padding.
/// </param>
/// <param name="SampleRate">Samples a second, Hz.</param>
/// <param name="Channels">Number of channels.</param>
/// <param name="Codec">
/// FFmpeg's short name of the coding: <c>mp3</c>, <c>aac</c>, <c>vorbis</c>, <c>opus</c>, <c>flac</c>,
/// <c>pcm_s16le</c>, …
/// </param>
/// <param name="BitRate">Bits a second of the audio stream, mean.</param>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed record AudioInfo(double Duration, int SampleRate, int Channels, string Codec, long BitRate)
{
    /// <summary>
    /// What the file says of itself (ID3, Vorbis comments, MP4 atoms): <c>title</c>, <c>artist</c>, <c>album</c>,
    /// <c>date</c>, …, by FFmpeg's lower-case names.
    /// </summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>In a notebook: a line.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle()
    {
        string channels = Channels == 1 ? "channel" : "channels";
        string tags = string.Concat(Tags.Select(tag => $"; {tag.Key}: {tag.Value}"));
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{Duration:0.00} s of {Codec} at {BitRate / 1000.0:0} kbit/s, {SampleRate:N0} Hz, {Channels} {channels}"
        );
        return new Dictionary<string, object> { ["text/plain"] = line + tags };
    }
}
