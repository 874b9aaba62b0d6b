namespace HitSong.Evaluation;

/// <summary>What a model said of one item of the test set: a clip, a song, or a row of a catalogue.</summary>
/// <param name="Track">The track's id.</param>
/// <param name="Artist">Its artist; the track's id where none is known.</param>
/// <param name="Clip">Number of the clip within the track, from 0.</param>
/// <param name="Label">The true class.</param>
/// <param name="Probabilities">[classes] the model's probability of each, which sum to 1.</param>
public sealed record Prediction(string Track, string Artist, int Clip, int Label, double[] Probabilities)
{
    /// <summary>The likeliest class; of two classes, 1 from one half on.</summary>
    public int Answer =>
        Probabilities.Length == 2
            ? (Probabilities[1] >= 0.5 ? 1 : 0)
            : Array.IndexOf(Probabilities, Probabilities.Max());

    /// <summary>Whether the answer is the true class.</summary>
    public bool Right => Answer == Label;

    /// <summary>One prediction a song, by its clips' vote. Clips of one song are not independent; songs are.</summary>
    public static IReadOnlyList<Prediction> BySong(IEnumerable<Prediction> clips, Vote vote = Vote.Mean) =>
        [
            .. clips
                .GroupBy(c => c.Track)
                .Select(song => new Prediction(
                    song.Key,
                    song.First().Artist,
                    0,
                    song.First().Label,
                    Voted([.. song], vote)
                )),
        ];

    private static double[] Voted(Prediction[] clips, Vote vote)
    {
        double[] mean =
        [
            .. Enumerable
                .Range(0, clips[0].Probabilities.Length)
                .Select(c => clips.Average(clip => clip.Probabilities[c])),
        ];
        if (vote == Vote.Mean)
            return mean;
        double[] votes = [.. mean.Select((_, c) => (double)clips.Count(clip => clip.Answer == c) / clips.Length)];
        if (vote == Vote.AtLeastHalf)
            return votes;
        // Shares of votes; what parts a tie is too small to change anything else.
        return [.. votes.Select((share, c) => (share + 1e-9 * mean[c]) / (1 + 1e-9))];
    }
}
