using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>How often something of a probability fails before it succeeds.</summary>
    public class Geometric : distributions.Distribution
    {
        private readonly Odds odds;

        public Geometric(Tensor? probs = null, Tensor? logits = null, Generator? generator = null) : base(generator)
        {
            Tensor given = Broadcast(One(probs, logits))[0];
            odds = new(this, given, isLogit: probs is null);
        }

        public Tensor probs => odds.Probs;
        public Tensor logits => odds.Logits;

        public override Tensor mean => WrappedTensorDisposeScope(() => 1 / probs - 1);
        public override Tensor variance => WrappedTensorDisposeScope(() => (1 / probs - 1) / probs);

        public override Tensor rsample(params long[] sample_shape)
        {
            using IDisposable mode = no_grad();
            return WrappedTensorDisposeScope(() =>
                (empty(ExtendedShape(sample_shape), probs.dtype, probs.device).uniform_(finfo(probs.dtype).tiny, 1, generator).log() / (-probs).log1p()).floor());
        }

        public override Tensor log_prob(Tensor value) => WrappedTensorDisposeScope(() =>
        {
            Tensor[] together = [.. broadcast_tensors(value, probs)];
            Tensor chance = together[1].masked_fill((together[1] == 1) & (together[0] == 0), 0);
            return together[0] * (-chance).log1p() + probs.log();
        });

        public override Tensor entropy() => WrappedTensorDisposeScope(() => nn.functional.binary_cross_entropy_with_logits(logits, probs, reduction: nn.Reduction.None) / probs);

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            (Tensor? p, Tensor? l) = odds.Expanded(batch_shape);
            return new Geometric(p, l, generator);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static Geometric Geometric(Tensor? probs = null, Tensor? logits = null, Generator? generator = null) => new(probs, logits, generator);
        }
    }
}
