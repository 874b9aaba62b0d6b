namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>The first rate times a factor of the step.</summary>
                public class LambdaLR : LRScheduler
                {
                    private readonly Func<int, double>[] factors;

                    public LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false)
                        : this(optimizer, optimizer.ParamGroups.Select(_ => lr_lambda), last_epoch, verbose) { }

                    /// <param name="lr_lambdas">One for each group of the optimizer.</param>
                    public LambdaLR(Optimizer optimizer, IEnumerable<Func<int, double>> lr_lambdas, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        factors = [.. lr_lambdas];
                        if (factors.Length != Groups.Length) throw new ArgumentException($"The optimizer has {Groups.Length} groups, and {factors.Length} factors were given");
                        step();
                    }

                    private protected override double[] Rates(bool jumped) => [.. Initial.Zip(factors, (initial, factor) => initial * factor(Epoch))];
                }
            }

            public static LRScheduler LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false) => new impl.LambdaLR(optimizer, lr_lambda, last_epoch, verbose);
        }
    }
}
