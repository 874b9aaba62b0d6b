using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The F distribution of two degrees of freedom.</summary>
    public class FisherSnedecor : distributions.Distribution
    {
        private readonly Tensor df1, df2;

        public FisherSnedecor(Tensor df1, Tensor df2, Generator? generator = null) : base(generator)
        {
            Tensor[] parameters = Broadcast(df1, df2);
            (this.df1, this.df2) = (parameters[0], parameters[1]);
        }

        /// <summary>NaN below 2 degrees.</summary>
        public override Tensor mean => WrappedTensorDisposeScope(() =>
        {
            Tensor known = df2.masked_fill(df2 <= 2, double.NaN);
            return known / (known - 2);
        });

        /// <summary>NaN below 4 degrees.</summary>
        public override Tensor variance => WrappedTensorDisposeScope(() =>
        {
            Tensor known = df2.masked_fill(df2 <= 4, double.NaN);
            return 2 * known.pow(2) * (df1 + known - 2) / (df1 * (known - 2).pow(2) * (known - 4));
        });

        public override Tensor rsample(params long[] sample_shape) => WrappedTensorDisposeScope(() =>
        {
            using var first = new Gamma(df1 * 0.5, df1 * 0.5, generator);
            using var second = new Gamma(df2 * 0.5, df2 * 0.5, generator);
            double tiny = finfo(df1.dtype).tiny;
            Tensor numerator = first.rsample(sample_shape), denominator = second.rsample(sample_shape);
            using (no_grad()) denominator.clamp_min_(tiny);
            Tensor value = numerator / denominator;
            using (no_grad()) value.clamp_min_(tiny);
            return value;
        });

        public override Tensor log_prob(Tensor value) => WrappedTensorDisposeScope(() =>
        {
            Tensor one = df1 * 0.5, two = df2 * 0.5, ratio = df1 / df2;
            return (one + two).lgamma() - one.lgamma() - two.lgamma() + one * ratio.log() + (one - 1) * value.log() - (one + two) * (ratio * value).log1p();
        });

        /// <exception cref="NotSupportedException">Always: it is not computed.</exception>
        public override Tensor entropy() => throw new NotSupportedException("The entropy of FisherSnedecor is not computed");

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            return new FisherSnedecor(df1.expand(batch_shape), df2.expand(batch_shape), generator);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static FisherSnedecor FisherSnedecor(Tensor df1, Tensor df2, Generator? generator = null) => new(df1, df2, generator);
        }
    }
}
