namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Fills a tensor, outside of autograd, with the numbers that torch.nn.init draws from the same generator.</summary>
        public static partial class init
        {
            public enum FanInOut { FanIn, FanOut }

            public enum NonlinearityType { Linear, Conv1D, Conv2D, Conv3D, ConvTranspose1D, ConvTranspose2D, ConvTranspose3D, Sigmoid, Tanh, ReLU, LeakyReLU }

            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3,
                NonlinearityType.ReLU => Math.Sqrt(2),
                NonlinearityType.LeakyReLU => Math.Sqrt(2 / (1 + param * param)),
                _ => 1,
            };

            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                long[] shape = tensor.shape;
                if (shape.Length < 2) throw new ArgumentException($"Fan in and fan out need 2 dimensions at least; the shape is [{string.Join(", ", shape)}]");
                long field = shape.Skip(2).Aggregate(1L, (product, size) => product * size);
                return (shape[1] * field, shape[0] * field);
            }

            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
            {
                using (no_grad()) return tensor.uniform_(low, high, generator);
            }

            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null)
            {
                using (no_grad()) return tensor.normal_(mean, std, generator);
            }

            public static Tensor constant_(Tensor tensor, Scalar val)
            {
                using (no_grad()) return tensor.fill_(val);
            }

            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0);
            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);

            /// <param name="a">The slope below zero of the leaky ReLU that follows.</param>
            public static Tensor kaiming_uniform_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                double bound = Math.Sqrt(3) * KaimingStd(tensor, a, mode, nonlinearity);
                return tensor.numel() == 0 ? tensor : uniform_(tensor, -bound, bound);
            }

            /// <inheritdoc cref="kaiming_uniform_"/>
            public static Tensor kaiming_normal_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                tensor.numel() == 0 ? tensor : normal_(tensor, 0, KaimingStd(tensor, a, mode, nonlinearity));

            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1)
            {
                double bound = Math.Sqrt(3) * XavierStd(tensor, gain);
                return uniform_(tensor, -bound, bound);
            }

            public static Tensor xavier_normal_(Tensor tensor, double gain = 1) => normal_(tensor, 0, XavierStd(tensor, gain));

            /// <summary>A random matrix with orthogonal rows or columns, whichever are fewer.</summary>
            public static Tensor orthogonal_(Tensor tensor, double gain = 1)
            {
                long[] shape = tensor.shape;
                if (shape.Length < 2) throw new ArgumentException($"An orthogonal matrix needs 2 dimensions at least; the shape is [{string.Join(", ", shape)}]");
                if (tensor.numel() == 0) return tensor;
                using IDisposable no_grad = torch.no_grad();
                using DisposeScope scope = NewDisposeScope();
                long rows = shape[0], columns = tensor.numel() / rows;
                Tensor flat = empty([rows, columns], tensor.dtype, tensor.device).normal_();
                (Tensor q, Tensor r) = Aten.Call2("linalg_qr", rows < columns ? flat.t() : flat);
                q = q.mul(r.diag().sign());
                tensor.copy_((rows < columns ? q.t() : q).reshape(shape)).mul_(gain);
                return tensor;
            }

            /// <summary>Normal numbers between two bounds, by inverting the distribution function.</summary>
            public static Tensor trunc_normal_(Tensor tensor, double mean = 0, double std = 1, double a = -2, double b = 2, Generator? generator = null)
            {
                using IDisposable no_grad = torch.no_grad();
                double low = Distribution((a - mean) / std), high = Distribution((b - mean) / std);
                tensor.uniform_(2 * low - 1, 2 * high - 1, generator);
                tensor.erfinv_().mul_(std * Math.Sqrt(2)).add_(mean).clamp_(a, b);
                return tensor;

                static double Distribution(double x)
                {
                    using Tensor scaled = torch.tensor(x / Math.Sqrt(2)), erf = scaled.erf();
                    return (1 + erf.item<double>()) / 2;
                }
            }

            public static Tensor glorot_uniform_(Tensor tensor, double gain = 1) => xavier_uniform_(tensor, gain);
            public static Tensor glorot_normal_(Tensor tensor, double gain = 1) => xavier_normal_(tensor, gain);

            /// <summary>Normal numbers in a matrix, with a share of zeros in each column.</summary>
            public static Tensor sparse_(Tensor tensor, double sparsity, double std = 0.01)
            {
                if (tensor.shape is not [var rows, var columns]) throw new ArgumentException($"A sparse matrix has 2 dimensions; the shape is [{string.Join(", ", tensor.shape)}]");
                using IDisposable no_grad = torch.no_grad();
                using DisposeScope scope = NewDisposeScope();
                tensor.normal_(0, std);
                long zeros = (long)Math.Ceiling(sparsity * rows);
                for (long column = 0; column < columns; column++) tensor.select(1, column).index_fill_(0, randperm(rows, device: tensor.device).narrow(0, 0, zeros), 0);
                return tensor;
            }

            /// <summary>A convolution's weight that hands on as many channels as there are on both sides.</summary>
            public static Tensor dirac_(Tensor tensor)
            {
                long[] shape = tensor.shape;
                if (shape.Length is < 3 or > 5) throw new ArgumentException($"A convolution's weight has 3 to 5 dimensions; the shape is [{string.Join(", ", shape)}]");
                using IDisposable no_grad = torch.no_grad();
                using DisposeScope scope = NewDisposeScope();
                tensor.zero_();
                for (long channel = 0; channel < Math.Min(shape[0], shape[1]); channel++) tensor[[channel, channel, .. shape[2..].Select(size => size / 2)]].fill_(1);
                return tensor;
            }

            /// <summary>The identity, in two dimensions.</summary>
            public static Tensor eye_(Tensor tensor)
            {
                long[] shape = tensor.shape;
                if (shape is not [var rows, var columns]) throw new ArgumentException($"The identity has 2 dimensions; the shape is [{string.Join(", ", shape)}]");
                using IDisposable no_grad = torch.no_grad();
                using Tensor identity = eye(rows, columns);
                return tensor.copy_(identity);
            }

            private static double KaimingStd(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                (long fanIn, long fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }

            private static double XavierStd(Tensor tensor, double gain)
            {
                (long fanIn, long fanOut) = CalculateFanInAndFanOut(tensor);
                return gain * Math.Sqrt(2.0 / (fanIn + fanOut));
            }
        }
    }
}
