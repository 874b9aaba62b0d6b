using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>How many of total_count trials of a probability succeed.</summary>
    public class Binomial : distributions.Distribution
    {
        private readonly Tensor total_count;
        private readonly Odds odds;

        public Binomial(Tensor total_count, Tensor? p = null, Tensor? l = null, Generator? generator = null) : base(generator)
        {
            Tensor given = One(p, l);
            Tensor[] together = Broadcast(total_count.type_as(given), given);
            this.total_count = together[0];
            odds = new(this, together[1], isLogit: p is null);
        }

        public Tensor probs => odds.Probs;
        public Tensor logits => odds.Logits;

        public override Tensor mean => total_count * probs;
        public override Tensor mode => WrappedTensorDisposeScope(() => ((total_count + 1) * probs).floor().minimum(total_count));
        public override Tensor variance => WrappedTensorDisposeScope(() => total_count * probs * (1 - probs));

        public override Tensor rsample(params long[] sample_shape)
        {
            using IDisposable mode = no_grad();
            long[] shape = ExtendedShape(sample_shape);
            return WrappedTensorDisposeScope(() => binomial(total_count.expand(shape), probs.expand(shape), generator));
        }

        public override Tensor log_prob(Tensor value) => WrappedTensorDisposeScope(() =>
        {
            // As torch.distributions writes it, so that no exponent of a large logit overflows.
            Tensor ways = (total_count + 1).lgamma() - (value + 1).lgamma() - (total_count - value + 1).lgamma();
            Tensor above = (logits.clamp_min(0) + logits - logits.clamp_max(0)) / 2;
            return value * logits - total_count * above - total_count * (-logits.abs()).exp().log1p() + ways;
        });

        /// <exception cref="NotSupportedException">The counts differ within the batch.</exception>
        public override Tensor entropy() => WrappedTensorDisposeScope(() =>
        {
            double most = total_count.max().item<double>();
            if (total_count.min().item<double>() != most) throw new NotSupportedException("The entropy of Binomial wants one total_count for the whole batch");
            long[] shape = [-1, .. Enumerable.Repeat(1L, batch_shape.Length)];
            Tensor each = log_prob(arange(most + 1, dtype: probs.dtype, device: probs.device).reshape(shape).expand([-1, .. batch_shape]));
            return -(each.exp() * each).sum(dim: 0);
        });

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            (Tensor? p, Tensor? l) = odds.Expanded(batch_shape);
            return new Binomial(total_count.expand(batch_shape), p, l, generator);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static Binomial Binomial(Tensor total_count, Tensor? probs = null, Tensor? logits = null, Generator? generator = null) => new(total_count, probs, logits, generator);
            public static Binomial Binomial(int total_count, float? probs, float? logits, Generator? generator = null) => new(tensor(total_count), probs is { } p ? tensor(p) : null, logits is { } l ? tensor(l) : null, generator);
            public static Binomial Binomial(int total_count, double? probs, double? logits, Generator? generator = null) => new(tensor(total_count), probs is { } p ? tensor(p) : null, logits is { } l ? tensor(l) : null, generator);
        }
    }
}
