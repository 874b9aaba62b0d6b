using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The input nearer to zero by lambda, zero within it.</summary>
    public sealed class Softshrink : nn.Module<Tensor, Tensor>
    {
        internal Softshrink(double lambda) : base(nameof(Softshrink)) => this.lambda = lambda;

        public double lambda { get; set; }

        public override Tensor forward(Tensor tensor) => nn.functional.softshrink(tensor, lambda);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Softshrink Softshrink(double lambda = 0.5) => new(lambda);
        }
    }
}
