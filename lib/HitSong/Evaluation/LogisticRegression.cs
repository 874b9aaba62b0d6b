using MathNet.Numerics.LinearAlgebra;

namespace HitSong.Evaluation;

/// <summary>
/// Logistic regression on standard scores, with an L2 penalty on the weights and none on the intercepts (scikit-learn
/// <c>StandardScaler</c>, then <c>LogisticRegression</c>): of two classes binomial, of more multinomial. The plainest
/// model that a network has to beat.
/// </summary>
/// <param name="Means">[features] means of the training items.</param>
/// <param name="Deviations">[features] their standard deviations; 1 where a feature is constant.</param>
/// <param name="Weights">
/// [classes][features] weights of the standard scores; of two classes those of class 0 are 0.
/// </param>
/// <param name="Intercepts">[classes]; −∞ for a class without training items, which is never answered.</param>
/// <example><code>
/// double[][] features = [[1, 5], [2, 3], [3, 4], [4, 6], [5, 1], [6, 2]];
/// var regression = LogisticRegression.Fit(features, labels: [0, 0, 1, 0, 1, 1], classes: 2);
/// regression.Probabilities([6, 1]) // [0.1092, 0.8908]
/// </code></example>
public sealed record LogisticRegression(double[] Means, double[] Deviations, double[][] Weights, double[] Intercepts)
{
    /// <summary>
    /// Fits the weights, to convergence: the minimum of the summed log loss plus half of the squared weights over
    /// <paramref name="strength"/>.
    /// </summary>
    /// <param name="features">[N][features] of the training items.</param>
    /// <param name="labels">[N] their classes.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="strength">How freely weights may grow; scikit-learn's <c>C</c>.</param>
    /// <exception cref="HitSongException">
    /// An item is not as the others, a feature is no number, a label is no class, or only one class is there.
    /// </exception>
    public static LogisticRegression Fit(
        IReadOnlyList<double[]> features,
        IReadOnlyList<int> labels,
        int classes,
        double strength = 1
    )
    {
        int[] there = TrainingItems.Check(features, labels, classes);
        int width = features[0].Length,
            items = features.Count;
        double[] means = [.. Enumerable.Range(0, width).Select(f => features.Average(row => row[f]))];
        double[] deviations =
        [
            .. Enumerable
                .Range(0, width)
                .Select(f => Math.Sqrt(features.Average(row => (row[f] - means[f]) * (row[f] - means[f])))),
        ];
        // A constant feature's deviation is what rounding left of 0.
        for (int f = 0; f < width; f++)
            if (deviations[f] <= 1e-12 * Math.Abs(means[f]))
                deviations[f] = 1;
        // The last column is the intercept's.
        var x = Matrix<double>.Build.Dense(
            items,
            width + 1,
            (i, f) => f == width ? 1 : (features[i][f] - means[f]) / deviations[f]
        );
        // Of two classes one set of weights tells all, as scikit-learn has it; the first class's stay 0.
        int[] free = there.Length == 2 ? there[1..] : there;
        Matrix<double> truth = Matrix<double>.Build.Dense(items, free.Length, (i, c) => labels[i] == free[c] ? 1 : 0);

        Vector<double> fitted = Newton.Minimum(Loss, Vector<double>.Build.Dense(free.Length * (width + 1)));

        double[][] weights = [.. Enumerable.Range(0, classes).Select(_ => new double[width])];
        double[] intercepts =
        [
            .. Enumerable.Range(0, classes).Select(c => there.Contains(c) ? 0 : double.NegativeInfinity),
        ];
        for (int c = 0; c < free.Length; c++)
            (weights[free[c]], intercepts[free[c]]) = (
                [.. fitted.SubVector(c * (width + 1), width)],
                fitted[c * (width + 1) + width]
            );
        return new(means, deviations, weights, intercepts);

        (double, Vector<double>, Matrix<double>) Loss(Vector<double> point)
        {
            Matrix<double> parameters = Matrix<double>.Build.DenseOfColumnMajor(width + 1, free.Length, point),
                logits = x * parameters;
            double value = 0;
            for (int i = 0; i < items; i++)
            {
                double[] row = [.. logits.Row(i), .. there.Length == 2 ? [0.0] : Array.Empty<double>()];
                double most = row.Max(),
                    sum = row.Sum(logit => Math.Exp(logit - most));
                value += most + Math.Log(sum) - Enumerable.Range(0, free.Length).Sum(c => truth[i, c] * row[c]);
                for (int c = 0; c < free.Length; c++)
                    logits[i, c] = Math.Exp(row[c] - most) / sum;
            }
            Matrix<double> probabilities = logits,
                gradient = x.TransposeThisAndMultiply(probabilities - truth);
            var hessian = Matrix<double>.Build.Dense(point.Count, point.Count);
            for (int c = 0; c < free.Length; c++)
            for (int d = c; d < free.Length; d++)
            {
                var weighted = Matrix<double>.Build.Dense(
                    items,
                    width + 1,
                    (i, f) => x[i, f] * probabilities[i, c] * ((c == d ? 1 : 0) - probabilities[i, d])
                );
                Matrix<double> block = x.TransposeThisAndMultiply(weighted);
                hessian.SetSubMatrix(c * (width + 1), d * (width + 1), block);
                hessian.SetSubMatrix(d * (width + 1), c * (width + 1), block.Transpose());
            }
            for (int c = 0; c < free.Length; c++)
            for (int f = 0; f < width; f++)
            {
                int place = c * (width + 1) + f;
                value += point[place] * point[place] / (2 * strength);
                gradient[f, c] += point[place] / strength;
                hessian[place, place] += 1 / strength;
            }
            if (there.Length > 2)
            {
                // Intercepts that all grow alike change no probability: held to a sum of 0, they are unique.
                double sum = Enumerable.Range(0, free.Length).Sum(c => parameters[width, c]);
                value += sum * sum / 2;
                for (int c = 0; c < free.Length; c++)
                {
                    gradient[width, c] += sum;
                    for (int d = 0; d < free.Length; d++)
                        hessian[c * (width + 1) + width, d * (width + 1) + width] += 1;
                }
            }
            return (value, Vector<double>.Build.Dense(gradient.ToColumnMajorArray()), hessian);
        }
    }

    /// <summary>[classes] the probability of each.</summary>
    /// <param name="features">[features] of one item.</param>
    /// <exception cref="HitSongException">They are not as many as in training, or no numbers.</exception>
    public double[] Probabilities(double[] features)
    {
        if (features.Length != Means.Length || !features.All(double.IsFinite))
            throw new HitSongException(
                $"the regression was fitted on {Means.Length} features an item, and this item has "
                    + $"{(features.Length == Means.Length ? "one that is no number" : $"{features.Length}")}"
            );
        double[] logits =
        [
            .. Intercepts.Select(
                (intercept, c) =>
                    intercept + features.Select((value, f) => Weights[c][f] * (value - Means[f]) / Deviations[f]).Sum()
            ),
        ];
        double most = logits.Max(),
            sum = logits.Sum(logit => Math.Exp(logit - most));
        return [.. logits.Select(logit => Math.Exp(logit - most) / sum)];
    }
}
