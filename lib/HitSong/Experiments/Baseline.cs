using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Numerics;

namespace HitSong.Experiments;

/// <summary>What little knowledge gets on the test items of a run: the model has to beat it.</summary>
/// <param name="Name">
/// Which of <see cref="Baselines"/>: <c>majority</c>, <c>prior</c>, <c>artist mean</c>, <c>logistic regression</c> or
/// <c>gradient boosting</c>; and <c>album majority</c>, where albums are known.
/// </param>
/// <param name="Note">What it knows, and how far that reaches here.</param>
/// <param name="ByClip">Its score over test clips.</param>
/// <param name="BySong">Its score over test songs, the mean of their clips.</param>
public sealed record Baseline(string Name, string Note, Score ByClip, Score BySong)
{
    // Multiplications that one step of the regression may take, and items times trees of the boosting: seconds for all
    // steps of the one, less than a minute for the other.
    private const double RegressionWork = 1e9,
        BoostingWork = 2e8;

    /// <summary>
    /// The baselines on a split's test items. Regression and boosting are left out where the training items' features
    /// give none.
    /// </summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="data">What it made of the source.</param>
    /// <param name="test">The test items, whatever they were answered.</param>
    internal static IReadOnlyList<Baseline> Of(Recipe recipe, Dataset data, IReadOnlyList<Prediction> test)
    {
        int[] labels = [.. data.Split.Train.Select(i => data.Labels[i])];
        int majority = data.Majority;
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
        if (data.Tracks.Any(track => track.AlbumKey is not null))
            all.Add(Scored(AlbumMajority.Name, AlbumMajority.Note(data), AlbumMajority.Answers(data, test)));
        double[][] ofTest = Summaries(data.Split.Test);
        int width = ofTest[0].Length;
        string what =
            recipe.Features is null ? "on the same columns"
            : recipe.PicturePixels is not null
                ? $"on {width} cosine coefficients of the mean colours of each row of pixels"
            : recipe.Descriptors.Count > 0 ? $"on the same {width} descriptors"
            : $"on the mean over time of {width} MFCC of each clip";
        // A step of the regression multiplies the features of each item with each other for each pair of classes.
        double pairs = data.Bins.Count * (data.Bins.Count + 1) / 2.0,
            trees = 100 * (data.Bins.Count == 2 ? 1 : data.Bins.Count);
        Fit(
            "logistic regression",
            RegressionWork / ((width + 1) * (width + 1) * pairs),
            (features, fitted) => Baselines.Logistic(features, fitted, ofTest, test)
        );
        IReadOnlyList<int> validation = data.Split.Validation;
        Fit(
            "gradient boosting",
            BoostingWork / trees,
            (features, fitted) =>
                Baselines.Boosting(
                    features,
                    fitted,
                    Summaries(validation),
                    [.. validation.Select(i => data.Labels[i])],
                    ofTest,
                    test
                ),
            validation.Count > 0 ? ", as many rounds as are best on the validation items" : ""
        );
        return all;

        void Fit(
            string name,
            double most,
            Func<double[][], int[], IReadOnlyList<Prediction>> answered,
            string settled = ""
        )
        {
            int[] items = Drawn(recipe, data, (int)Math.Max(500, most)),
                fitted = [.. items.Select(i => data.Labels[i])];
            string drawn =
                items.Length < labels.Length ? $", fitted to {items.Length} of the {labels.Length} training items" : "";
            try
            {
                all.Add(Scored(name, what + drawn + settled, answered(Summaries(items), fitted)));
            }
            // A trained model is not lost because a plainer one cannot be fitted.
            catch (HitSongException) { }
        }

        Baseline Scored(string name, string note, IReadOnlyList<Prediction> answers) =>
            new(name, note, Score.Of(answers, majority), Score.Of(Prediction.BySong(answers), majority));

        double[][] Summaries(IReadOnlyList<int> items) => [.. items.Select(data.Summary)];
    }

    // All training items, or so many drawn at random.
    private static int[] Drawn(Recipe recipe, Dataset data, int most) =>
        data.Split.Train.Count <= most
            ? [.. data.Split.Train]
            :
            [
                .. new SeededRandom((ulong)recipe.Seed, "baseline")
                    .Permutation(data.Split.Train.Count)
                    .Take(most)
                    .Order()
                    .Select(i => data.Split.Train[i]),
            ];
}
