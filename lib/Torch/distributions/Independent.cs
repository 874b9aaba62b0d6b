using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A distribution whose last batch dimensions count as part of the value.</summary>
    public class Independent : distributions.Distribution
    {
        private readonly distributions.Distribution inner;
        private readonly int dimensions;

        /// <param name="reinterpreted_batch_ndims">How many of the last batch dimensions.</param>
        public Independent(distributions.Distribution base_distribution, int reinterpreted_batch_ndims, Generator? generator = null) : base(generator)
        {
            int batch = base_distribution.batch_shape.Length;
            if (reinterpreted_batch_ndims < 0 || reinterpreted_batch_ndims > batch) throw new ArgumentException($"{reinterpreted_batch_ndims} batch dimensions are to be part of the value, and there are {batch}");
            (inner, dimensions) = (base_distribution, reinterpreted_batch_ndims);
            long[] whole = [.. base_distribution.batch_shape, .. base_distribution.event_shape];
            (batch_shape, event_shape) = (whole[..(batch - dimensions)], whole[(batch - dimensions)..]);
        }

        public override Tensor mean => inner.mean;
        public override Tensor mode => inner.mode;
        public override Tensor variance => inner.variance;
        public override Tensor sample(params long[] sample_shape) => inner.sample(sample_shape);
        public override Tensor rsample(params long[] sample_shape) => inner.rsample(sample_shape);
        public override Tensor log_prob(Tensor value) => WrappedTensorDisposeScope(() => Summed(inner.log_prob(value)));
        public override Tensor entropy() => WrappedTensorDisposeScope(() => Summed(inner.entropy()));

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            return new Independent(inner.expand(batch_shape + event_shape.Take(dimensions)), dimensions, generator);
        }

        private Tensor Summed(Tensor each) => dimensions == 0 ? each : each.sum(dim: [.. Enumerable.Range(1, dimensions).Select(i => (long)-i)]);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static Independent Independent(distributions.Distribution base_distribution, int reinterpreted_batch_dims, Generator? generator = null) => new(base_distribution, reinterpreted_batch_dims, generator);
        }
    }
}
