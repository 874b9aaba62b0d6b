using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>x Wᵀ + b, on the last dimension.</summary>
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        internal Linear(Parameter weight, Parameter? bias) : base(nameof(Linear))
        {
            this.weight = weight;
            this.bias = bias;
        }

        public long in_features => weight.shape[1];
        public long out_features => weight.shape[0];
        public Parameter weight { get; set => Reregister("weight", field = value); }
        public Parameter? bias { get; set => Reregister("bias", field = value); }

        public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight, bias);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null)
            {
                Parameter weight = Uninitialized([outputSize, inputSize], device, dtype);
                init.kaiming_uniform_(weight, Math.Sqrt(5));
                Parameter? bias = hasBias ? Uninitialized([outputSize], device, dtype) : null;
                double bound = inputSize > 0 ? 1 / Math.Sqrt(inputSize) : 0;
                if (bias is not null) init.uniform_(bias, -bound, bound);
                return new Linear(weight, bias);
            }

            public static Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);

            private static Parameter Uninitialized(long[] size, Device? device, ScalarType? dtype)
            {
                using Tensor data = empty(size, dtype, device);
                return new Parameter(data);
            }
        }
    }
}
