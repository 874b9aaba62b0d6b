namespace HitSong.Audio;

/// <summary>How several channels become one.</summary>
public enum ChannelMode
{
    /// <summary>The mean of all channels, as librosa's <c>to_mono</c>.</summary>
    Mono,

    /// <summary>The first channel alone (the left one of a stereo file).</summary>
    First,

    /// <summary>The second channel alone (the right one of a stereo file); a file of one channel is refused.</summary>
    Second,

    /// <summary>
    /// The loudspeakers' mix to one of ITU-R BS.775: left and right count 0.71, the centre 1, the surrounds 0.5, the
    /// bass effects nothing; all scaled so that together they count 1. A stereo file's mean.
    /// </summary>
    Downmix,
}
