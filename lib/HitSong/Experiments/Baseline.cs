using HitSong.Corpus;
using HitSong.Evaluation;

namespace HitSong.Experiments;

/// <summary>What little knowledge gets on the test items of a run: the model has to beat it.</summary>
/// <param name="Name">
/// Which of <see cref="Baselines"/>: <c>majority</c>, <c>prior</c>, <c>artist mean</c> or <c>logistic regression</c>.
/// </param>
/// <param name="Note">What it knows, and how far that reaches here.</param>
/// <param name="ByClip">Its score over test clips.</param>
/// <param name="BySong">Its score over test songs, the mean of their clips.</param>
public sealed record Baseline(string Name, string Note, Score ByClip, Score BySong)
{
    // Multiplications that one step of the regression may take: seconds for all its steps.
    private const double Work = 1e9;

    /// <summary>
    /// The baselines on a split's test items. The regression is left out where the training items' features give none.
    /// </summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="data">What it made of the source.</param>
    /// <param name="test">The test items, whatever they were answered.</param>
    internal static IReadOnlyList<Baseline> Of(Recipe recipe, Dataset data, IReadOnlyList<Prediction> test)
    {
        int[] labels = [.. data.Split.Train.Select(i => data.Labels[i])];
        int majority = MajorityOf(data);
        HashSet<string> artists = [.. data.Split.Train.Select(data.ArtistOf)];
        int songs = test.DistinctBy(item => item.Track).Count(),
            known = test.DistinctBy(item => item.Track).Count(item => artists.Contains(item.Artist));
        string of = recipe.Features is null ? "rows" : "songs";
        string artistsInTraining =
            known == songs
                ? $"those of all {songs} test {of} are in training"
                : $"those of {known} of the {songs} test {of} are in training, the others get the prior";
        string songsInTraining = data.Leaks[Leak.Song] > 0 ? "; and of the songs themselves some are" : "";
        List<Baseline> all =
        [
            Scored(
                "majority",
                $"always answers {data.Bins.Names[majority]}, the class most frequent in training",
                Baselines.Majority(labels, test)
            ),
            Scored("prior", "gives every item the classes' shares in training", Baselines.Prior(labels, test)),
            Scored(
                "artist mean",
                known == 0
                    ? $"no artist of the {songs} test {of} is in training: it is the prior"
                    : $"knows the artist alone: {artistsInTraining}{songsInTraining}",
                Baselines.ArtistMean(
                    data.Split.Train.Select(i => (data.Tracks[i].Id, data.ArtistOf(i), data.Labels[i])),
                    test
                )
            ),
        ];
        int[] fitted = Drawn(recipe, data);
        try
        {
            double[][] features = Summaries(fitted),
                ofTest = Summaries(data.Split.Test);
            string what = recipe.Features is null
                ? "on the same columns"
                : $"on the mean over time of {features[0].Length} MFCC of each clip";
            if (fitted.Length < labels.Length)
                what += $", fitted to {fitted.Length} of the {labels.Length} training items";
            int[] ofFitted = [.. fitted.Select(i => data.Labels[i])];
            all.Add(Scored("logistic regression", what, Baselines.Logistic(features, ofFitted, ofTest, test)));
        }
        // A trained model is not lost because a plainer one cannot be fitted.
        catch (HitSongException) { }
        return all;

        Baseline Scored(string name, string note, IReadOnlyList<Prediction> answers) =>
            new(
                name,
                note,
                Score.Of(answers, majority, byArtist: false),
                Score.Of(Prediction.BySong(answers), majority, byArtist: false)
            );

        double[][] Summaries(IReadOnlyList<int> items) => [.. items.Select(data.Summary)];
    }

    /// <summary>The class that is most frequent in training, of a tie the first.</summary>
    internal static int MajorityOf(Dataset data)
    {
        var counts = new int[data.Bins.Count];
        foreach (int i in data.Split.Train)
            counts[data.Labels[i]]++;
        return Array.IndexOf(counts, counts.Max());
    }

    // All training items, or so many drawn at random that a step stays within its work: it multiplies the features of
    // each item with each other for each pair of classes.
    private static int[] Drawn(Recipe recipe, Dataset data)
    {
        double width = data.Summary(data.Split.Train[0]).Length + 1,
            pairs = data.Bins.Count * (data.Bins.Count + 1) / 2.0;
        int most = (int)Math.Max(500, Work / (width * width * pairs));
        if (data.Split.Train.Count <= most)
            return [.. data.Split.Train];
        return
        [
            .. new SeededRandom((ulong)recipe.Seed, "baseline")
                .Permutation(data.Split.Train.Count)
                .Take(most)
                .Order()
                .Select(i => data.Split.Train[i]),
        ];
    }
}
