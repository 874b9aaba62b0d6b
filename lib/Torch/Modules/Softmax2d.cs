using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Softmax over the channels of [(N,) channels, height, width].</summary>
    public sealed class Softmax2d : nn.Module<Tensor, Tensor>
    {
        internal Softmax2d() : base(nameof(Softmax2d)) { }

        public override Tensor forward(Tensor tensor) => nn.functional.softmax2d(tensor);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Softmax2d Softmax2d() => new();
        }
    }
}
