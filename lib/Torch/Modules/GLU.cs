using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Half of the channels, gated by the sigmoid of the other half.</summary>
    public sealed class GLU : nn.Module<Tensor, Tensor>
    {
        internal GLU(long dim) : base(nameof(GLU)) => this.dim = dim;

        public long dim { get; set; }

        public override Tensor forward(Tensor tensor) => nn.functional.glu(tensor, dim);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.GLU GLU(long dim = -1) => new(dim);
        }
    }
}
