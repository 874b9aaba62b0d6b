using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The exponential distribution of a rate.</summary>
    public class Exponential : distributions.ExponentialFamily
    {
        private readonly Tensor rate;

        public Exponential(Tensor rate, Generator? generator = null) : base(generator) => this.rate = Broadcast(rate)[0];

        public override Tensor mean => rate.reciprocal();
        public override Tensor mode => zeros_like(rate);
        public override Tensor stddev => rate.reciprocal();
        public override Tensor variance => rate.pow(-2);

        public override Tensor rsample(params long[] sample_shape) =>
            WrappedTensorDisposeScope(() => empty(ExtendedShape(sample_shape), rate.dtype, rate.device).exponential_(generator: generator) / rate);

        public override Tensor log_prob(Tensor value) => WrappedTensorDisposeScope(() => rate.log() - rate * value);
        public override Tensor entropy() => WrappedTensorDisposeScope(() => 1 - rate.log());
        public override Tensor cdf(Tensor value) => WrappedTensorDisposeScope(() => 1 - (-rate * value).exp());
        public override Tensor icdf(Tensor value) => WrappedTensorDisposeScope(() => -(-value).log1p() / rate);

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            return new Exponential(rate.expand(batch_shape), generator);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static Exponential Exponential(Tensor rate, Generator? generator = null) => new(rate, generator);
        }
    }
}
