using System.Text.Json;
using HitSong.Attribution;

namespace Tests;

public class ShapleyTests
{
    // Every order of five inputs, by the definition.
    private const string Peer = """
        import json, itertools
        def answer(s): return 3 * s[0] - s[1] + 2 * s[0] * s[2] - 4 * s[2] * s[3] * s[4] + (s[1] or s[4])
        values, orders = [0.0] * 5, list(itertools.permutations(range(5)))
        for order in orders:
            s = [0] * 5
            for i in order:
                before = answer(s)
                s[i] = 1
                values[i] += (answer(s) - before) / len(orders)
        print(json.dumps(values))
        """;

    [Fact]
    public void AreTheMeanOverAllOrders()
    {
        double[] expected = JsonSerializer.Deserialize<double[]>(Python.Run(Peer))!,
            many = Shapley.Values(5, Answers, 20_000),
            few = Shapley.Values(5, Answers, 4);
        Assert.All(expected.Zip(many), pair => Assert.Equal(pair.First, pair.Second, 0.02));
        // With any number of orders the whole is shared out.
        Assert.Equal(expected.Sum(), few.Sum(), 1e-12);
        Assert.Equal(few, Shapley.Values(5, Answers, 4));
    }

    private static double[] Answers(IReadOnlyList<bool[]> coalitions) =>
        [
            .. coalitions.Select(coalition =>
            {
                double[] s = Array.ConvertAll(coalition, isIn => isIn ? 1.0 : 0);
                return 3 * s[0] - s[1] + 2 * s[0] * s[2] - 4 * s[2] * s[3] * s[4] + Math.Max(s[1], s[4]);
            }),
        ];
}
