namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <inheritdoc cref="max_unpool2d"/>
            public static Tensor max_unpool1d(Tensor input, Tensor indices, long kernel_size, long? stride = null, long? padding = null, long[]? output_size = null)
            {
                using DisposeScope scope = NewDisposeScope();
                long[] size = Unpooled(input, 1, [kernel_size], stride is { } s ? [s] : null, padding is { } p ? [p] : null, output_size);
                return Aten.Call("max_unpool2d", input.unsqueeze(-1), indices.unsqueeze(-1), new[] { size[0], 1 }).squeeze(-1).MoveToOuterDisposeScope();
            }

            /// <summary>Puts what a max pooling kept back to where it was, among zeros.</summary>
            /// <param name="indices">As the pooling with indices gives them.</param>
            /// <param name="output_size">The sizes before pooling; if none are given, the smallest that pool to the input's.</param>
            public static Tensor max_unpool2d(Tensor input, Tensor indices, long[] kernel_size, long[]? stride = null, long[]? padding = null, long[]? output_size = null) =>
                Aten.Call("max_unpool2d", input, indices, Unpooled(input, 2, kernel_size, stride, padding, output_size));

            /// <inheritdoc cref="max_unpool2d"/>
            public static Tensor max_unpool3d(Tensor input, Tensor indices, long[] kernel_size, long[]? stride = null, long[]? padding = null, long[]? output_size = null) =>
                Aten.Call("max_unpool3d", input, indices, Unpooled(input, 3, kernel_size, stride, padding, output_size), stride ?? kernel_size, padding ?? [0, 0, 0]);

            private static long[] Unpooled(Tensor input, int dimensions, long[] kernel, long[]? stride, long[]? padding, long[]? size)
            {
                (long[] steps, long[] pads) = (stride ?? kernel, padding ?? new long[dimensions]);
                if (input.dim() < dimensions || kernel.Length != dimensions || steps.Length != dimensions || pads.Length != dimensions)
                    throw new ArgumentException($"Kernel, stride and padding have {dimensions} sizes each, and the input as many dimensions or more; it has the shape [{string.Join(", ", input.shape)}]");
                long[] smallest = [.. input.shape[^dimensions..].Select((length, i) => (length - 1) * steps[i] + kernel[i] - 2 * pads[i])];
                if (size is null) return smallest;
                long[] wanted = size.Length == input.dim() ? size[^dimensions..] : size;
                if (wanted.Length != dimensions || wanted.Zip(smallest).Select((s, i) => Math.Abs(s.First - s.Second) >= steps[i]).Any(far => far))
                    throw new ArgumentException($"The output size [{string.Join(", ", size)}] does not pool to the input's: it is less than a stride from [{string.Join(", ", smallest)}]");
                return wanted;
            }

            /// <summary>Repeats elements until the output has a size, or scales by a factor.</summary>
            public static Tensor upsample_nearest(Tensor x, long[]? size = null, double[]? scale_factor = null, bool align_corners = false) =>
                interpolate(x, size, scale_factor, InterpolationMode.Nearest);

            /// <summary>Interpolates an image along both sides, corners on corners unless <paramref name="align_corners"/> says otherwise.</summary>
            public static Tensor upsample_bilinear(Tensor x, long[]? size = null, double[]? scale_factor = null, bool align_corners = false) =>
                interpolate(x, size, scale_factor, InterpolationMode.Bilinear, align_corners);
        }
    }
}
