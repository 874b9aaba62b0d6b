namespace HitSong.Audio;

/// <summary>What audio is turned into as it is read.</summary>
/// <param name="SampleRate">Wanted samples a second, Hz, from 1,000 to 768,000; null keeps the file's own.</param>
/// <param name="Channels">How several channels become one.</param>
public sealed record AudioSettings(int? SampleRate = null, ChannelMode Channels = ChannelMode.Mono);
