namespace HitSong.Evaluation;

/// <summary>
/// What a model must beat before it has learned anything from the sound. Each answers the same test items as the model,
/// so that a <see cref="Score"/>, a <see cref="PairedDifference"/> and a <see cref="DeLong"/> follow.
/// </summary>
/// <example><code>
/// Prediction[] test = [new("1", "a", 0, Label: 1, [0.5, 0.5]), new("2", "b", 0, Label: 0, [0.5, 0.5])];
/// var prior = Baselines.Prior(labels: [0, 0, 0, 1], test);
/// prior[0].Probabilities // [0.75, 0.25]
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
        CheckOfEach(testFeatures, test);
        var regression = LogisticRegression.Fit(features, labels, Shares(labels, test).Length);
        return
        [
            .. test.Zip(testFeatures, (item, values) => item with { Probabilities = regression.Probabilities(values) }),
        ];
    }

    /// <summary><see cref="GradientBoosting"/> on the same numbers.</summary>
    /// <param name="features">[N][features] of the training items.</param>
    /// <param name="labels">[N] their classes.</param>
    /// <param name="validationFeatures">
    /// [validation items][features]; the rounds that are the best on them count. Empty: all of them.
    /// </param>
    /// <param name="validationLabels">[validation items] their classes.</param>
    /// <param name="testFeatures">[tests][features] of the test items.</param>
    /// <param name="test">[tests] the test items; whatever probabilities they have give way to the baseline's.</param>
    /// <exception cref="HitSongException">Features and items do not match, or training has but one class.</exception>
    public static IReadOnlyList<Prediction> Boosting(
        IReadOnlyList<double[]> features,
        IReadOnlyList<int> labels,
        IReadOnlyList<double[]> validationFeatures,
        IReadOnlyList<int> validationLabels,
        IReadOnlyList<double[]> testFeatures,
        IReadOnlyList<Prediction> test
    )
    {
        CheckOfEach(testFeatures, test);
        int classes = Shares(labels, test).Length;
        using var boosting = GradientBoosting.Fit(features, labels, classes, validationFeatures, validationLabels);
        return
        [
            .. test.Zip(
                boosting.Probabilities(testFeatures),
                (item, probabilities) => item with { Probabilities = probabilities }
            ),
        ];
    }

    /// <summary>
    /// The accuracy to expect of answers that are drawn from the classes' shares in training, whatever the item
    /// (scikit-learn <c>DummyClassifier("stratified")</c>): Σ p_c · q_c over the classes' shares in training and in the
    /// test. An expectation, and not what one draw gives.
    /// </summary>
    /// <param name="trained">[classes] items in training.</param>
    /// <param name="tested">[classes] items in the test.</param>
    /// <exception cref="HitSongException">Either has no item, or they are not of the same classes.</exception>
    public static double Stratified(IReadOnlyList<int> trained, IReadOnlyList<int> tested)
    {
        if (trained.Count != tested.Count)
            throw new HitSongException(
                $"training has {trained.Count} classes and the test {tested.Count}: give the items of each"
            );
        if (trained.Sum() == 0 || tested.Sum() == 0)
            throw new HitSongException("shares of no items are not defined: training and test need one each");
        return trained.Zip(tested, (p, q) => (double)p * q).Sum() / ((double)trained.Sum() * tested.Sum());
    }

    private static void CheckOfEach(IReadOnlyList<double[]> testFeatures, IReadOnlyList<Prediction> test)
    {
        if (testFeatures.Count != test.Count)
            throw new HitSongException(
                $"{testFeatures.Count} test items have features, and there are {test.Count}: give those of each"
            );
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
