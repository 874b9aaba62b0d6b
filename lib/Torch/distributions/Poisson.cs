using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Counts of a rate.</summary>
    public class Poisson : distributions.ExponentialFamily
    {
        private readonly Tensor rate;

        public Poisson(Tensor rate, Generator? generator = null) : base(generator) => this.rate = Broadcast(rate)[0];

        public override Tensor mean => rate;
        public override Tensor mode => rate.floor();
        public override Tensor variance => rate;

        public override Tensor rsample(params long[] sample_shape)
        {
            using IDisposable mode = no_grad();
            return WrappedTensorDisposeScope(() => rate.expand(ExtendedShape(sample_shape)).poisson(generator));
        }

        public override Tensor log_prob(Tensor value) => WrappedTensorDisposeScope(() => value.xlogy(rate) - rate - (value + 1).lgamma());

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            return new Poisson(rate.expand(batch_shape), generator);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static Poisson Poisson(Tensor rate, Generator? generator = null) => new(rate, generator);
            public static Poisson Poisson(float rate, Generator? generator = null) => new(tensor(rate), generator);
            public static Poisson Poisson(double rate, Generator? generator = null) => new(tensor(rate), generator);
        }
    }
}
