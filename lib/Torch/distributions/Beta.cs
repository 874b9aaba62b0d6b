using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The beta distribution of two concentrations.</summary>
    public class Beta : distributions.ExponentialFamily
    {
        private readonly Tensor concentration1, concentration0;

        public Beta(Tensor concentration1, Tensor concentration0, Generator? generator = null) : base(generator)
        {
            Tensor[] parameters = Broadcast(concentration1, concentration0);
            (this.concentration1, this.concentration0) = (parameters[0], parameters[1]);
        }

        public override Tensor mean => WrappedTensorDisposeScope(() => concentration1 / (concentration1 + concentration0));
        public override Tensor mode => OfPair(pair => pair.mode.select(-1, 0));

        public override Tensor variance => WrappedTensorDisposeScope(() =>
        {
            Tensor total = concentration1 + concentration0;
            return concentration1 * concentration0 / (total.pow(2) * (total + 1));
        });

        public override Tensor rsample(params long[] sample_shape) => OfPair(pair => pair.rsample(sample_shape).select(-1, 0));
        public override Tensor log_prob(Tensor value) => OfPair(pair => pair.log_prob(stack([value, 1.0 - value], -1)));
        public override Tensor entropy() => OfPair(pair => pair.entropy());

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            return new Beta(concentration1.expand(batch_shape), concentration0.expand(batch_shape), generator);
        }

        /// <summary>Computes from the Dirichlet distribution over two categories that this one is.</summary>
        private Tensor OfPair(Func<Dirichlet, Tensor> compute) => WrappedTensorDisposeScope(() =>
        {
            using var pair = new Dirichlet(stack([concentration1, concentration0], -1), generator);
            return compute(pair);
        });
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static Beta Beta(Tensor concentration1, Tensor concentration0, Generator? generator = null) => new(concentration1, concentration0, generator);
        }
    }
}
