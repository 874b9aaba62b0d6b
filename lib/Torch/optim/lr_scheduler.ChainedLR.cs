namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>Several schedulers, each of which steps on what the one before it left.</summary>
                public class ChainedLR : LRScheduler
                {
                    private readonly LRScheduler[] schedulers;

                    public ChainedLR(IEnumerable<LRScheduler> schedulers) : base(schedulers.FirstOrDefault()?.Optimizer ?? throw new ArgumentException("A chain wants one scheduler at least"), 0, false)
                    {
                        this.schedulers = [.. schedulers];
                        if (this.schedulers.Any(s => s.Optimizer != Optimizer)) throw new ArgumentException("The schedulers of a chain belong to one optimizer");
                    }

                    private protected override double[] Rates(bool jumped)
                    {
                        foreach (LRScheduler scheduler in schedulers) scheduler.step();
                        return [.. get_last_lr()];
                    }
                }
            }

            /// <inheritdoc cref="impl.ChainedLR"/>
            public static LRScheduler ChainedLR(IEnumerable<LRScheduler> schedulers) => new impl.ChainedLR(schedulers);
        }
    }
}
