using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>One of some categories, by number.</summary>
    public class Categorical : distributions.Distribution
    {
        private readonly Tensor? knownProbs;
        private Tensor? knownLogits, normalizedProbs;

        /// <param name="probs">[batch_shape…, categories], of any sum above zero.</param>
        /// <param name="logits">Logarithms of such.</param>
        public Categorical(Tensor? probs = null, Tensor? logits = null, Generator? generator = null) : base(generator)
        {
            Tensor given = One(probs, logits);
            if (given.dim() == 0) throw new ArgumentException("Categorical wants a dimension of categories; it was given a scalar");
            if (logits is null) knownProbs = Own(given / given.sum(dim: -1, keepdim: true));
            else knownLogits = Own(given - given.logsumexp(-1, true));
            batch_shape = given.shape[..^1];
            param_shape = given.shape;
        }

        public Tensor probs => knownProbs ?? (normalizedProbs ??= Lazily(() => LogitsToProbs(knownLogits!)));

        /// <summary>Logarithms of the probabilities.</summary>
        public Tensor logits => knownLogits ??= Lazily(() => ProbsToLogits(knownProbs!));

        /// <summary>[batch_shape…, categories].</summary>
        public long[] param_shape { get; }

        internal long Categories => param_shape[^1];

        /// <summary>NaN: categories have no mean.</summary>
        public override Tensor mean => full(batch_shape.Shape, double.NaN, probs.dtype, probs.device);

        /// <summary>NaN: categories have no variance.</summary>
        public override Tensor variance => full(batch_shape.Shape, double.NaN, probs.dtype, probs.device);

        public override Tensor rsample(params long[] sample_shape)
        {
            using IDisposable mode = no_grad();
            return WrappedTensorDisposeScope(() => probs.reshape(-1, Categories).multinomial(new Size(sample_shape).numel(), true, generator).t().reshape(ExtendedShape(sample_shape)));
        }

        /// <param name="value">Numbers of categories.</param>
        public override Tensor log_prob(Tensor value) => WrappedTensorDisposeScope(() =>
        {
            Tensor[] together = [.. broadcast_tensors(value.to(ScalarType.Int64).unsqueeze(-1), logits)];
            return together[1].gather(-1, together[0].narrow(-1, 0, 1)).squeeze(-1);
        });

        public override Tensor entropy() => WrappedTensorDisposeScope(() => -(logits.clamp(min: finfo(logits.dtype).min) * probs).sum(dim: -1));

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            long[] shape = [.. batch_shape, Categories];
            return knownProbs is null ? new Categorical(logits: knownLogits!.expand(shape), generator: generator) : new Categorical(knownProbs.expand(shape), generator: generator);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static Categorical Categorical(Tensor? probs = null, Tensor? logits = null, Generator? generator = null) => new(probs, logits, generator);

            /// <summary>Any of some categories alike.</summary>
            public static Categorical Categorical(int categories, Generator? generator = null) => new(full([categories], 1.0 / categories), generator: generator);
        }
    }
}
