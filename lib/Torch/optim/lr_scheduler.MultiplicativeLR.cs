namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>The present rate times a factor of the step.</summary>
                public class MultiplicativeLR : LRScheduler
                {
                    private readonly Func<int, double> factor;

                    public MultiplicativeLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        factor = lr_lambda;
                        step();
                    }

                    private protected override double[] Rates(bool jumped) => Each((_, rate) => Epoch > 0 ? rate * factor(Epoch) : rate);
                }
            }

            /// <inheritdoc cref="impl.MultiplicativeLR"/>
            public static LRScheduler MultiplicativeLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false) => new impl.MultiplicativeLR(optimizer, lr_lambda, last_epoch, verbose);
        }
    }
}
