using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Any value from low to before high alike.</summary>
    public class Uniform : distributions.Distribution
    {
        private readonly Tensor low, high;

        public Uniform(Tensor low, Tensor high, Generator? generator = null) : base(generator)
        {
            Tensor[] parameters = Broadcast(low, high);
            (this.low, this.high) = (parameters[0], parameters[1]);
        }

        public override Tensor mean => WrappedTensorDisposeScope(() => (high + low) / 2);

        /// <summary>None is more likely than another: NaN.</summary>
        public override Tensor mode => double.NaN * high;
        public override Tensor variance => WrappedTensorDisposeScope(() => (high - low).pow(2) / 12);

        public override Tensor rsample(params long[] sample_shape) =>
            WrappedTensorDisposeScope(() => low + rand(ExtendedShape(sample_shape), low.dtype, low.device, generator: generator) * (high - low));

        public override Tensor log_prob(Tensor value) =>
            WrappedTensorDisposeScope(() => (low.le(value).type_as(low) * high.gt(value).type_as(low)).log() - (high - low).log());

        public override Tensor entropy() => WrappedTensorDisposeScope(() => (high - low).log());
        public override Tensor cdf(Tensor value) => WrappedTensorDisposeScope(() => ((value - low) / (high - low)).clamp(0, 1));
        public override Tensor icdf(Tensor value) => WrappedTensorDisposeScope(() => value * (high - low) + low);

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            return new Uniform(low.expand(batch_shape), high.expand(batch_shape), generator);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static Uniform Uniform(Tensor low, Tensor high, Generator? generator = null) => new(low, high, generator);
        }
    }
}
