using System.Globalization;
using System.Text.Json;
using HitSong.Evaluation;
using Tests;

namespace HitSong.Tests.Evaluation;

public class ComparisonTests
{
    [Fact]
    public void McNemars_p_is_scipys_exact_binomial()
    {
        (int First, int Second)[] counts = [(0, 0), (1, 0), (5, 5), (10, 3), (3, 10), (120, 80), (2000, 2100)];
        double[] expected = Numbers(
            Python.Run(
                $"""
                from scipy.stats import binomtest
                for a, b in {JsonSerializer.Serialize(counts.Select(c => new[] { c.First, c.Second }))}:
                    print(binomtest(min(a, b), a + b, 0.5).pvalue if a + b else 1)
                """
            )
        );
        Assert.All(
            counts.Zip(expected),
            pair => Assert.Equal(pair.Second, new McNemar(pair.First.First, pair.First.Second).P, 1e-9)
        );
    }

    [Fact]
    public void McNemar_counts_where_one_alone_was_right() =>
        Assert.Equal(
            new McNemar(2, 1),
            McNemar.Test([true, true, true, false, false], [false, false, true, true, false])
        );

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
                from scipy.stats import norm
                y, a, b = (np.array(json.loads(t)) for t in ('{JsonSerializer.Serialize(
                    labels
                )}', '{JsonSerializer.Serialize(first)}', '{JsonSerializer.Serialize(second)}'))
                psi = lambda s: (s[y][:, None] > s[~y][None]) + 0.5 * (s[y][:, None] == s[~y][None])
                V10 = np.array([psi(s).mean(1) for s in (a, b)]); V01 = np.array([psi(s).mean(0) for s in (a, b)])
                S = np.cov(V10) / y.sum() + np.cov(V01) / (~y).sum()
                L = np.array([1, -1]); d = V10.mean(1) @ L; se = np.sqrt(L @ S @ L)
                print(d, se, 2 * norm.sf(abs(d / se)))
                """
            )
        );
        DeLong test = DeLong.Test(labels, first, second)!;
        Assert.Equal(expected[0], test.Difference, 1e-12);
        Assert.Equal(expected[1], test.StandardError, 1e-12);
        Assert.Equal(expected[2], test.P, 1e-9);
        Assert.Equal(1, DeLong.Test(labels, first, first)!.P);
    }

    [Fact]
    public void Resampling_whole_artists_widens_the_interval_where_their_songs_agree()
    {
        // 20 artists of 10 songs; all songs of an artist are right or wrong together, so there are 20 independent
        // answers, not 200.
        string[] artists = [.. Enumerable.Range(0, 200).Select(i => $"{i / 10}")];
        double[] right = [.. Enumerable.Range(0, 200).Select(i => i / 10 < 14 ? 1.0 : 0)];
        Interval byArtist = Bootstrap.OfMean(right, artists),
            bySong = Bootstrap.OfMean(right, [.. Enumerable.Range(0, 200).Select(i => $"{i}")]);
        // The normal approximation: 0.7 ± 1.96 · √(0.21 / n).
        Assert.Equal(2 * 1.96 * Math.Sqrt(0.21 / 20), byArtist.High - byArtist.Low, 0.03);
        Assert.Equal(2 * 1.96 * Math.Sqrt(0.21 / 200), bySong.High - bySong.Low, 0.01);
        Assert.Equal(byArtist, Bootstrap.OfMean(right, artists));
    }

    private static double[] Numbers(string words) =>
        [
            .. words
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Select(w => double.Parse(w, CultureInfo.InvariantCulture)),
        ];
}
