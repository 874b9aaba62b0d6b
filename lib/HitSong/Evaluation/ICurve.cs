namespace HitSong.Evaluation;

/// <summary>How a curve is made of what is counted at each threshold, for <see cref="CurveWithInterval"/>.</summary>
internal interface ICurve
{
    /// <summary>[places] where its interval is wanted.</summary>
    double[] Places { get; }

    /// <summary>The curve, of the true and the false positives, [thresholds] from the highest to the lowest.</summary>
    (double[] X, double[] Y) Of(double[] found, double[] wrong);

    /// <summary>Its value at a place.</summary>
    double At(double[] x, double[] y, double place);

    /// <summary>How many thresholds are passed at a place.</summary>
    int Taken(double[] x, double place);

    /// <summary>Whether an item is one of those whose share of positives taken is the curve's value.</summary>
    bool IsTrial(bool label, bool isTaken);

    /// <summary>The area below it.</summary>
    double Area(double[] x, double[] y);

    /// <summary>The area's 95% interval; null where nothing tells it.</summary>
    Interval? AreaInterval(
        IReadOnlyList<bool> labels,
        IReadOnlyList<double> scores,
        IReadOnlyList<string> groups,
        double area,
        IReadOnlyList<double> drawn,
        int withBoth
    );
}
