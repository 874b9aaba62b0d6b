using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Normalizes each group of channels of each element of a batch.</summary>
    public sealed class GroupNorm : nn.Module<Tensor, Tensor>
    {
        internal GroupNorm(long num_groups, long num_channels, double eps, bool affine, Device? device, ScalarType? dtype) : base(nameof(GroupNorm))
        {
            if (num_groups < 1 || num_channels % num_groups != 0) throw new ArgumentException($"{num_channels} channels can't be cut into {num_groups} groups");
            this.num_groups = num_groups;
            this.eps = eps;
            this.affine = affine;
            if (!affine) return;
            using Tensor unit = ones(num_channels, dtype, device), zero = zeros(num_channels, dtype, device);
            weight = new Parameter(unit);
            bias = new Parameter(zero);
        }

        public long num_groups { get; }
        public double eps { get; }
        public bool affine { get; }
        public Parameter? weight { get; set => Reregister("weight", field = value); }
        public Parameter? bias { get; set => Reregister("bias", field = value); }

        public override Tensor forward(Tensor tensor) => nn.functional.group_norm(tensor, num_groups, weight, bias, eps);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static GroupNorm GroupNorm(long num_groups, long num_channels, double eps = 1e-05, bool affine = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_groups, num_channels, eps, affine, device, dtype);
        }
    }
}
