namespace HitSong.Evaluation;

/// <summary>
/// What a model must beat before it has learned anything from the sound. Each answers the same test items as the model,
/// so that a <see cref="Score"/>, McNemar's and DeLong's tests follow.
/// </summary>
/// <example><code>
/// Score prior = Score.Of(Baselines.Prior(trainLabels, run.Predictions), run.Majority);
/// </code></example>
public static class Baselines
{
    /// <summary>
    /// All probability on the class that is most frequent in training, of a tie the first (scikit-learn
    /// <c>DummyClassifier("most_frequent")</c>).
    /// </summary>
    /// <param name="labels">[N] classes of the training items.</param>
    /// <param name="test">The test items; whatever probabilities they have give way to the baseline's.</param>
    /// <exception cref="HitSongException">There is no training or test item, or a label is no class.</exception>
    public static IReadOnlyList<Prediction> Majority(IReadOnlyList<int> labels, IReadOnlyList<Prediction> test)
    {
        double[] shares = Shares(labels, test);
        int majority = Array.IndexOf(shares, shares.Max());
        return
        [
            .. test.Select(item => item with { Probabilities = [.. shares.Select((_, c) => c == majority ? 1.0 : 0)] }),
        ];
    }

    /// <summary>
    /// Each class's share in training, the same for every item (scikit-learn <c>DummyClassifier("prior")</c>): the log
    /// loss and Brier score to beat.
    /// </summary>
    /// <inheritdoc cref="Majority"/>
    public static IReadOnlyList<Prediction> Prior(IReadOnlyList<int> labels, IReadOnlyList<Prediction> test)
    {
        double[] shares = Shares(labels, test);
        return [.. test.Select(item => item with { Probabilities = [.. shares] })];
    }

    /// <summary>
    /// What is known of the artist alone: (n_c + p_c) / (n + 1), where the artist has n songs in training, n_c of them
    /// in class c, and p_c is the class's share of all training songs. An artist who is not in training gets the
    /// shares.
    /// </summary>
    /// <param name="training">Training items; the clips of a song count once.</param>
    /// <param name="test">The test items; whatever probabilities they have give way to the baseline's.</param>
    /// <exception cref="HitSongException">There is no training or test item, or a label is no class.</exception>
    public static IReadOnlyList<Prediction> ArtistMean(
        IEnumerable<(string Track, string Artist, int Label)> training,
        IReadOnlyList<Prediction> test
    )
    {
        var songs = training.DistinctBy(item => item.Track).ToArray();
        double[] shares = Shares([.. songs.Select(song => song.Label)], test);
        ILookup<string, int> labels = songs.ToLookup(song => song.Artist, song => song.Label);
        return
        [
            .. test.Select(item =>
                item with
                {
                    Probabilities =
                    [
                        .. shares.Select(
                            (share, c) =>
                                (labels[item.Artist].Count(label => label == c) + share)
                                / (labels[item.Artist].Count() + 1)
                        ),
                    ],
                }
            ),
        ];
    }

    /// <summary><see cref="LogisticRegression"/> on a few numbers an item, such as the means of its MFCCs.</summary>
    /// <param name="features">[N][features] of the training items.</param>
    /// <param name="labels">[N] their classes.</param>
    /// <param name="testFeatures">[tests][features] of the test items.</param>
    /// <param name="test">[tests] the test items; whatever probabilities they have give way to the baseline's.</param>
    /// <exception cref="HitSongException">Features and items do not match, or training has but one class.</exception>
    public static IReadOnlyList<Prediction> Logistic(
        IReadOnlyList<double[]> features,
        IReadOnlyList<int> labels,
        IReadOnlyList<double[]> testFeatures,
        IReadOnlyList<Prediction> test
    )
    {
        if (testFeatures.Count != test.Count)
            throw new HitSongException(
                $"{testFeatures.Count} test items have features, and there are {test.Count}: give those of each"
            );
        var regression = LogisticRegression.Fit(features, labels, Shares(labels, test).Length);
        return
        [
            .. test.Zip(testFeatures, (item, values) => item with { Probabilities = regression.Probabilities(values) }),
        ];
    }

    // [classes] shares of the classes in training.
    private static double[] Shares(IReadOnlyList<int> labels, IReadOnlyList<Prediction> test)
    {
        if (labels.Count == 0)
            throw new HitSongException("a baseline cannot be made from no training items");
        if (test.Count == 0)
            throw new HitSongException("a baseline has no test items to answer");
        var shares = new double[test[0].Probabilities.Length];
        foreach (int label in labels)
        {
            if (label < 0 || label >= shares.Length)
                throw new HitSongException(
                    $"a training item has the label {label}, and the classes are 0 to {shares.Length - 1}"
                );
            shares[label] += 1.0 / labels.Count;
        }
        return shares;
    }
}
