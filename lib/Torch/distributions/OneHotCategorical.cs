using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>One of some categories, as a vector of zeros and a one.</summary>
    public class OneHotCategorical : distributions.Distribution
    {
        private readonly Categorical categorical;

        /// <inheritdoc cref="Categorical(Tensor, Tensor, Generator)"/>
        public OneHotCategorical(Tensor? p = null, Tensor? l = null, Generator? generator = null) : this(new Categorical(p, l, generator), generator) { }

        private OneHotCategorical(Categorical categorical, Generator? generator) : base(generator, categorical.batch_shape, new Size(categorical.Categories)) => this.categorical = categorical;

        public Tensor probs => categorical.probs;
        public Tensor logits => categorical.logits;
        public override Tensor mean => probs;
        public override Tensor mode => WrappedTensorDisposeScope(() => nn.functional.one_hot(probs.argmax(-1), categorical.Categories).type_as(probs));
        public override Tensor variance => WrappedTensorDisposeScope(() => probs * (1 - probs));

        public override Tensor rsample(params long[] sample_shape) =>
            WrappedTensorDisposeScope(() => nn.functional.one_hot(categorical.sample(sample_shape), categorical.Categories).type_as(probs));

        public override Tensor log_prob(Tensor value) => WrappedTensorDisposeScope(() => categorical.log_prob(value.argmax(-1)));
        public override Tensor entropy() => categorical.entropy();

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            return new OneHotCategorical((Categorical)categorical.expand(batch_shape), generator);
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
            public static OneHotCategorical OneHotCategorical(Tensor? probs = null, Tensor? logits = null, Generator? generator = null) => new(probs, logits, generator);
            public static OneHotCategorical OneHotCategorical(float? probs, float? logits, Generator? generator = null) => new(probs is { } p ? tensor(p) : null, logits is { } l ? tensor(l) : null, generator);
            public static OneHotCategorical OneHotCategorical(double? probs, double? logits, Generator? generator = null) => new(probs is { } p ? tensor(p) : null, logits is { } l ? tensor(l) : null, generator);
        }
    }
}
