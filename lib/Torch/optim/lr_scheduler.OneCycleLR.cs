namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>One cycle: up to the largest rate, down to far below the first (Smith and Topin 2019); momentum goes the other way.</summary>
                public class OneCycleLR : LRScheduler
                {
                    public enum AnnealStrategy { Cos, Linear }

                    private readonly int total;
                    private readonly AnnealStrategy strategy;
                    private readonly (double lowest, double highest)[]? momenta;
                    private readonly (double first, double largest, double last)[] rates;
                    private readonly double[] ends;
                    private readonly bool threePhase;

                    public OneCycleLR(Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3, AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, double base_momentum = 0.85, double max_momentum = 0.95, double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        if (total_steps <= 0 && (epochs <= 0 || steps_per_epoch <= 0)) throw new ArgumentException("OneCycleLR wants the number of steps, or of epochs and the steps of each");
                        if (pct_start is not (>= 0 and <= 1)) throw new ArgumentException($"The share of the steps upwards lies between 0 and 1; it is {pct_start}");
                        total = total_steps > 0 ? total_steps : epochs * steps_per_epoch;
                        strategy = anneal_strategy;
                        threePhase = three_phase;
                        double up = pct_start * total - 1;
                        ends = three_phase ? [up, 2 * pct_start * total - 2, total - 1] : [up, total - 1];
                        rates = [.. Groups.Select(_ => (max_lr / div_factor, max_lr, max_lr / div_factor / final_div_factor))];
                        if (last_epoch == -1)
                            foreach (ILearningRateController group in Groups) group.InitialLearningRate = max_lr / div_factor;
                        if (cycle_momentum)
                        {
                            if (Groups.Any(g => g is not (IMomentum or IBetas))) throw new ArgumentException("The optimizer has no momentum to cycle: cycle_momentum: false");
                            momenta = [.. Groups.Select(_ => (base_momentum, max_momentum))];
                        }
                        step();
                    }

                    private protected override double[] Rates(bool jumped)
                    {
                        if (Epoch > total) throw new InvalidOperationException($"Step {Epoch} is beyond the {total} that the cycle has");
                        int phase = Array.FindIndex(ends, end => Epoch <= end);
                        if (phase < 0) phase = ends.Length - 1;
                        double start = phase == 0 ? 0 : ends[phase - 1], share = (Epoch - start) / (ends[phase] - start);
                        return [.. Groups.Select((group, i) =>
                        {
                            (double first, double largest, double last) = rates[i];
                            if (momenta?[i] is var (lowest, highest))
                            {
                                double momentum = phase == 0 ? Between(highest, lowest, share) : threePhase && phase == 2 ? highest : Between(lowest, highest, share);
                                if (group is IBetas betas) betas.Betas = (momentum, betas.Betas.Item2);
                                else ((IMomentum)group).Momentum = momentum;
                            }
                            return phase == 0 ? Between(first, largest, share) : threePhase && phase == 1 ? Between(largest, first, share) : Between(threePhase ? first : largest, last, share);
                        })];
                    }

                    private double Between(double from, double to, double share) =>
                        strategy == AnnealStrategy.Linear ? (to - from) * share + from : to + (from - to) / 2 * (Math.Cos(Math.PI * share) + 1);
                }
            }

            public static LRScheduler OneCycleLR(Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3, impl.OneCycleLR.AnnealStrategy anneal_strategy = impl.OneCycleLR.AnnealStrategy.Cos, bool cycle_momentum = true, double base_momentum = 0.85, double max_momentum = 0.95, double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1, bool verbose = false) =>
                new impl.OneCycleLR(optimizer, max_lr, total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, cycle_momentum, base_momentum, max_momentum, div_factor, final_div_factor, three_phase, last_epoch, verbose);
        }
    }
}
