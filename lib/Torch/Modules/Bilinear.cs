using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>x₁ᵀ A x₂ + b, [N, in1] and [N, in2] → [N, out].</summary>
    public sealed class Bilinear : nn.Module<Tensor, Tensor, Tensor>
    {
        internal Bilinear(Parameter weight, Parameter? bias) : base(nameof(Bilinear))
        {
            this.weight = weight;
            this.bias = bias;
        }

        public long in1_features => weight.shape[1];
        public long in2_features => weight.shape[2];
        public long out_features => weight.shape[0];
        public Parameter weight { get; set => Reregister("weight", field = value); }
        public Parameter? bias { get; set => Reregister("bias", field = value); }

        public override Tensor forward(Tensor input1, Tensor input2) => nn.functional.bilinear(input1, input2, weight, bias);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Bilinear Bilinear(long in1_features, long in2_features, long out_features, bool hasBias = true, Device? device = null, ScalarType? dtype = null)
            {
                double bound = 1 / Math.Sqrt(in1_features);
                var weight = (Parameter)init.uniform_(Uninitialized([out_features, in1_features, in2_features], device, dtype), -bound, bound);
                return new Bilinear(weight, hasBias ? (Parameter)init.uniform_(Uninitialized([out_features], device, dtype), -bound, bound) : null);
            }
        }
    }
}
