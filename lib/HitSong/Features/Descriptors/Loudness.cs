namespace HitSong.Features.Descriptors;

/// <summary>
/// How loud a recording is to the ear, by the broadcasters' standard (EBU R 128, which rests on ITU-R BS.1770-4).
/// Every figure is NaN where the recording is too short for it or has nothing that counts.
/// </summary>
/// <param name="Integrated">
/// Loudness of the whole, LUFS: the mean power of the K-weighted channels over blocks of 400 ms every 100 ms, of those
/// alone that lie above −70 LUFS and less than 10 LU below the mean of these (ITU-R BS.1770-4). Services play music at
/// about −14. NaN below 0.4 s, or where nothing lies above −70.
/// </param>
/// <param name="Range">
/// Loudness range, LU: from the 10th to the 95th percentile of the loudness of 3 s every 100 ms, of what lies above
/// −70 LUFS and less than 20 LU below its mean (EBU Tech 3342). NaN below 3 s.
/// </param>
/// <param name="TruePeak">
/// The largest amplitude between the samples, dBTP, at four times the sample rate (ITU-R BS.1770-4, annex 2). Above 0
/// a player clips. NaN in digital silence.
/// </param>
/// <param name="DynamicComplexity">
/// How far the loudness of 200 ms lies from the whole's on average, dB (Streich 2007): the whole's is the mean of
/// theirs, each counted by 0.9 to the power of minus its dB (Vickers 2001), none below −90 dB. As Essentia's
/// <c>DynamicComplexity</c>, but K-weighted, and by each 200 ms' mean power. NaN below 0.2 s.
/// </param>
public sealed record Loudness(double Integrated, double Range, double TruePeak, double DynamicComplexity);
