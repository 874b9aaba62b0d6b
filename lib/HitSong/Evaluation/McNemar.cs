using MathNet.Numerics.Distributions;

namespace HitSong.Evaluation;

/// <summary>McNemar's test (1947): whether two models that answered the same questions differ in accuracy.</summary>
/// <param name="OnlyFirst">Questions that only the first got right.</param>
/// <param name="OnlySecond">Questions that only the second got right.</param>
public sealed record McNemar(int OnlyFirst, int OnlySecond)
{
    /// <summary>Compares right and wrong answers to the same questions.</summary>
    /// <param name="first">[N] whether the first was right.</param>
    /// <param name="second">[N] whether the second was.</param>
    public static McNemar Test(IReadOnlyList<bool> first, IReadOnlyList<bool> second) =>
        new(first.Zip(second).Count(p => p is (true, false)), first.Zip(second).Count(p => p is (false, true)));

    /// <summary>
    /// The exact two-sided p: the chance of a difference at least as large if both were equally good (binomial, one
    /// half).
    /// </summary>
    public double P =>
        OnlyFirst + OnlySecond == 0
            ? 1
            : Math.Min(1, 2 * Binomial.CDF(0.5, OnlyFirst + OnlySecond, Math.Min(OnlyFirst, OnlySecond)));
}
