using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Softmax of the negated input.</summary>
    public sealed class Softmin : nn.Module<Tensor, Tensor>
    {
        internal Softmin(long dim) : base(nameof(Softmin)) => this.dim = dim;

        public long dim { get; set; }

        public override Tensor forward(Tensor tensor) => nn.functional.softmin(tensor, dim);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Softmin Softmin(long dim) => new(dim);
        }
    }
}
