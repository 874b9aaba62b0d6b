using HitSong.Numerics;

namespace HitSong.Attribution;

/// <summary>
/// Shapley values (Shapley 1953): what each of some inputs adds to an answer when they are put in one after the other,
/// the mean over the orders in which that can be done. They sum to the answer with all of them less the answer with
/// none.
/// </summary>
/// <example><code>
/// // Two inputs, each of which adds to the answer.
/// Shapley.Values(2, coalitions => [.. coalitions.Select(on => (on[0] ? 0.2 : 0) + (on[1] ? 0.1 : 0))]) // [0.2, 0.1]
/// </code></example>
public static class Shapley
{
    /// <summary>
    /// The values, over drawn orders (Castro, Gómez and Tejada 2009), each with its reverse, which takes most of the
    /// chance out (Mitchell et al. 2022). The same orders at every call, so that answers to neighbouring questions
    /// differ by the question alone. The sum is exact with any number of orders.
    /// </summary>
    /// <param name="inputs">How many inputs.</param>
    /// <param name="answers">The answers to some coalitions, each [inputs] whether it is in; called once.</param>
    /// <param name="orders">How many orders; even.</param>
    /// <returns>[inputs].</returns>
    public static double[] Values(int inputs, Func<IReadOnlyList<bool[]>, double[]> answers, int orders = 64)
    {
        var random = new SeededRandom(0, "Shapley orders");
        int[][] drawn =
        [
            .. Enumerable
                .Range(0, (orders + 1) / 2)
                .Select(_ => random.Permutation(inputs))
                .SelectMany(order => new[] { order, [.. order.Reverse()] }),
        ];
        List<bool[]> coalitions = [new bool[inputs]];
        foreach (int[] order in drawn)
        {
            var coalition = new bool[inputs];
            foreach (int input in order)
            {
                coalition[input] = true;
                coalitions.Add([.. coalition]);
            }
        }
        double[] found = answers(coalitions),
            values = new double[inputs];
        for (int o = 0; o < drawn.Length; o++)
        for (int place = 0; place < inputs; place++)
            values[drawn[o][place]] +=
                (found[1 + o * inputs + place] - found[place == 0 ? 0 : o * inputs + place]) / drawn.Length;
        return values;
    }
}
