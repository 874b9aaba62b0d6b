namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>The rate times a factor where a measure has not got better for more than so many steps.</summary>
                public class ReduceLROnPlateau : LRScheduler
                {
                    private readonly bool smaller, relative, verbose;
                    private readonly double factor, threshold, eps;
                    private readonly int patience, cooldown;
                    private readonly IList<double> least;
                    private double best;
                    private int bad, cooling;
                    private int epoch;

                    /// <param name="mode">"min" or "max": which way the measure gets better.</param>
                    /// <param name="threshold">By how much it has to, to count.</param>
                    /// <param name="threshold_mode">"rel" or "abs".</param>
                    /// <param name="min_lr">Below which no rate goes, one for all groups or one for each.</param>
                    /// <param name="eps">A change smaller than this is not made.</param>
                    public ReduceLROnPlateau(Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1e-4, string threshold_mode = "rel", int cooldown = 0, IList<double>? min_lr = null, double eps = 1e-8, bool verbose = false)
                        : base(optimizer, -1, false)
                    {
                        if (mode is not ("min" or "max")) throw new ArgumentException($"The mode is min or max, not {mode}");
                        if (threshold_mode is not ("rel" or "abs")) throw new ArgumentException($"The threshold's mode is rel or abs, not {threshold_mode}");
                        if (factor >= 1) throw new ArgumentException($"The factor lies below 1; it is {factor}");
                        if (min_lr is { Count: > 1 } && min_lr.Count != Groups.Length) throw new ArgumentException($"{min_lr.Count} least rates were given for {Groups.Length} groups");
                        smaller = mode == "min";
                        relative = threshold_mode == "rel";
                        this.verbose = verbose;
                        this.factor = factor;
                        this.threshold = threshold;
                        this.eps = eps;
                        this.patience = patience;
                        this.cooldown = cooldown;
                        least = min_lr is { Count: > 0 } ? min_lr : [0];
                        best = smaller ? double.PositiveInfinity : double.NegativeInfinity;
                    }

                    public override void step() => throw new InvalidOperationException("ReduceLROnPlateau wants the measure: step(loss)");
                    public override void step(int? epoch) => step();

                    public override void step(double current, int? epoch = null)
                    {
                        this.epoch = epoch ?? this.epoch + 1;
                        if (IsBetter(current))
                        {
                            best = current;
                            bad = 0;
                        }
                        else
                        {
                            bad++;
                        }
                        if (cooling > 0)
                        {
                            cooling--;
                            bad = 0;
                        }
                        if (bad <= patience) return;
                        cooling = cooldown;
                        bad = 0;
                        for (int i = 0; i < Groups.Length; i++)
                        {
                            double old = Groups[i].LearningRate, reduced = Math.Max(old * factor, least[least.Count == 1 ? 0 : i]);
                            if (old - reduced <= eps) continue;
                            Groups[i].LearningRate = reduced;
                            if (verbose) Console.WriteLine($"Epoch {this.epoch}: the learning rate of group {i} is now {reduced}");
                        }
                    }

                    private bool IsBetter(double current)
                    {
                        double bound = (smaller, relative) switch
                        {
                            (true, true) => best * (1 - threshold),
                            (true, false) => best - threshold,
                            (false, true) => best * (1 + threshold),
                            (false, false) => best + threshold,
                        };
                        return smaller ? current < bound : current > bound;
                    }

                    private protected override double[] Rates(bool jumped) => [.. get_last_lr()];
                }
            }

            /// <inheritdoc cref="impl.ReduceLROnPlateau(Optimizer, string, double, int, double, string, int, IList{double}, double, bool)"/>
            public static LRScheduler ReduceLROnPlateau(Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1e-4, string threshold_mode = "rel", int cooldown = 0, IList<double>? min_lr = null, double eps = 1e-8, bool verbose = false) =>
                new impl.ReduceLROnPlateau(optimizer, mode, factor, patience, threshold, threshold_mode, cooldown, min_lr, eps, verbose);
        }
    }
}
