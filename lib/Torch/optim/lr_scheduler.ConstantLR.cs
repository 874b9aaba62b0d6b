namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>The first rate times a factor, until so many steps are taken.</summary>
                public class ConstantLR : LRScheduler
                {
                    private readonly double factor;
                    private readonly int total;

                    public ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, int total_iters = 5, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        if (factor is not (>= 0 and <= 1)) throw new ArgumentException($"The factor lies between 0 and 1; it is {factor}");
                        this.factor = factor;
                        total = total_iters;
                        step();
                    }

                    private protected override double[] Rates(bool jumped) => Each((initial, rate) => jumped ? initial * (Epoch < total ? factor : 1) : Epoch == 0 ? rate * factor : Epoch == total ? rate / factor : rate);
                }
            }

            /// <inheritdoc cref="impl.ConstantLR"/>
            public static LRScheduler ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, int total_iters = 5, int last_epoch = -1, bool verbose = false) => new impl.ConstantLR(optimizer, factor, total_iters, last_epoch, verbose);
        }
    }
}
