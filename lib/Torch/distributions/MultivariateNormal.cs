using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The normal distribution of vectors.</summary>
    public class MultivariateNormal : distributions.Distribution
    {
        private readonly Tensor loc, scale_tril;

        /// <param name="loc">The mean, [batch_shape…, features].</param>
        /// <param name="covariance_matrix">[batch_shape…, features, features]; of it, its inverse and its lower Cholesky factor one is given.</param>
        public MultivariateNormal(Tensor loc, Tensor? covariance_matrix = null, Tensor? precision_matrix = null, Tensor? scale_tril = null, Generator? generator = null) : base(generator)
        {
            if (loc.dim() == 0) throw new ArgumentException("The mean of MultivariateNormal has a dimension of features; it was given a scalar");
            Tensor[] given = [.. new[] { covariance_matrix, precision_matrix, scale_tril }.OfType<Tensor>()];
            if (given.Length != 1) throw new ArgumentException($"One of covariance_matrix, precision_matrix and scale_tril is to be given, not {given.Length}");
            if (given[0].dim() < 2) throw new ArgumentException($"The matrix has the shape [{string.Join(", ", given[0].shape)}]: it has two dimensions or more");
            using DisposeScope scope = NewDisposeScope();
            Tensor factor = scale_tril ?? (covariance_matrix is not null ? linalg.cholesky(covariance_matrix) : FromPrecision(precision_matrix!));
            batch_shape = broadcast_shapes(factor.shape[..^2], loc.shape[..^1]);
            event_shape = loc.shape[^1..];
            this.loc = Own(loc.expand([.. batch_shape, .. event_shape]));
            this.scale_tril = Own(factor.expand([.. batch_shape, .. event_shape, .. event_shape]));
        }

        public override Tensor mean => loc;
        public override Tensor mode => loc;
        public override Tensor variance => WrappedTensorDisposeScope(() => scale_tril.pow(2).sum(dim: -1));

        public override Tensor rsample(params long[] sample_shape) => WrappedTensorDisposeScope(() =>
            loc + scale_tril.matmul(empty(ExtendedShape(sample_shape), loc.dtype, loc.device).normal_(generator: generator).unsqueeze(-1)).squeeze(-1));

        public override Tensor log_prob(Tensor value) => WrappedTensorDisposeScope(() =>
        {
            Tensor standard = linalg.solve_triangular(scale_tril, (value - loc).unsqueeze(-1), upper: false).squeeze(-1);
            return -0.5 * (event_shape[0] * Math.Log(2 * Math.PI) + standard.pow(2).sum(dim: -1)) - HalfLogDeterminant();
        });

        public override Tensor entropy() => WrappedTensorDisposeScope(() => 0.5 * event_shape[0] * (1 + Math.Log(2 * Math.PI)) + HalfLogDeterminant());

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            return new MultivariateNormal(loc.expand([.. batch_shape, .. event_shape]), scale_tril: scale_tril.expand([.. batch_shape, .. event_shape, .. event_shape]), generator: generator);
        }

        private Tensor HalfLogDeterminant() => scale_tril.diagonal(0, -2, -1).log().sum(dim: -1);

        /// <summary>The lower Cholesky factor of the inverse (torch.distributions' _precision_to_scale_tril).</summary>
        private static Tensor FromPrecision(Tensor precision)
        {
            Tensor turned = linalg.cholesky(precision.flip(-2, -1)).flip(-2, -1).mT;
            return linalg.solve_triangular(turned, eye(precision.shape[^1], dtype: precision.dtype, device: precision.device), upper: false);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            /// <inheritdoc cref="Modules.MultivariateNormal(Tensor, Tensor, Tensor, Tensor, Generator)"/>
            public static MultivariateNormal MultivariateNormal(Tensor loc, Tensor? covariance_matrix = null, Tensor? precision_matrix = null, Tensor? scale_tril = null, Generator? generator = null) =>
                new(loc, covariance_matrix, precision_matrix, scale_tril, generator);
        }
    }
}
