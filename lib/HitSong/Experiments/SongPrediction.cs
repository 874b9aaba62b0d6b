namespace HitSong.Experiments;

/// <summary>What a trained model says of a song.</summary>
/// <param name="Classes">The classes, in words.</param>
/// <param name="Song">
/// [classes] probabilities of the song, calibrated where the run can be (<see cref="Predictor.IsCalibrated"/>), else as
/// the model has them.
/// </param>
/// <param name="Low">
/// [classes] lower ends of the 95% intervals that the calibration leaves; null where there is none, or the validation
/// artists are too few to tell.
/// </param>
/// <param name="High">[classes] upper ends; null with the lower ones.</param>
/// <param name="Clips">Each clip's start, s, and the model's own [classes] probabilities.</param>
public sealed record SongPrediction(
    IReadOnlyList<string> Classes,
    double[] Song,
    double[]? Low,
    double[]? High,
    IReadOnlyList<(double Start, double[] Probabilities)> Clips
)
{
    /// <summary>
    /// In what the recording is unlike all that the model learned from, in a sentence; null where it is not. Then
    /// nothing is told of the song: its probabilities are the classes' shares among the training items, and there are
    /// no intervals.
    /// </summary>
    public string? Unlike { get; init; }

    /// <summary>
    /// The likeliest class. Calibration may move a probability across another, and so make it another than the model's
    /// own answer, by which its accuracy is measured.
    /// </summary>
    public int Answer => Array.IndexOf(Song, Song.Max());

    /// <summary>
    /// How likely this song is of a higher class than another, where those of one class are even: the probability that
    /// its class is higher, and half the probability that both are of the same. The two are taken as independent and
    /// their probabilities as exact, so what the calibration leaves open is not in it.
    /// </summary>
    /// <param name="other">What the same model says of the other song.</param>
    public double ChanceAbove(SongPrediction other)
    {
        double chance = 0,
            below = 0;
        for (int c = 0; c < Song.Length; c++)
        {
            chance += Song[c] * (below + other.Song[c] / 2);
            below += other.Song[c];
        }
        return chance;
    }
}
