using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The Cauchy distribution of a median and a half-width, which has neither mean nor variance.</summary>
    public class Cauchy : distributions.Distribution
    {
        private readonly Tensor loc, scale;

        public Cauchy(Tensor loc, Tensor scale, Generator? generator = null) : base(generator)
        {
            Tensor[] parameters = Broadcast(loc, scale);
            (this.loc, this.scale) = (parameters[0], parameters[1]);
        }

        /// <summary>NaN.</summary>
        public override Tensor mean => full_like(loc, double.NaN);
        public override Tensor mode => loc;

        /// <summary>Infinite.</summary>
        public override Tensor variance => full_like(loc, double.PositiveInfinity);

        public override Tensor rsample(params long[] sample_shape) =>
            WrappedTensorDisposeScope(() => loc + empty(ExtendedShape(sample_shape), loc.dtype, loc.device).cauchy_(generator: generator) * scale);

        public override Tensor log_prob(Tensor value) => WrappedTensorDisposeScope(() => -Math.Log(Math.PI) - scale.log() - ((value - loc) / scale).pow(2).log1p());
        public override Tensor entropy() => WrappedTensorDisposeScope(() => Math.Log(4 * Math.PI) + scale.log());
        public override Tensor cdf(Tensor value) => WrappedTensorDisposeScope(() => ((value - loc) / scale).atan() / Math.PI + 0.5);
        public override Tensor icdf(Tensor value) => WrappedTensorDisposeScope(() => (Math.PI * (value - 0.5)).tan() * scale + loc);

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            return new Cauchy(loc.expand(batch_shape), scale.expand(batch_shape), generator);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static Cauchy Cauchy(Tensor loc, Tensor scale, Generator? generator = null) => new(loc, scale, generator);
        }
    }
}
