using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The Laplace distribution of a mean and a scale.</summary>
    public class Laplace : distributions.Distribution
    {
        private readonly Tensor loc, scale;

        public Laplace(Tensor loc, Tensor scale, Generator? generator = null) : base(generator)
        {
            Tensor[] parameters = Broadcast(loc, scale);
            (this.loc, this.scale) = (parameters[0], parameters[1]);
        }

        public override Tensor mean => loc;
        public override Tensor mode => loc;
        public override Tensor stddev => Math.Sqrt(2) * scale;
        public override Tensor variance => WrappedTensorDisposeScope(() => 2 * scale.pow(2));

        public override Tensor rsample(params long[] sample_shape) => WrappedTensorDisposeScope(() =>
        {
            Tensor u = empty(ExtendedShape(sample_shape), loc.dtype, loc.device).uniform_(finfo(loc.dtype).eps - 1, 1, generator);
            return loc - scale * u.sign() * (-u.abs()).log1p();
        });

        public override Tensor log_prob(Tensor value) => WrappedTensorDisposeScope(() => -(2 * scale).log() - (value - loc).abs() / scale);
        public override Tensor entropy() => WrappedTensorDisposeScope(() => 1 + (2 * scale).log());
        public override Tensor cdf(Tensor value) => WrappedTensorDisposeScope(() => 0.5 - 0.5 * (value - loc).sign() * (-(value - loc).abs() / scale).expm1());
        public override Tensor icdf(Tensor value) => WrappedTensorDisposeScope(() => loc - scale * (value - 0.5).sign() * (-2 * (value - 0.5).abs()).log1p());

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            return new Laplace(loc.expand(batch_shape), scale.expand(batch_shape), generator);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static Laplace Laplace(Tensor loc, Tensor scale, Generator? generator = null) => new(loc, scale, generator);
            public static Laplace Laplace(float loc, float scale = 1, Generator? generator = null) => new(tensor(loc), tensor(scale), generator);
            public static Laplace Laplace(double loc, double scale = 1, Generator? generator = null) => new(tensor(loc), tensor(scale), generator);
        }
    }
}
