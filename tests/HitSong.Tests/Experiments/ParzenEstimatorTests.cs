using System.Text.Json;
using HitSong.Experiments;
using HitSong.Numerics;
using Tests;

namespace HitSong.Tests.Experiments;

/// <summary>The densities of TPE against those of Optuna's formulas, written out in NumPy and SciPy.</summary>
public class ParzenEstimatorTests
{
    private const string Peer = """
        import json, sys
        import numpy as np
        from scipy.stats import truncnorm
        def weights(n):
            ramp = np.linspace(1 / n, 1, n - 25) if n > 25 else []
            w = np.append(np.concatenate([ramp, np.ones(min(n, 25))]), 1)
            return w / w.sum()
        def numbers(low, high, seen, at):
            mus = np.append(seen, 0.5 * (low + high))
            order = np.argsort(mus)
            ends = np.concatenate([[low], mus[order], [high]])
            sigmas = np.maximum(ends[1:-1] - ends[:-2], ends[2:] - ends[1:-1])
            if len(ends) >= 4:
                sigmas[0], sigmas[-1] = ends[2] - ends[1], ends[-2] - ends[-3]
            sigmas = sigmas[np.argsort(order)]
            sigmas = np.clip(sigmas, (high - low) / min(100, 1 + len(mus)), high - low)
            sigmas[-1] = high - low
            kernels = truncnorm((low - mus) / sigmas, (high - mus) / sigmas, mus, sigmas)
            w = weights(len(seen))
            return [[float(np.log((w * kernels.pdf(x)).sum())) for x in at], float((w * kernels.mean()).sum())]
        def choices(count, seen):
            rows = np.full((len(seen) + 1, count), 1 / (len(seen) + 1))
            rows[np.arange(len(seen)), np.array(seen, dtype=int)] += 1
            rows /= rows.sum(axis=1, keepdims=True)
            return np.log(weights(len(seen)) @ rows).tolist()
        asked = json.loads(sys.argv[1])
        print(json.dumps({
            "numbers": [numbers(-2.0, 3.0, np.array(seen), asked["at"]) for seen in asked["numbers"]],
            "choices": [choices(4, seen) for seen in asked["choices"]]}))
        """;

    private sealed record Expected(JsonElement[][] Numbers, double[][] Choices);

    [Fact]
    public void Densities_are_Optunas()
    {
        SeededRandom random = new(1, "test");
        double[] at = [-2, -1.3, 0, 0.42, 2.9, 3];
        int[] counts = [0, 1, 2, 9, 25, 26, 27, 60, 130];
        double[][] numbers = [.. counts.Select(count => Seen(count, () => random.Uniform(-2, 3)))];
        int[][] choices = [.. counts.Select(count => Seen(count, () => random.Below(3)))];
        string answer = Python.Run(
            Peer,
            JsonSerializer.Serialize(
                new
                {
                    at,
                    numbers,
                    choices,
                }
            )
        );
        Expected expected = JsonSerializer.Deserialize<Expected>(answer, JsonSerializerOptions.Web)!;

        foreach (var (seen, peer) in numbers.Zip(expected.Numbers))
        {
            ParzenEstimator density = new ParzenEstimator.OfNumbers(-2, 3, seen);
            Assert.All(
                at.Zip(peer[0].Deserialize<double[]>()!),
                point => Assert.Equal(point.Second, density.LogDensity(point.First), 1e-8)
            );
            // Of 20,000 draws, whose deviation is 1.45 at most, the mean is known to 0.01.
            double mean = Enumerable.Range(0, 20_000).Average(_ => density.Sample(random));
            Assert.Equal(peer[1].GetDouble(), mean, 0.04);
        }
        foreach (var (seen, peer) in choices.Zip(expected.Choices))
        {
            ParzenEstimator density = new ParzenEstimator.OfChoices(4, seen);
            int[] drawn = [.. Enumerable.Range(0, 20_000).Select(_ => (int)density.Sample(random))];
            for (int choice = 0; choice < 4; choice++)
            {
                Assert.Equal(peer[choice], density.LogDensity(choice), 1e-12);
                Assert.Equal(Math.Exp(peer[choice]), drawn.Count(c => c == choice) / 20_000.0, 0.015);
            }
        }

        static T[] Seen<T>(int count, Func<T> draw) => [.. Enumerable.Range(0, count).Select(_ => draw())];
    }
}
