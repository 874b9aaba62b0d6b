using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The normal distribution of a mean and a standard deviation.</summary>
    public class Normal : distributions.Distribution
    {
        private readonly Tensor loc, scale;

        public Normal(Tensor loc, Tensor scale, Generator? generator = null) : base(generator)
        {
            Tensor[] parameters = Broadcast(loc, scale);
            (this.loc, this.scale) = (parameters[0], parameters[1]);
        }

        public override Tensor mean => loc;
        public override Tensor mode => loc;
        public override Tensor stddev => scale;
        public override Tensor variance => scale.pow(2);

        public override Tensor sample(params long[] sample_shape)
        {
            using IDisposable mode = no_grad();
            long[] shape = ExtendedShape(sample_shape);
            return WrappedTensorDisposeScope(() => normal(loc.expand(shape), scale.expand(shape), generator));
        }

        public override Tensor rsample(params long[] sample_shape) =>
            WrappedTensorDisposeScope(() => loc + empty(ExtendedShape(sample_shape), loc.dtype, loc.device).normal_(generator: generator) * scale);

        public override Tensor log_prob(Tensor value) =>
            WrappedTensorDisposeScope(() => -(value - loc).pow(2) / (2 * scale.pow(2)) - scale.log() - Math.Log(Math.Sqrt(2 * Math.PI)));

        public override Tensor entropy() => WrappedTensorDisposeScope(() => 0.5 + 0.5 * Math.Log(2 * Math.PI) + scale.log());
        public override Tensor cdf(Tensor value) => WrappedTensorDisposeScope(() => 0.5 * (1 + ((value - loc) * scale.reciprocal() / Math.Sqrt(2)).erf()));
        public override Tensor icdf(Tensor value) => WrappedTensorDisposeScope(() => loc + scale * (2 * value - 1).erfinv() * Math.Sqrt(2));

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            return new Normal(loc.expand(batch_shape), scale.expand(batch_shape), generator);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            /// <param name="loc">The mean.</param>
            /// <param name="scale">The standard deviation.</param>
            public static Normal Normal(Tensor loc, Tensor scale, Generator? generator = null) => new(loc, scale, generator);

            /// <inheritdoc cref="Normal(Tensor, Tensor, Generator)"/>
            public static Normal Normal(float loc, float scale = 1, Generator? generator = null) => new(tensor(loc), tensor(scale), generator);

            /// <inheritdoc cref="Normal(Tensor, Tensor, Generator)"/>
            public static Normal Normal(double loc, double scale = 1, Generator? generator = null) => new(tensor(loc), tensor(scale), generator);
        }
    }
}
