using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>How often each of some categories comes in total_count draws.</summary>
    public class Multinomial : distributions.Distribution
    {
        private readonly int total_count;
        private readonly Categorical categorical;

        /// <inheritdoc cref="Categorical(Tensor, Tensor, Generator)"/>
        /// <param name="total_count">How many are drawn.</param>
        public Multinomial(int total_count, Tensor? probs = null, Tensor? logits = null, Generator? generator = null) : base(generator)
        {
            if (total_count < 1) throw new ArgumentException($"One is drawn or more, not {total_count}");
            this.total_count = total_count;
            categorical = new Categorical(probs, logits, generator);
            (batch_shape, event_shape) = (categorical.batch_shape, new Size(categorical.Categories));
        }

        private Multinomial(int total_count, Categorical categorical, Generator? generator) : base(generator, categorical.batch_shape, new Size(categorical.Categories)) =>
            (this.total_count, this.categorical) = (total_count, categorical);

        public Tensor probs => categorical.probs;
        public Tensor logits => categorical.logits;
        public long[] param_shape => categorical.param_shape;
        public override Tensor mean => probs * total_count;
        public override Tensor variance => WrappedTensorDisposeScope(() => total_count * probs * (1 - probs));

        public override Tensor rsample(params long[] sample_shape)
        {
            using IDisposable mode = no_grad();
            return WrappedTensorDisposeScope(() =>
            {
                Tensor drawn = categorical.sample([total_count, .. sample_shape]).movedim([0], [-1]);
                return zeros(ExtendedShape(sample_shape), ScalarType.Int64, probs.device).scatter_add_(-1, drawn, ones_like(drawn)).type_as(probs);
            });
        }

        /// <param name="value">Counts, [sample_shape…, batch_shape…, categories].</param>
        public override Tensor log_prob(Tensor value) => WrappedTensorDisposeScope(() =>
        {
            Tensor[] together = [.. broadcast_tensors(logits, value)];
            Tensor logarithms = together[0].masked_fill((together[1] == 0) & (together[0] == double.NegativeInfinity), 0);
            return (together[1].sum(dim: -1) + 1).lgamma() - (together[1] + 1).lgamma().sum(dim: -1) + (logarithms * together[1]).sum(dim: -1);
        });

        public override Tensor entropy() => WrappedTensorDisposeScope(() =>
        {
            long[] shape = [-1, .. Enumerable.Repeat(1L, batch_shape.Length + 1)];
            Tensor n = tensor((double)total_count, dtype: probs.dtype, device: probs.device), counts = arange(1.0, total_count + 1.0, dtype: probs.dtype, device: probs.device).reshape(shape);
            using var each = new Binomial(n, probs);
            return n * categorical.entropy() - (n + 1).lgamma() + (each.log_prob(counts).exp() * (counts + 1).lgamma()).sum(dim: [0, -1]);
        });

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            return new Multinomial(total_count, (Categorical)categorical.expand(batch_shape), generator);
        }

        protected override void Dispose(bool disposing)
        {
            categorical.Dispose();
            base.Dispose(disposing);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static Multinomial Multinomial(int total_count, Tensor? probs = null, Tensor? logits = null, Generator? generator = null) => new(total_count, probs, logits, generator);

            /// <summary>Draws from categories that are alike.</summary>
            public static Multinomial Multinomial(int total_count, int categories, Generator? generator = null) => new(total_count, full([categories], 1.0 / categories), generator: generator);
        }
    }
}
