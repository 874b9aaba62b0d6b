using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A leaky ReLU whose slope is drawn for each element in training, and the mean of its bounds after it.</summary>
    public sealed class RReLU : nn.Module<Tensor, Tensor>
    {
        internal RReLU(double lower, double upper, bool inplace) : base(nameof(RReLU))
        {
            this.lower = lower;
            this.upper = upper;
            this.inplace = inplace;
        }

        public double lower { get; set; }
        public double upper { get; set; }
        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor)
        {
            if (!inplace) return Aten.Call("rrelu", tensor, lower, upper, training);
            Aten.Run("rrelu_", tensor, lower, upper, training);
            return tensor;
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.RReLU RReLU(double lower = 1.0 / 8, double upper = 1.0 / 3, bool inplace = false) => new(lower, upper, inplace);
        }
    }
}
