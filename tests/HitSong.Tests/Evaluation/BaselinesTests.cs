using System.Text.Json;
using HitSong.Evaluation;
using Tests;

namespace HitSong.Tests.Evaluation;

public class BaselinesTests
{
    [Theory]
    [InlineData(2, null)]
    [InlineData(3, null)]
    [InlineData(4, 2)]
    [InlineData(11, null)]
    [InlineData(3, 0)]
    public void Logistic_regression_has_scikit_learns_coefficients_and_probabilities(int classes, int? absent)
    {
        var random = new Random(classes);
        int[] labels = [.. Problem.Predictions(classes, 300, classes, absent).Select(p => p.Label)];
        // Features of unlike sizes, one of them constant; some tell the classes apart.
        double Drawn(int feature, int label) =>
            Math.Pow(10, feature - 2) * (random.NextDouble() + (feature % 2 == 0 ? 0.15 * label : 0));
        double[] Row(int label) => [.. Enumerable.Range(0, 6).Select(f => f == 4 ? 0.1 : Drawn(f, label))];
        double[][] train = [.. labels.Select(Row)],
            test = [.. labels.Take(40).Select(Row)];
        JsonElement expected = JsonDocument
            .Parse(
                Python.Run(
                    $"""
                    import json, numpy as np
                    from sklearn.linear_model import LogisticRegression
                    from sklearn.preprocessing import StandardScaler
                    x, y, t = (np.array(json.loads(s)) for s in ('{JsonSerializer.Serialize(
                        train
                    )}', '{JsonSerializer.Serialize(labels)}', '{JsonSerializer.Serialize(test)}'))
                    scaler = StandardScaler().fit(x)
                    # lbfgs, the default, stops before it is there: scipy's ftol. Below 1e-8 a line search finds no
                    # better point, and goes on to the last iteration.
                    model = LogisticRegression(solver='newton-cg', tol=1e-8, max_iter=1000)
                    model.fit(scaler.transform(x), y)
                    p = np.zeros((len(t), {classes})); p[:, model.classes_] = model.predict_proba(scaler.transform(t))
                    print(json.dumps(dict(
                        classes=model.classes_.tolist(), weights=model.coef_.tolist(),
                        intercepts=model.intercept_.tolist(), p=p.tolist())))
                    """
                )
            )
            .RootElement;
        double[] Values(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetDouble())];

        var regression = LogisticRegression.Fit(train, labels, classes);

        int[] there = [.. Values(expected.GetProperty("classes")).Select(c => (int)c)];
        int[] free = there.Length == 2 ? there[1..] : there;
        foreach (var (c, i) in free.Select((c, i) => (c, i)))
        {
            Close(Values(expected.GetProperty("weights")[i]), regression.Weights[c], 1e-6);
            Assert.Equal(Values(expected.GetProperty("intercepts"))[i], regression.Intercepts[c], 1e-6);
        }
        for (int i = 0; i < test.Length; i++)
            Close(Values(expected.GetProperty("p")[i]), regression.Probabilities(test[i]), 1e-6);
    }

    [Fact]
    public void Logistic_regression_ends_where_classes_are_told_apart_without_fail()
    {
        // Its penalty keeps the weights finite: 200 items each side of a gap.
        double[][] features =
        [
            .. Enumerable.Range(-200, 401).Where(i => i != 0).Select(i => new double[] { i + 100 * Math.Sign(i) }),
        ];
        int[] labels = [.. features.Select(f => f[0] > 0 ? 1 : 0)];
        var regression = LogisticRegression.Fit(features, labels, 2, strength: 1e6);
        Assert.All(features.Zip(labels), item => Assert.True(regression.Probabilities(item.First)[item.Second] > 0.99));
    }

    [Theory]
    [InlineData("most_frequent")]
    [InlineData("prior")]
    public void Majority_and_prior_are_scikit_learns_dummies(string strategy)
    {
        int[] labels = [2, 0, 2, 0, 1];
        Prediction[] test = Problem.Predictions(3, 4, 1);
        double[] expected = Problem.Numbers(
            Python.Run(
                $"""
                from sklearn.dummy import DummyClassifier
                print(*DummyClassifier(strategy='{strategy}').fit([[0]] * 5, {JsonSerializer.Serialize(
                    labels
                )}).predict_proba([[0]] * 4).ravel())
                """
            )
        );
        IReadOnlyList<Prediction> answered =
            strategy == "prior" ? Baselines.Prior(labels, test) : Baselines.Majority(labels, test);
        Close(expected, [.. answered.SelectMany(p => p.Probabilities)], 1e-12);
        Assert.Equal(
            test.Select(p => (p.Track, p.Artist, p.Clip, p.Label)),
            answered.Select(p => (p.Track, p.Artist, p.Clip, p.Label))
        );
    }

    [Fact]
    public void Answers_drawn_by_trainings_shares_are_right_as_often_as_scikit_learns_on_average()
    {
        // By hand: shares 2/5, 1/5, 2/5 and 1/4, 2/4, 1/4 give 8/20 · 1/4 + 4/20 · 2/4 + 8/20 · 1/4 = 0.3.
        Assert.Equal(0.3, Baselines.Stratified([2, 1, 2], [1, 2, 1]), 12);
        double drawn = Problem.Numbers(
            Python.Run(
                """
                import numpy as np
                from sklearn.dummy import DummyClassifier
                y, t = np.repeat([0, 1, 3], [70, 20, 10]), np.repeat([0, 1, 2, 3], [500, 300, 100, 100])
                drawn = lambda s: DummyClassifier(strategy='stratified', random_state=s).fit(y[:, None], y)
                print(np.mean([drawn(s).score(t[:, None], t) for s in range(200)]))
                """
            )
        )[0];
        // The mean of 200 · 1,000 draws has a standard error of 0.001.
        Assert.Equal(drawn, Baselines.Stratified([70, 20, 0, 10], [500, 300, 100, 100]), 0.005);
    }

    [Fact]
    public void The_majority_scores_what_a_score_says_of_it()
    {
        Prediction[] test = Problem.Predictions(4, 100, 3);
        Score score = Score.Of(Baselines.Majority([3, 3, 1], test), majority: 3);
        Assert.Equal(score.MajorityBaseline, score.Accuracy);
    }

    [Fact]
    public void An_artist_has_the_share_of_their_songs_and_an_unknown_one_that_of_all()
    {
        // Songs of x: 1, 1, 0, the first with two clips; of y: 0. So the shares are ½, ½; x has (2 + ½) / 4 of class 1,
        // y (0 + ½) / 2.
        (string, string, int)[] training = [("a", "x", 1), ("a", "x", 1), ("b", "x", 1), ("c", "x", 0), ("d", "y", 0)];
        Prediction[] test =
        [
            .. new[] { "x", "y", "z" }.Select(artist => new Prediction(artist, artist, 0, 1, [0.5, 0.5])),
        ];
        Close([0.625, 0.25, 0.5], [.. Baselines.ArtistMean(training, test).Select(p => p.Probabilities[1])], 1e-12);
    }

    [Fact]
    public void What_a_baseline_cannot_be_made_from_is_named()
    {
        Prediction[] test = Problem.Predictions(3, 2, 1);
        double[] one = [1, 2];
        double[][] narrow =
        [
            [1],
            [2],
        ];
        double[][] features = [one, [3, 4]];
        void Refused(string named, Action made) =>
            Assert.Contains(named, Assert.Throws<HitSongException>(made).Message);
        Refused("no training items", () => Baselines.Prior([], test));
        Refused("no test items", () => Baselines.Prior([0, 1], []));
        Refused("the label 3", () => Baselines.Majority([0, 3], test));
        Refused("class 1 alone", () => Baselines.Logistic(features, [1, 1], features, test));
        Refused("training item 1", () => Baselines.Logistic([one, [3, double.NaN]], [0, 1], features, test));
        Refused("training item 1", () => Baselines.Logistic([one, [3]], [0, 1], features, test));
        Refused("1 test items have features", () => Baselines.Logistic(features, [0, 1], [one], test));
        Refused("fitted on 2 features", () => Baselines.Logistic(features, [0, 1], narrow, test));
        void Boosted(string named, double[][] training, int[] labels, double[][] tested) =>
            Refused(named, () => Baselines.Boosting(training, labels, [], [], tested, test));
        Boosted("class 1 alone", features, [1, 1], features);
        Boosted("training item 1", [one, [3, double.NaN]], [0, 1], features);
        Boosted("1 test items have features", features, [0, 1], [one]);
        Boosted("fitted on 2 features", features, [0, 1], narrow);
        Refused("training has 2 classes and the test 1", () => Baselines.Stratified([1, 2], [3]));
        Refused("no items", () => Baselines.Stratified([1, 2], [0, 0]));
    }

    private static void Close(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
