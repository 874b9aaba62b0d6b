namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>From the first rate to 0 in so many steps, along a power of the share that is left.</summary>
                public class PolynomialLR : LRScheduler
                {
                    private readonly int total;
                    private readonly double power;

                    public PolynomialLR(Optimizer optimizer, int total_iters = 5, double power = 1, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        total = total_iters;
                        this.power = power;
                        step();
                    }

                    private protected override double[] Rates(bool jumped) => Each((initial, rate) =>
                    {
                        if (jumped) return initial * Math.Pow(1 - Math.Min(total, Epoch) / (double)total, power);
                        return Epoch == 0 || Epoch > total ? rate : rate * Math.Pow((1 - Epoch / (double)total) / (1 - (Epoch - 1) / (double)total), power);
                    });
                }
            }

            /// <inheritdoc cref="impl.PolynomialLR"/>
            public static LRScheduler PolynomialLR(Optimizer optimizer, int total_iters = 5, double power = 1, int last_epoch = -1, bool verbose = false) => new impl.PolynomialLR(optimizer, total_iters, power, last_epoch, verbose);
        }
    }
}
