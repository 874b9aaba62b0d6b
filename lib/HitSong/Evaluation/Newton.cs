using MathNet.Numerics.LinearAlgebra;

namespace HitSong.Evaluation;

// Newton's method with a step that is halved until it descends (Armijo), for smooth convex functions of some hundred
// variables at most. MathNet's own takes whole steps, which overshoot on a logistic loss, or fails in its line search
// near the minimum.
internal static class Newton
{
    /// <summary>Where a convex function is least.</summary>
    /// <param name="function">The value, gradient and Hessian (positive definite) at a point.</param>
    /// <param name="start">Where to begin.</param>
    public static Vector<double> Minimum(
        Func<Vector<double>, (double Value, Vector<double> Gradient, Matrix<double> Hessian)> function,
        Vector<double> start
    )
    {
        var (point, at) = (start, function(start));
        for (int iteration = 0; iteration < 200; iteration++)
        {
            Vector<double> step = at.Hessian.Cholesky().Solve(at.Gradient);
            double descent = step.DotProduct(at.Gradient);
            // What a whole step would still gain is below what a double of this size can tell.
            if (descent <= 1e-15 * (1 + Math.Abs(at.Value)))
                return point;
            double length = 1;
            var next = function(point - step);
            while (!(next.Value <= at.Value - 1e-4 * length * descent))
            {
                length /= 2;
                if (length < 1e-10)
                    return point;
                next = function(point - length * step);
            }
            (point, at) = (point - length * step, next);
        }
        return point;
    }
}
