namespace HitSong.Features.Descriptors;

/// <summary>Facts on a recording itself rather than on its music.</summary>
/// <param name="Duration">s.</param>
/// <param name="Channels">Number of channels.</param>
/// <param name="SilentShare">
/// Share of the recording, 0 to 1, of whose 10 ms no sample of any channel reaches −60 dB of full scale.
/// </param>
/// <param name="SilenceAtStart">
/// How long it is so silent before the first sound, s; all of it where there is none.
/// </param>
/// <param name="SilenceAtEnd">How long it is so silent after the last sound, s.</param>
/// <param name="ClippedShare">
/// Share of the samples of all channels, 0 to 1, that stand with their neighbours, three or more in a row, at full
/// scale or beyond (32,767/32,768, either sign): what was cut off by a converter, or by mastering.
/// </param>
/// <param name="Bandwidth">
/// The highest frequency, Hz, whose mean power lies less than 90 dB below that of the strongest: where an encoder or a
/// lower sample rate has cut the rest off, such as about 17,000 for stereo mp3 at 128 kbit/s. NaN in silence.
/// </param>
/// <param name="StereoWidth">
/// Share of the power, 0 to 1, that lies in the difference of left and right and not in their sum: 0 for mono, 0.5 for
/// two that know nothing of each other, 1 where one is the other's inverse. NaN in silence, and of more than two
/// channels.
/// </param>
/// <param name="StereoCorrelation">
/// Correlation of left and right, −1 to 1: below 0 they cancel each other where they are mixed to one. NaN where one
/// is silent, and of other than two channels.
/// </param>
public sealed record Quality(
    double Duration,
    int Channels,
    double SilentShare,
    double SilenceAtStart,
    double SilenceAtEnd,
    double ClippedShare,
    double Bandwidth,
    double StereoWidth,
    double StereoCorrelation
);
