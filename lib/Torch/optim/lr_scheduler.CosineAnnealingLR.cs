namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>From the first rate to eta_min along half a cosine of T_max steps, and back (Loshchilov and Hutter 2017, without restarts).</summary>
                public class CosineAnnealingLR : LRScheduler
                {
                    private readonly double period;
                    private readonly double least;

                    public CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        period = T_max;
                        least = eta_min;
                        step();
                    }

                    private protected override double[] Rates(bool jumped) => Each((initial, rate) =>
                    {
                        if (jumped) return least + (initial - least) * (1 + Math.Cos(Math.PI * Epoch / period)) / 2;
                        if (Epoch == 0) return rate;
                        // The recursion that Python takes, whose rounding is part of the result.
                        if ((Epoch - 1 - period) % (2 * period) == 0) return rate + (initial - least) * (1 - Math.Cos(Math.PI / period)) / 2;
                        return (1 + Math.Cos(Math.PI * Epoch / period)) / (1 + Math.Cos(Math.PI * (Epoch - 1) / period)) * (rate - least) + least;
                    });
                }
            }

            public static LRScheduler CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false) => new impl.CosineAnnealingLR(optimizer, T_max, eta_min, last_epoch, verbose);
        }
    }
}
