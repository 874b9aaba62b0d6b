using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A leaky ReLU whose slope is learned, one for all channels or one for each.</summary>
    public sealed class PReLU : nn.Module<Tensor, Tensor>
    {
        internal PReLU(Parameter weight, double init) : base(nameof(PReLU))
        {
            this.weight = weight;
            this.init = init;
        }

        public long num_parameters => weight.shape[0];
        public double init { get; }
        public Parameter weight { get; set => Reregister("weight", field = value); }

        public override Tensor forward(Tensor tensor) => nn.functional.prelu(tensor, weight);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static PReLU PReLU(long num_parameters, double init = 0.25, Device? device = null, ScalarType? dtype = null) =>
                new((Parameter)nn.init.constant_(Uninitialized([num_parameters], device, dtype), init), init);
        }
    }
}
