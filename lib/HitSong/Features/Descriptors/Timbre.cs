namespace HitSong.Features.Descriptors;

/// <summary>
/// The sound's colour: mel-frequency cepstral coefficients as librosa's <c>feature.mfcc</c> (<see cref="Mfcc"/>), 13
/// of 128 mel bands at 22,050 Hz, over the frames that sound (see <see cref="SpectrumShape"/>). NaN where none does.
/// </summary>
/// <param name="Mean">Mean of each coefficient, [13].</param>
/// <param name="Covariance">
/// Covariance of each two (of the population, as NumPy's <c>cov</c> with <c>bias=True</c>), [13 × 13].
/// </param>
public sealed record Timbre(IReadOnlyList<double> Mean, FeatureMatrix Covariance);
