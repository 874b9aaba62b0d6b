using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The maximum of each window of [(N,) channels, depth, height, width].</summary>
    public sealed class MaxPool3d : nn.Module<Tensor, Tensor>
    {
        internal MaxPool3d(long[] kernel_size, long[]? stride, long[]? padding, long[]? dilation, bool ceil_mode) : base(nameof(MaxPool3d))
        {
            this.kernel_size = kernel_size;
            this.stride = stride ?? kernel_size;
            this.padding = padding ?? [0, 0, 0];
            this.dilation = dilation ?? [1, 1, 1];
            this.ceil_mode = ceil_mode;
        }

        public long[] kernel_size { get; set; }
        public long[] stride { get; set; }
        public long[] padding { get; set; }
        public long[] dilation { get; set; }
        public bool ceil_mode { get; set; }

        public override Tensor forward(Tensor input) => nn.functional.max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode);

        public (Tensor output, Tensor indices) forward_with_indices(Tensor input) => nn.functional.max_pool3d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.MaxPool3d MaxPool3d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                new([kernel_size, kernel_size, kernel_size], Triple(stride), Triple(padding), Triple(dilation), ceil_mode);

            public static Modules.MaxPool3d MaxPool3d((long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, (long, long, long)? dilation = null, bool ceil_mode = false) =>
                new(Triple(kernel_size)!, Triple(stride), Triple(padding), Triple(dilation), ceil_mode);

            public static Modules.MaxPool3d MaxPool3d(long[] kernel_size, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
                new(kernel_size, stride, padding, dilation, ceil_mode);

            private static long[]? Triple(long? value) => value is { } v ? [v, v, v] : null;
            private static long[]? Triple((long, long, long)? triple) => triple is var (first, second, third) ? [first, second, third] : null;
        }
    }
}
