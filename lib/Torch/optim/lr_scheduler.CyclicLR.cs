namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>Between two rates, up and down again and again (Smith 2017); momentum goes the other way.</summary>
                public class CyclicLR : LRScheduler
                {
                    public enum Mode { Triangular, Triangular2, ExpRange }

                    public enum ScaleMode { Cycle, Iterations }

                    private readonly double lowest, highest, up, total, least, most;
                    private readonly bool momentum, byCycle;
                    private readonly Func<double, double> scale;

                    /// <param name="step_size_down">As many as upwards where below 1.</param>
                    /// <param name="scale_fn">By what a cycle, or a step, is scaled, in place of the mode's.</param>
                    public CyclicLR(Optimizer optimizer, double base_lr, double max_lr, int step_size_up = 2000, int step_size_down = -1, Mode mode = Mode.Triangular, double gamma = 1, Func<double, double>? scale_fn = null, ScaleMode scale_mode = ScaleMode.Cycle, bool cycle_momentum = true, double base_momentum = 0.8, double max_momentum = 0.9, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        if (step_size_up < 1) throw new ArgumentException($"A cycle takes one step upwards at least, not {step_size_up}");
                        if (cycle_momentum && Groups.Any(g => g is not (IMomentum or IBetas))) throw new ArgumentException("The optimizer has no momentum to cycle: cycle_momentum: false");
                        (lowest, highest, least, most, momentum) = (base_lr, max_lr, base_momentum, max_momentum, cycle_momentum);
                        total = step_size_up + (step_size_down > 0 ? step_size_down : step_size_up);
                        up = step_size_up / total;
                        byCycle = scale_fn is null ? mode != Mode.ExpRange : scale_mode == ScaleMode.Cycle;
                        scale = scale_fn ?? mode switch
                        {
                            Mode.Triangular => _ => 1,
                            Mode.Triangular2 => cycle => 1 / Math.Pow(2, cycle - 1),
                            _ => iteration => Math.Pow(gamma, iteration),
                        };
                        if (last_epoch == -1)
                            foreach (ILearningRateController group in Groups) group.LearningRate = group.InitialLearningRate = base_lr;
                        step();
                    }

                    private protected override double[] Rates(bool jumped)
                    {
                        double cycle = Math.Floor(1 + Epoch / total), x = 1 + Epoch / total - cycle;
                        double share = (x <= up ? x / up : (x - 1) / (up - 1)) * scale(byCycle ? cycle : Epoch);
                        if (momentum)
                        {
                            double value = most - (most - least) * share;
                            foreach (ILearningRateController group in Groups)
                            {
                                if (group is IBetas betas) betas.Betas = (value, betas.Betas.Item2);
                                else ((IMomentum)group).Momentum = value;
                            }
                        }
                        return Each((_, _) => lowest + (highest - lowest) * share);
                    }
                }
            }

            /// <inheritdoc cref="impl.CyclicLR"/>
            public static LRScheduler CyclicLR(Optimizer optimizer, double base_lr, double max_lr, int step_size_up = 2000, int step_size_down = -1, impl.CyclicLR.Mode mode = impl.CyclicLR.Mode.Triangular, double gamma = 1, Func<double, double>? scale_fn = null, impl.CyclicLR.ScaleMode scale_mode = impl.CyclicLR.ScaleMode.Cycle, bool cycle_momentum = true, double base_momentum = 0.8, double max_momentum = 0.9, int last_epoch = -1, bool verbose = false) => new impl.CyclicLR(optimizer, base_lr, max_lr, step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode, cycle_momentum, base_momentum, max_momentum, last_epoch, verbose);
        }
    }
}
