using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>
    /// L-BFGS (Liu and Nocedal 1989), as torch.optim.LBFGS computes it without a line search. It takes one group of parameters,
    /// and a step calls its closure several times.
    /// </summary>
    public class LBFGS : optim.Optimizer, optim.ILearningRateController
    {
        private readonly Parameter[] list;
        private readonly long maxIterations, maxEvaluations;
        private readonly double gradientTolerance, changeTolerance;
        private readonly int historySize;

        /// <summary>Changes of the gradient and of the parameters, the latest last, with the reciprocals of their products.</summary>
        private readonly List<(Tensor gradient, Tensor change, double reciprocal)> history = [];

        private Tensor? direction, lastGradient;
        private double scale = 1, stepLength;
        private long iterations;

        internal LBFGS(IEnumerable<Parameter> parameters, double lr, long max_iter, long? max_eval, double tolerance_grad, double tolerance_change, long history_size)
        {
            list = [.. parameters];
            if (list.Length == 0 || list.Any(p => !p.is_leaf)) throw new ArgumentException("LBFGS takes one parameter or more, all of them leaves of the graph");
            if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
            if (history_size <= 0) throw new ArgumentException($"LBFGS remembers one change or more, not {history_size}");
            (LearningRate, InitialLearningRate) = (lr, lr);
            (maxIterations, maxEvaluations) = (max_iter, max_eval ?? max_iter * 5 / 4);
            (gradientTolerance, changeTolerance, historySize) = (tolerance_grad, tolerance_change, checked((int)history_size));
        }

        public double LearningRate { get; set; }
        public double InitialLearningRate { get; set; }
        public override IEnumerable<optim.ILearningRateController> ParamGroups => [this];
        private protected override IEnumerable<Parameter> Own => list;

        /// <summary>Takes up to max_iter steps.</summary>
        /// <param name="closure">Clears the gradients, computes the loss, calls its backward and returns it.</param>
        /// <returns>What the closure returned at first.</returns>
        /// <exception cref="ArgumentNullException">There is no closure.</exception>
        public override Tensor step(Func<Tensor>? closure)
        {
            ArgumentNullException.ThrowIfNull(closure, "LBFGS evaluates the loss several times in a step: it needs a closure");
            using IDisposable mode = no_grad();
            Tensor first = Evaluated();
            using DisposeScope scope = NewDisposeScope();
            double loss = first.item<double>();
            Tensor gradient = Flat(p => p.grad);
            if (Largest(gradient) <= gradientTolerance) return first;
            for (long iteration = 1, evaluations = 1; iteration <= maxIterations; iteration++)
            {
                iterations++;
                Replace(ref direction, iterations == 1 ? gradient.neg() : Direction(gradient));
                Replace(ref lastGradient, gradient.clone());
                double lastLoss = loss, slope = gradient.dot(direction!).item<double>();
                stepLength = iterations == 1 ? Math.Min(1, 1 / gradient.abs().sum().item<double>()) * LearningRate : LearningRate;
                if (slope > -changeTolerance) break;
                Move();
                // After the last step nobody asks for the gradient.
                if (iteration == maxIterations) break;
                using (Tensor evaluated = Evaluated()) loss = evaluated.item<double>();
                evaluations++;
                gradient = Flat(p => p.grad);
                if (evaluations >= maxEvaluations || Largest(gradient) <= gradientTolerance || Largest(direction! * stepLength) <= changeTolerance || Math.Abs(loss - lastLoss) < changeTolerance) break;
            }
            return first;

            Tensor Evaluated()
            {
                using IDisposable grad = enable_grad();
                return closure();
            }
        }

        /// <summary>Minus the inverse Hessian, as the history has it, times the gradient.</summary>
        private Tensor Direction(Tensor gradient)
        {
            Tensor y = gradient - lastGradient!, s = direction! * stepLength;
            double product = y.dot(s).item<double>();
            if (product > 1e-10)
            {
                if (history.Count == historySize)
                {
                    history[0].gradient.Dispose();
                    history[0].change.Dispose();
                    history.RemoveAt(0);
                }
                history.Add((y.DetachFromDisposeScope(), s.DetachFromDisposeScope(), 1 / product));
                scale = product / y.dot(y).item<double>();
            }
            double[] alphas = new double[history.Count];
            Tensor q = gradient.neg();
            for (int i = history.Count - 1; i >= 0; i--)
            {
                alphas[i] = history[i].change.dot(q).item<double>() * history[i].reciprocal;
                q.add_(history[i].gradient, -alphas[i]);
            }
            q.mul_(scale);
            for (int i = 0; i < history.Count; i++)
                q.add_(history[i].change, alphas[i] - history[i].gradient.dot(q).item<double>() * history[i].reciprocal);
            return q;
        }

        private void Move()
        {
            long at = 0;
            foreach (Parameter parameter in list)
            {
                parameter.add_(direction!.narrow(0, at, parameter.numel()).view_as(parameter), stepLength);
                at += parameter.numel();
            }
        }

        private Tensor Flat(Func<Parameter, Tensor?> part) => cat([.. list.Select(p => (part(p) ?? zeros_like(p)).reshape(-1))]);
        private static double Largest(Tensor tensor) => tensor.abs().max().item<double>();

        private static void Replace(ref Tensor? kept, Tensor value)
        {
            kept?.Dispose();
            kept = value.DetachFromDisposeScope();
        }

        protected override void Dispose(bool disposing)
        {
            direction?.Dispose();
            lastGradient?.Dispose();
            foreach ((Tensor gradient, Tensor change, _) in history)
            {
                gradient.Dispose();
                change.Dispose();
            }
            history.Clear();
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <param name="max_iter">Iterations a step.</param>
            /// <param name="max_eval">Evaluations of the closure a step; 1.25 times as many as iterations if none is given.</param>
            /// <param name="tolerange_grad">The step ends where no gradient is larger.</param>
            /// <param name="tolerance_change">The step ends where neither the loss nor a parameter changes by more.</param>
            /// <param name="history_size">How many changes it remembers.</param>
            public static LBFGS LBFGS(IEnumerable<Parameter> parameters, double lr = 0.01, long max_iter = 20, long? max_eval = null, double tolerange_grad = 1e-5, double tolerance_change = 1e-9, long history_size = 100) =>
                new(parameters, lr, max_iter, max_eval, tolerange_grad, tolerance_change, history_size);

            /// <inheritdoc cref="LBFGS(IEnumerable{Parameter}, double, long, long?, double, double, long)"/>
            public static LBFGS LBFGS(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, long max_iter = 20, long? max_eval = null, double tolerange_grad = 1e-5, double tolerance_change = 1e-9, long history_size = 100) =>
                new(parameters.Select(p => p.parameter), lr, max_iter, max_eval, tolerange_grad, tolerance_change, history_size);
        }
    }
}
