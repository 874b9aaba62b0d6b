using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>x − tanh x.</summary>
    public sealed class Tanhshrink : nn.Module<Tensor, Tensor>
    {
        internal Tanhshrink(bool inplace) : base(nameof(Tanhshrink)) => this.inplace = inplace;

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => nn.functional.tanhshrink(tensor, inplace);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Tanhshrink Tanhshrink() => new(false);
            public static Modules.Tanhshrink Tanhshrink(bool inplace = false) => new(inplace);
        }
    }
}
