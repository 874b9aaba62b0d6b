using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Negative log-likelihood under a normal distribution of given mean and variance.</summary>
    public sealed class GaussianNLLLoss(bool full = false, float eps = 1e-6f, nn.Reduction reduction = nn.Reduction.Mean) : Loss<Tensor, Tensor, Tensor, Tensor>(reduction)
    {
        public bool full { get; } = full;
        public float eps { get; } = eps;

        public override Tensor forward(Tensor input, Tensor target, Tensor variance) => nn.functional.gaussian_nll_loss(input, target, variance, full, eps, reduction);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <param name="full">Whether the constant ½ log 2π is added.</param>
            public static Modules.GaussianNLLLoss GaussianNLLLoss(bool full = false, float eps = 1e-6f, Reduction reduction = Reduction.Mean) => new(full, eps, reduction);
        }
    }
}
