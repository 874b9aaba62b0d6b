namespace TorchSharp;

public static partial class torch
{
    /// <summary>Probability distributions, drawing the numbers that torch.distributions draws.</summary>
    public static partial class distributions
    {
        /// <summary>A probability distribution, or a batch of them of the shape <see cref="batch_shape"/>, each over values of the shape <see cref="event_shape"/>.</summary>
        public abstract class Distribution : IDisposable
        {
            /// <summary>What draws; the default generator where it is null.</summary>
            protected readonly Generator? generator;

            private readonly List<Tensor> owned = [];

            public Distribution(Generator? generator, long[]? batch_shape = null, long[]? event_shape = null) : this(generator, new Size(batch_shape ?? []), new Size(event_shape ?? [])) { }

            public Distribution(Generator? generator, Size batch_shape, Size? event_shape = null)
            {
                this.generator = generator;
                this.batch_shape = batch_shape;
                this.event_shape = event_shape ?? Size.Empty;
            }

            public Size batch_shape { get; protected set; }
            public Size event_shape { get; protected set; }

            public abstract Tensor mean { get; }
            public abstract Tensor variance { get; }

            /// <exception cref="NotSupportedException">None is defined.</exception>
            public virtual Tensor mode => throw Undefined(nameof(mode));
            public virtual Tensor stddev => variance.sqrt();

            /// <summary>Draws without a gradient, [sample_shape…, batch_shape…, event_shape…].</summary>
            public virtual Tensor sample(params long[] sample_shape)
            {
                using IDisposable mode = no_grad();
                return rsample(sample_shape);
            }

            public Tensor sample(Size sample_shape) => sample(sample_shape.Shape);

            /// <summary>Draws so that gradients reach the parameters, where the distribution is continuous.</summary>
            public abstract Tensor rsample(params long[] sample_shape);

            public Tensor rsample(Size sample_shape) => rsample(sample_shape.Shape);

            /// <summary>The logarithm of the density or the probability of a value, [sample_shape…, batch_shape…].</summary>
            public abstract Tensor log_prob(Tensor value);

            /// <summary>In nats, [batch_shape…].</summary>
            public abstract Tensor entropy();

            /// <summary>The same distribution in a larger batch.</summary>
            /// <param name="instance">For derived classes; it is null.</param>
            public abstract Distribution expand(Size batch_shape, Distribution? instance = null);

            /// <exception cref="NotSupportedException">None is defined.</exception>
            public virtual Tensor cdf(Tensor value) => throw Undefined(nameof(cdf));

            /// <exception cref="NotSupportedException">None is defined.</exception>
            public virtual Tensor icdf(Tensor value) => throw Undefined(nameof(icdf));

            /// <exception cref="NotSupportedException">None is defined.</exception>
            public virtual Tensor enumerate_support(bool expand = true) => throw Undefined(nameof(enumerate_support));

            public virtual Tensor perplexity() => WrappedTensorDisposeScope(() => entropy().exp());

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                foreach (Tensor tensor in owned) tensor.Dispose();
            }

            protected long[] ExtendedShape(params long[] sample_shape) => [.. sample_shape, .. batch_shape, .. event_shape];

            /// <param name="isBinary">Of two values, of which the first alone is given.</param>
            protected Tensor LogitsToProbs(Tensor logits, bool isBinary = false) => isBinary ? logits.sigmoid() : nn.functional.softmax(logits, -1);

            /// <inheritdoc cref="LogitsToProbs"/>
            protected Tensor ProbsToLogits(Tensor probs, bool isBinary = false) => WrappedTensorDisposeScope(() =>
            {
                Tensor clamped = ClampProbs(probs);
                return isBinary ? clamped.log() - (-clamped).log1p() : clamped.log();
            });

            /// <summary>Probabilities whose logarithms are finite.</summary>
            protected Tensor ClampProbs(Tensor probs)
            {
                double eps = finfo(probs.dtype).eps;
                return probs.clamp(eps, 1 - eps);
            }

            /// <summary>A parameter, which lives as long as the distribution.</summary>
            private protected Tensor Own(Tensor tensor)
            {
                owned.Add(tensor.DetachFromDisposeScope());
                return tensor;
            }

            /// <summary>A parameter that is computed when it is first asked for, with its gradient wherever that is.</summary>
            private protected Tensor Lazily(Func<Tensor> compute)
            {
                using IDisposable mode = enable_grad();
                return Own(compute());
            }

            /// <summary>Parameters of one shape, which is the batch's.</summary>
            private protected Tensor[] Broadcast(params Tensor[] parameters)
            {
                Tensor[] together = [.. broadcast_tensors(parameters).Select(Own)];
                batch_shape = together[0].shape;
                return together;
            }

            /// <summary>Of probabilities and logits the one that is given.</summary>
            private protected static Tensor One(Tensor? probs, Tensor? logits) => (probs, logits) switch
            {
                (null, { } given) => given,
                ({ } given, null) => given,
                _ => throw new ArgumentException("Either probabilities or logits are to be given, and not both"),
            };

            /// <summary>The probability of one of two outcomes and its logit: one is given, the other computed when it is first asked for.</summary>
            private protected sealed class Odds(Distribution owner, Tensor given, bool isLogit)
            {
                private Tensor? probs = isLogit ? null : given, logits = isLogit ? given : null;

                public Tensor Probs => probs ??= owner.Lazily(() => owner.LogitsToProbs(logits!, true));
                public Tensor Logits => logits ??= owner.Lazily(() => owner.ProbsToLogits(probs!, true));

                /// <summary>One of the two in a larger batch, for a constructor.</summary>
                public (Tensor? probs, Tensor? logits) Expanded(Size batch_shape) => probs is null ? (null, logits!.expand(batch_shape)) : (probs.expand(batch_shape), null);
            }

            private protected static void Alone(Distribution? instance)
            {
                if (instance is not null) throw new NotSupportedException("expand makes an instance of its own");
            }

            private NotSupportedException Undefined(string what) => new($"{GetType().Name} has no {what}");
        }

        /// <summary>Distributions of an exponential family.</summary>
        public abstract class ExponentialFamily : Distribution
        {
            private protected ExponentialFamily(Generator? generator) : base(generator) { }

            /// <exception cref="NotSupportedException">There is no closed form.</exception>
            public override Tensor entropy() => throw new NotSupportedException($"The entropy of {GetType().Name} has no closed form");
        }
    }
}
