using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>How many trials of a probability succeed before total_count failed.</summary>
    public class NegativeBinomial : distributions.Distribution
    {
        private readonly Tensor total_count;
        private readonly Odds odds;

        public NegativeBinomial(Tensor total_count, Tensor? p = null, Tensor? l = null, Generator? generator = null) : base(generator)
        {
            Tensor given = One(p, l);
            Tensor[] together = Broadcast(total_count.type_as(given), given);
            this.total_count = together[0];
            odds = new(this, together[1], isLogit: p is null);
        }

        public Tensor probs => odds.Probs;
        public Tensor logits => odds.Logits;

        public override Tensor mean => WrappedTensorDisposeScope(() => total_count * logits.exp());
        public override Tensor mode => WrappedTensorDisposeScope(() => ((total_count - 1) * logits.exp()).floor().clamp_min(0));
        public override Tensor variance => WrappedTensorDisposeScope(() => mean / (-logits).sigmoid());

        public override Tensor rsample(params long[] sample_shape)
        {
            using IDisposable mode = no_grad();
            return WrappedTensorDisposeScope(() =>
            {
                using var rate = new Gamma(total_count, (-logits).exp(), generator);
                return rate.sample(sample_shape).poisson(generator);
            });
        }

        public override Tensor log_prob(Tensor value) => WrappedTensorDisposeScope(() =>
        {
            Tensor unnormalized = total_count * (-logits).log_sigmoid() + value * logits.log_sigmoid();
            Tensor ways = -(total_count + value).lgamma() + (1 + value).lgamma() + total_count.lgamma();
            return unnormalized - ways.masked_fill(total_count + value == 0, 0);
        });

        /// <exception cref="NotSupportedException">Always: there is no closed form.</exception>
        public override Tensor entropy() => throw new NotSupportedException("The entropy of NegativeBinomial has no closed form");

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            (Tensor? p, Tensor? l) = odds.Expanded(batch_shape);
            return new NegativeBinomial(total_count.expand(batch_shape), p, l, generator);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static NegativeBinomial NegativeBinomial(Tensor total_count, Tensor? probs = null, Tensor? logits = null, Generator? generator = null) => new(total_count, probs, logits, generator);
            public static NegativeBinomial NegativeBinomial(int total_count, float? probs, float? logits, Generator? generator = null) => new(tensor(total_count), probs is { } p ? tensor(p) : null, logits is { } l ? tensor(l) : null, generator);
            public static NegativeBinomial NegativeBinomial(int total_count, double? probs, double? logits, Generator? generator = null) => new(tensor(total_count), probs is { } p ? tensor(p) : null, logits is { } l ? tensor(l) : null, generator);
        }
    }
}
