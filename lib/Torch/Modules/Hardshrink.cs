using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The input where its size is above lambda, zero elsewhere.</summary>
    public sealed class Hardshrink : nn.Module<Tensor, Tensor>
    {
        internal Hardshrink(double lambda) : base(nameof(Hardshrink)) => this.lambda = lambda;

        public double lambda { get; set; }

        public override Tensor forward(Tensor tensor) => nn.functional.hardshrink(tensor, lambda);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Hardshrink Hardshrink(double lambda = 0.5) => new(lambda);
        }
    }
}
