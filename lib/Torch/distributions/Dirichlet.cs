using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Vectors of probabilities.</summary>
    public class Dirichlet : distributions.ExponentialFamily
    {
        private readonly Tensor concentration;

        /// <param name="concentration">[batch_shape…, categories].</param>
        public Dirichlet(Tensor concentration, Generator? generator = null) : base(generator)
        {
            if (concentration.dim() == 0) throw new ArgumentException("Dirichlet wants a dimension of categories; it was given a scalar");
            this.concentration = Own(concentration.alias());
            (batch_shape, event_shape) = (concentration.shape[..^1], concentration.shape[^1..]);
        }

        public override Tensor mean => WrappedTensorDisposeScope(() => concentration / concentration.sum(dim: -1, keepdim: true));

        /// <summary>Where all concentrations are below one, the corner of the largest.</summary>
        public override Tensor mode => WrappedTensorDisposeScope(() =>
        {
            Tensor above = (concentration - 1).clamp_min(0), peak = above / above.sum(dim: -1, keepdim: true);
            Tensor corner = nn.functional.one_hot(peak.argmax(-1), concentration.shape[^1]).type_as(peak);
            return where((concentration < 1).all(dim: -1, keepdim: true), corner, peak);
        });

        public override Tensor variance => WrappedTensorDisposeScope(() =>
        {
            Tensor total = concentration.sum(dim: -1, keepdim: true);
            return concentration * (total - concentration) / (total.pow(2) * (total + 1));
        });

        public override Tensor rsample(params long[] sample_shape) => WrappedTensorDisposeScope(() => Draw.apply(concentration.expand(ExtendedShape(sample_shape)), generator!));

        public override Tensor log_prob(Tensor value) =>
            WrappedTensorDisposeScope(() => (concentration - 1).xlogy(value).sum(dim: -1) + concentration.sum(dim: -1).lgamma() - concentration.lgamma().sum(dim: -1));

        public override Tensor entropy() => WrappedTensorDisposeScope(() =>
        {
            double k = concentration.shape[^1];
            Tensor total = concentration.sum(dim: -1);
            return concentration.lgamma().sum(dim: -1) - total.lgamma() - (k - total) * total.digamma() - ((concentration - 1) * concentration.digamma()).sum(dim: -1);
        });

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            return new Dirichlet(concentration.expand([.. batch_shape, .. event_shape]), generator);
        }

        /// <summary>Libtorch draws without a gradient and has that gradient apart.</summary>
        private sealed class Draw : autograd.SingleTensorFunction<Draw>
        {
            public override string Name => nameof(Dirichlet);

            public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
            {
                var concentration = (Tensor)vars[0];
                Tensor drawn = _sample_dirichlet(concentration, (Generator?)vars[1]);
                ctx.save_for_backward([drawn, concentration]);
                return drawn;
            }

            public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
            {
                List<Tensor> saved = ctx.get_saved_variables();
                (Tensor drawn, Tensor concentration) = (saved[0], saved[1]);
                Tensor each = Aten.Call("_dirichlet_grad", drawn, concentration, concentration.sum(dim: -1, keepdim: true).expand_as(concentration));
                return [each * (grad_output - (drawn * grad_output).sum(dim: -1, keepdim: true)), null!];
            }
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static Dirichlet Dirichlet(Tensor concentration, Generator? generator = null) => new(concentration, generator);
        }
    }
}
