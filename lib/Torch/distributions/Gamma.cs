using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The gamma distribution of a concentration and a rate.</summary>
    public class Gamma : distributions.ExponentialFamily
    {
        private readonly Tensor concentration, rate;

        public Gamma(Tensor concentration, Tensor rate, Generator? generator = null) : base(generator)
        {
            Tensor[] parameters = Broadcast(concentration, rate);
            (this.concentration, this.rate) = (parameters[0], parameters[1]);
        }

        public override Tensor mean => concentration / rate;
        public override Tensor mode => WrappedTensorDisposeScope(() => ((concentration - 1) / rate).clamp_min(0));
        public override Tensor variance => WrappedTensorDisposeScope(() => concentration / rate.pow(2));

        public override Tensor rsample(params long[] sample_shape)
        {
            long[] shape = ExtendedShape(sample_shape);
            return WrappedTensorDisposeScope(() =>
            {
                Tensor value = _standard_gamma(concentration.expand(shape), generator) / rate.expand(shape);
                // A zero would have no logarithm; the gradient is that of what was drawn.
                using (no_grad()) value.clamp_min_(finfo(value.dtype).tiny);
                return value;
            });
        }

        public override Tensor log_prob(Tensor value) =>
            WrappedTensorDisposeScope(() => concentration.xlogy(rate) + (concentration - 1).xlogy(value) - rate * value - concentration.lgamma());

        public override Tensor entropy() => WrappedTensorDisposeScope(() => concentration - rate.log() + concentration.lgamma() + (1 - concentration) * concentration.digamma());
        public override Tensor cdf(Tensor value) => WrappedTensorDisposeScope(() => special.gammainc(concentration, rate * value));

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            return new Gamma(concentration.expand(batch_shape), rate.expand(batch_shape), generator);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static Gamma Gamma(Tensor concentration, Tensor rate, Generator? generator = null) => new(concentration, rate, generator);
        }
    }
}
