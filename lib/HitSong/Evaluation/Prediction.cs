namespace HitSong.Evaluation;

/// <summary>What a model said of one item of the test set: a clip, a song, or a row of a catalogue.</summary>
/// <param name="Track">The track's id.</param>
/// <param name="Artist">Its artist; the track's id where none is known.</param>
/// <param name="Clip">Number of the clip within the track, from 0.</param>
/// <param name="Label">The true class.</param>
/// <param name="Probabilities">[classes] the model's probability of each, which sum to 1.</param>
/// <example><code>
/// Prediction[] clips =
/// [
///     new("song 1", "artist 1", Clip: 0, Label: 1, [0.6, 0.4]),
///     new("song 1", "artist 1", Clip: 1, Label: 1, [0.1, 0.9]),
/// ];
/// var song = Prediction.BySong(clips)[0];
/// (song.Probabilities[1], song.Right) // (0.65, True)
/// </code></example>
public sealed record Prediction(string Track, string Artist, int Clip, int Label, double[] Probabilities)
{
    private readonly int? voted;

    /// <summary>
    /// The likeliest class, of two classes 1 from one half on; or what was voted, which may be another.
    /// </summary>
    public int Answer
    {
        get => voted ?? Likeliest(Probabilities);
        init => voted = value;
    }

    /// <summary>Whether the answer is the true class.</summary>
    public bool Right => Answer == Label;

    /// <summary>
    /// One prediction a song: the mean of its clips' probabilities, and the class that they vote for. Clips of one song
    /// are not independent; songs are, but for their artist.
    /// </summary>
    public static IReadOnlyList<Prediction> BySong(IEnumerable<Prediction> clips, Vote vote = Vote.Mean) =>
        [.. clips.GroupBy(clip => clip.Track).Select(song => BySong([.. song], vote))];

    private static Prediction BySong(Prediction[] clips, Vote vote)
    {
        double[] mean =
        [
            .. Enumerable
                .Range(0, clips[0].Probabilities.Length)
                .Select(c => clips.Average(clip => clip.Probabilities[c])),
        ];
        // Shares of votes are no probabilities: they take few values, and 0 and 1 of them are no certainty.
        int[] votes = [.. mean.Select((_, c) => clips.Count(clip => clip.Answer == c))];
        int answer = vote switch
        {
            Vote.Majority => Enumerable.Range(0, mean.Length).MaxBy(c => (votes[c], mean[c])),
            Vote.AtLeastHalf => 2 * votes[1] >= clips.Length ? 1 : 0,
            _ => Likeliest(mean),
        };
        return new(clips[0].Track, clips[0].Artist, 0, clips[0].Label, mean) { Answer = answer };
    }

    private static int Likeliest(double[] probabilities) =>
        probabilities.Length == 2
            ? (probabilities[1] >= 0.5 ? 1 : 0)
            : Array.IndexOf(probabilities, probabilities.Max());
}
