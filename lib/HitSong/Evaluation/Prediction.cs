using CsvHelper;

namespace HitSong.Evaluation;

/// <summary>What a model said of one clip of the test set.</summary>
/// <param name="Track">The track's id.</param>
/// <param name="Artist">Its artist; the track's id where none is known.</param>
/// <param name="Clip">Number of the clip within the track, from 0.</param>
/// <param name="Label">Whether the track is a hit by the recipe's rule.</param>
/// <param name="Probability">The model's probability that it is, 0…1.</param>
[CsvRecord]
public sealed partial record Prediction(string Track, string Artist, int Clip, bool Label, double Probability)
{
    /// <summary>One prediction a song: the mean of its clips' probabilities. Clips of one song are not independent; songs are.</summary>
    public static IReadOnlyList<Prediction> BySong(IEnumerable<Prediction> clips) =>
        [.. clips.GroupBy(c => c.Track).Select(song => new Prediction(song.Key, song.First().Artist, 0, song.First().Label, song.Average(c => c.Probability)))];
}
