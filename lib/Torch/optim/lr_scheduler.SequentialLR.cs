namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>One scheduler after another; each starts at its milestone.</summary>
                public class SequentialLR : LRScheduler
                {
                    private readonly LRScheduler[] schedulers;
                    private readonly int[] milestones;

                    /// <param name="milestones">The steps at which the second and each later scheduler take over.</param>
                    public SequentialLR(Optimizer optimizer, IEnumerable<LRScheduler> schedulers, IEnumerable<int> milestones, int last_epoch = -1) : base(optimizer, last_epoch + 1, false)
                    {
                        this.schedulers = [.. schedulers];
                        this.milestones = [.. milestones];
                        if (this.milestones.Length != this.schedulers.Length - 1) throw new ArgumentException($"{this.schedulers.Length} schedulers want {this.schedulers.Length - 1} milestones, not {this.milestones.Length}");
                        if (this.schedulers.Any(s => s.Optimizer != optimizer)) throw new ArgumentException("The schedulers of a sequence belong to its optimizer");
                        // Each took its first step when it was made; only the first scheduler's counts.
                        foreach (ILearningRateController group in Groups) group.LearningRate = group.InitialLearningRate;
                        foreach (LRScheduler scheduler in this.schedulers) scheduler.Epoch--;
                        this.schedulers[0].step();
                    }

                    private protected override double[] Rates(bool jumped)
                    {
                        int now = milestones.Count(m => m <= Epoch);
                        if (now > 0 && milestones[now - 1] == Epoch) schedulers[now].step(0);
                        else schedulers[now].step();
                        return [.. get_last_lr()];
                    }
                }
            }

            /// <inheritdoc cref="impl.SequentialLR"/>
            public static LRScheduler SequentialLR(Optimizer optimizer, IEnumerable<LRScheduler> schedulers, IEnumerable<int> milestones, int last_epoch = -1) => new impl.SequentialLR(optimizer, schedulers, milestones, last_epoch);
        }
    }
}
