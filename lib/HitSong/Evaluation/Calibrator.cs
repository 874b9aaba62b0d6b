using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.RootFinding;

namespace HitSong.Evaluation;

/// <summary>
/// Makes probabilities mean what they say, fitted on validation items. Of two classes it is Platt's scaling (1999): the
/// log odds become <c>Slope · log odds + Intercept</c>. Of more it is temperature scaling (Guo et al. 2017): the
/// logarithms become <c>Slope · logarithm</c>, the slope being 1 / temperature, and are normed again; the order of the
/// classes stays. As JSON it is its two numbers.
/// </summary>
/// <param name="Slope">
/// Below 1 where the model is too sure. Of two classes below 0 where it ranks them the wrong way round; of more 0 where
/// it knows nothing.
/// </param>
/// <param name="Intercept">Of two classes; 0 of more.</param>
/// <example><code>
/// Prediction Song(int label, double p) => new($"{p}", "", 0, label, [1 - p, p]);
/// Prediction[] validation = [Song(0, 0.02), Song(1, 0.05), Song(0, 0.9), Song(1, 0.97), Song(1, 0.99)];
/// var calibrator = Calibrator.Fit(validation);
/// // Less sure than the model is.
/// calibrator.Apply([0.01, 0.99]) // [0.3114, 0.6886]
/// </code></example>
public sealed record Calibrator(double Slope, double Intercept)
{
    // A float's resolution near 1: a network's float32 probability may be 0 or 1, and its logarithm must not be
    // infinite.
    private const double Least = 1e-7;

    /// <summary>
    /// The calibration of least log loss against Platt's targets: (n + 1) / (n + C) for the true class and 1 / (n + C)
    /// for each other, where n validation items have that class and C is the number of classes. So a few items that are
    /// all right make no model certain.
    /// </summary>
    /// <param name="validation">
    /// Predictions on items that the model was not fitted on, and that no figure is measured on.
    /// </param>
    /// <exception cref="HitSongException">There are none, or of two classes one is missing.</exception>
    public static Calibrator Fit(IReadOnlyList<Prediction> validation)
    {
        if (validation.Count == 0)
            throw new HitSongException(
                "there are no validation items to calibrate probabilities on: give the split a share for "
                    + "validation (Split.Validation)"
            );
        int classes = validation[0].Probabilities.Length;
        int[] counts = [.. Enumerable.Range(0, classes).Select(c => validation.Count(p => p.Label == c))];
        if (counts.Count(count => count > 0) < 2)
            throw new HitSongException(
                $"the {validation.Count} validation items have class {validation[0].Label} alone: "
                    + "probabilities cannot be calibrated on it. Another share (Split.Validation) or seed may help"
            );
        double Target(int label, int c) => (label == c ? counts[label] + 1.0 : 1.0) / (counts[label] + classes);

        if (classes == 2)
        {
            // About their mean, slope and intercept hardly depend on each other, and equal log odds leave the slope at
            // 0.
            double mean = validation.Average(p => LogOdds(p.Probabilities));
            (double LogOdds, double Target)[] items =
            [
                .. validation.Select(p => (LogOdds(p.Probabilities) - mean, Target(p.Label, 1))),
            ];
            Vector<double> line = Newton.Minimum(
                Loss,
                Vector<double>.Build.DenseOfArray([0, Math.Log((counts[1] + 1.0) / (counts[0] + 1))])
            );
            return new(line[0], line[1] - line[0] * mean);

            (double, Vector<double>, Matrix<double>) Loss(Vector<double> at)
            {
                double value = 0,
                    bySlope = 0,
                    byIntercept = 0,
                    slopes = 0,
                    both = 0,
                    intercepts = 0;
                foreach (var (odds, target) in items)
                {
                    double z = at[0] * odds + at[1],
                        p = 1 / (1 + Math.Exp(-z)),
                        weight = p * (1 - p);
                    value += Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z))) - target * z;
                    (bySlope, byIntercept) = (bySlope + (p - target) * odds, byIntercept + p - target);
                    (slopes, both, intercepts) = (
                        slopes + weight * odds * odds,
                        both + weight * odds,
                        intercepts + weight
                    );
                }
                // The ridge keeps the Hessian positive where all log odds are equal (Lin, Lin and Weng 2007); the
                // minimum stays where it is.
                return (
                    value,
                    Vector<double>.Build.DenseOfArray([bySlope, byIntercept]),
                    Matrix<double>.Build.DenseOfArray(
                        new[,]
                        {
                            { slopes + 1e-12, both },
                            { both, intercepts + 1e-12 },
                        }
                    )
                );
            }
        }

        double[][] logarithms = [.. validation.Select(p => Logarithms(p.Probabilities))];
        double[][] targets =
        [
            .. validation.Select(p => Enumerable.Range(0, classes).Select(c => Target(p.Label, c)).ToArray()),
        ];
        // Rises with the slope, for the loss is convex.
        double Derivative(double slope) =>
            logarithms
                .Zip(targets, (row, target) => Softmax(row, slope).Select((p, c) => (p - target[c]) * row[c]).Sum())
                .Average();
        if (Derivative(0) >= -1e-12)
            return new(0, 0);
        double high = 1;
        while (Derivative(high) < 0)
            high *= 2;
        return new(Brent.FindRoot(Derivative, 0, high, 1e-12, 200), 0);
    }

    /// <summary>Whether <see cref="Fit"/> can fit: there are items, of more than one class.</summary>
    /// <param name="validation">The predictions.</param>
    public static bool CanFit(IReadOnlyList<Prediction> validation) =>
        validation.Select(p => p.Label).Distinct().Skip(1).Any();

    /// <summary>The calibrated prediction.</summary>
    public Prediction Apply(Prediction prediction) =>
        prediction with
        {
            Probabilities = Apply(prediction.Probabilities),
        };

    /// <summary>[classes] the calibrated probabilities.</summary>
    /// <param name="probabilities">[classes] as the model gives them.</param>
    public double[] Apply(double[] probabilities)
    {
        if (probabilities.Length != 2)
            return Softmax(Logarithms(probabilities), Slope);
        double one = 1 / (1 + Math.Exp(-Slope * LogOdds(probabilities) - Intercept));
        return [1 - one, one];
    }

    private static double LogOdds(double[] probabilities)
    {
        double one = Math.Clamp(probabilities[1], Least, 1 - Least);
        return Math.Log(one / (1 - one));
    }

    private static double[] Logarithms(double[] probabilities) =>
        [.. probabilities.Select(p => Math.Log(Math.Max(p, Least)))];

    private static double[] Softmax(double[] logarithms, double slope)
    {
        double most = logarithms.Max() * slope;
        double[] weights = [.. logarithms.Select(l => Math.Exp(l * slope - most))];
        double sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }
}
