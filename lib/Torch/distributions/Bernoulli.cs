using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>0 or 1, of the probability of 1.</summary>
    public class Bernoulli : distributions.ExponentialFamily
    {
        private readonly Odds odds;

        public Bernoulli(Tensor? p = null, Tensor? l = null, Generator? generator = null) : base(generator)
        {
            Tensor given = Broadcast(One(p, l))[0];
            odds = new(this, given, isLogit: p is null);
        }

        public Tensor probs => odds.Probs;
        public Tensor logits => odds.Logits;

        public override Tensor mean => probs;
        public override Tensor variance => WrappedTensorDisposeScope(() => probs * (1 - probs));

        public override Tensor rsample(params long[] sample_shape)
        {
            using IDisposable mode = no_grad();
            return WrappedTensorDisposeScope(() => probs.expand(ExtendedShape(sample_shape)).bernoulli(generator));
        }

        public override Tensor log_prob(Tensor value) => WrappedTensorDisposeScope(() =>
        {
            Tensor[] together = [.. broadcast_tensors(logits, value)];
            return -nn.functional.binary_cross_entropy_with_logits(together[0], together[1], reduction: nn.Reduction.None);
        });

        public override Tensor entropy() => WrappedTensorDisposeScope(() => nn.functional.binary_cross_entropy_with_logits(logits, probs, reduction: nn.Reduction.None));

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            (Tensor? p, Tensor? l) = odds.Expanded(batch_shape);
            return new Bernoulli(p, l, generator);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static Bernoulli Bernoulli(Tensor? probs = null, Tensor? logits = null, Generator? generator = null) => new(probs, logits, generator);
            public static Bernoulli Bernoulli(float? probs, float? logits, Generator? generator = null) => new(probs is { } p ? tensor(p) : null, logits is { } l ? tensor(l) : null, generator);
            public static Bernoulli Bernoulli(double? probs, double? logits, Generator? generator = null) => new(probs is { } p ? tensor(p) : null, logits is { } l ? tensor(l) : null, generator);
        }
    }
}
