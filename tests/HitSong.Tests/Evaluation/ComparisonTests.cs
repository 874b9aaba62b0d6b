using System.Globalization;
using System.Text.Json;
using HitSong.Evaluation;
using Tests;

namespace HitSong.Tests.Evaluation;

public class ComparisonTests
{
    [Fact]
    public void DeLongs_test_equals_its_published_matrices_in_numpy()
    {
        var random = new Random(11);
        bool[] labels = [.. Enumerable.Range(0, 120).Select(_ => random.NextDouble() < 0.3)];
        double[] first = [.. labels.Select(l => Math.Round(random.NextDouble() + (l ? 0.3 : 0), 1))];
        double[] second = [.. labels.Select(l => Math.Round(random.NextDouble() + (l ? 0.1 : 0), 1))];
        double[] expected = Numbers(
            Python.Run(
                $"""
                import json, numpy as np
                from scipy.stats import t
                y, a, b = (np.array(json.loads(t)) for t in ('{JsonSerializer.Serialize(
                    labels
                )}', '{JsonSerializer.Serialize(first)}', '{JsonSerializer.Serialize(second)}'))
                psi = lambda s: (s[y][:, None] > s[~y][None]) + 0.5 * (s[y][:, None] == s[~y][None])
                V10 = np.array([psi(s).mean(1) for s in (a, b)]); V01 = np.array([psi(s).mean(0) for s in (a, b)])
                S = np.cov(V10) / y.sum() + np.cov(V01) / (~y).sum()
                L = np.array([1, -1]); d = V10.mean(1) @ L; se = np.sqrt(L @ S @ L)
                q = t.ppf(0.975, len(y) - 1); area = V10[0].mean(); half = q * np.sqrt(S[0, 0]) / (area * (1 - area))
                ends = 1 / (1 + np.exp(-(np.log(area / (1 - area)) + np.array([-half, half]))))
                print(d, se, 2 * t.sf(abs(d / se), len(y) - 1), d - q * se, d + q * se, area, np.sqrt(S[0, 0]), *ends)
                """
            )
        );
        DeLong difference = DeLong.Difference(labels, first, second)!,
            area = DeLong.Of(labels, first)!;
        double[] actual =
        [
            difference.Estimate,
            difference.StandardError,
            difference.P,
            difference.Interval.Low,
            difference.Interval.High,
            area.Estimate,
            area.StandardError,
            area.AreaInterval!.Low,
            area.AreaInterval!.High,
        ];
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        Assert.Equal(1, DeLong.Difference(labels, first, first)!.P);
        Assert.Equal(Roc.Auc(labels, first)!.Value, area.Estimate, 1e-12);
    }

    [Fact]
    public void Of_clusters_DeLongs_error_is_Obuchowskis()
    {
        var random = new Random(5);
        // 12 artists of unlike numbers of songs, whose songs resemble each other.
        int[] artists = [.. Enumerable.Range(0, 90).Select(_ => (int)(12 * Math.Pow(random.NextDouble(), 1.5)))];
        bool[] labels = [.. artists.Select(artist => random.NextDouble() < 0.2 + 0.05 * artist)];
        double[] first = [.. artists.Select((artist, i) => Round(artist / 12.0 + (labels[i] ? 0.2 : 0)))];
        double[] second = [.. artists.Select((artist, i) => Round(labels[i] ? 0.3 : 0))];
        double Round(double score) => Math.Round(score + random.NextDouble(), 1);
        string given = JsonSerializer.Serialize(new object[] { labels, first, second, artists });
        // Obuchowski 1997, "Nonparametric analysis of clustered ROC curve data", equations 4 to 9, with loops.
        double[] expected = Numbers(
            Python.Run(
                $"""
                import json, numpy as np
                y, a, b, g = map(np.array, json.loads('{given}'))
                m, n = y.sum(), (~y).sum(); clusters = np.unique(g)
                def components(s):
                    X = dict((k, [i for i in range(len(y)) if g[i] == k and y[i]]) for k in clusters)
                    Y = dict((k, [i for i in range(len(y)) if g[i] == k and not y[i]]) for k in clusters)
                    psi = lambda i, j: float(s[i] > s[j]) + 0.5 * (s[i] == s[j])
                    every = [i for i in range(len(y))]
                    V10 = [sum(sum(psi(i, j) for j in every if not y[j]) / n for i in X[k]) for k in clusters]
                    V01 = [sum(sum(psi(i, j) for i in every if y[i]) / m for j in Y[k]) for k in clusters]
                    theta = sum(V10) / m
                    above = [v - len(X[k]) * theta for v, k in zip(V10, clusters)]
                    below = [v - len(Y[k]) * theta for v, k in zip(V01, clusters)]
                    return theta, above, below
                I10 = len(set(g[y])); I01 = len(set(g[~y])); I = len(clusters)
                def covariance(p, q):
                    dot = lambda u, v: sum(x * z for x, z in zip(u, v))
                    S10 = I10 / ((I10 - 1) * m) * dot(p[1], q[1]); S01 = I01 / ((I01 - 1) * n) * dot(p[2], q[2])
                    S11 = I / (I - 1) * dot(p[1], q[2]); S11t = I / (I - 1) * dot(q[1], p[2])
                    return S10 / m + S01 / n + (S11 + S11t) / (m * n)
                p, q = components(a), components(b)
                v = covariance(p, p) + covariance(q, q) - 2 * covariance(p, q)
                print(p[0], covariance(p, p) ** 0.5, p[0] - q[0], v ** 0.5)
                """
            )
        );
        string[] clusters = [.. artists.Select(artist => $"{artist}")];
        DeLong area = DeLong.Of(labels, first, clusters)!,
            difference = DeLong.Difference(labels, first, second, clusters)!;
        double[] actual = [area.Estimate, area.StandardError, difference.Estimate, difference.StandardError];
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void An_area_of_one_against_one_of_zero_is_no_tie()
    {
        bool[] labels = [true, true, false, false];
        double[] right = [1, 1, 0, 0],
            wrong = [0, 0, 1, 1];
        Assert.Equal(0, DeLong.Difference(labels, right, wrong)!.P);
        Assert.Null(DeLong.Of(labels, right)!.AreaInterval);
        Assert.Null(DeLong.Of([true, false, false], [1, 0, 0]));
    }

    [Fact]
    public void Holms_correction_is_that_of_R()
    {
        // p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.6), "holm"): 0.04 0.09 0.09 0.025 0.60.
        double[] adjusted = Holm.Adjust([0.01, 0.04, 0.03, 0.005, 0.6]);
        Assert.All(adjusted.Zip([0.04, 0.09, 0.09, 0.025, 0.6]), p => Assert.Equal(p.Second, p.First, 1e-12));
        Assert.Equal([1, 1], Holm.Adjust([0.7, 0.6]));
    }

    [Theory]
    [InlineData(2, 40)]
    [InlineData(4, 300)]
    [InlineData(11, 1000)]
    public void Rank_correlations_are_scipys(int classes, int count)
    {
        Prediction[] predictions = Problem.Predictions(classes, count, 3);
        int[] labels = [.. predictions.Select(p => p.Label)];
        double[] scores = [.. predictions.Select(p => Math.Round(p.Probabilities.Select((q, c) => q * c).Sum(), 2))];
        double[] expected = Numbers(
            Python.Run(
                $"""
                import json
                from scipy.stats import spearmanr, kendalltau
                y, s = (json.loads(t) for t in ('{JsonSerializer.Serialize(labels)}', '{JsonSerializer.Serialize(
                    scores
                )}'))
                print(spearmanr(y, s)[0], kendalltau(y, s)[0])
                """
            )
        );
        Assert.Equal(expected[0], RankCorrelation.Spearman(labels, scores)!.Value, 1e-12);
        Assert.Equal(expected[1], RankCorrelation.Kendall(labels, scores)!.Value, 1e-12);
        Assert.Null(RankCorrelation.Kendall([1, 1], [0.1, 0.2]));
        Assert.Null(RankCorrelation.Spearman([0, 1], [0.1, 0.1]));
    }

    private static double[] Numbers(string words) =>
        [
            .. words
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Select(w => double.Parse(w, CultureInfo.InvariantCulture)),
        ];
}
