using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>PyTorch in C#, under TorchSharp's names, over the system's libtorch.</summary>
public static partial class torch
{
    /// <summary>libtorch's version.</summary>
    public static unsafe string __version__ => Marshal.PtrToStringUTF8((nint)Library.torch_version())!;

    public static int get_num_threads() => Library.torch_get_num_threads();

    /// <param name="num">1,024 at most: where OpenMP can't start as many as are asked for, it ends the process.</param>
    public static void set_num_threads(int num)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(num, 1024);
        Library.Check(Library.torch_set_num_threads(num));
    }

    public static int get_num_interop_threads() => Library.torch_get_num_interop_threads();
    public static void set_num_interop_threads(int num) => Library.Check(Library.torch_set_num_interop_threads(num));

    public static class cuda
    {
        public static bool is_available() => device_count() > 0;
        public static bool is_cudnn_available() => is_available() && Library.torch_has_cudnn() != 0;
        public static int device_count() => Library.torch_cuda_device_count();
        public static void manual_seed(long seed) => torch.manual_seed(seed);
        public static void manual_seed_all(long seed) => torch.manual_seed(seed);
        public static void synchronize(Device? device = null) => Library.Check(Library.torch_cuda_synchronize(device?.index ?? -1));
    }

    public static class backends
    {
        public static class cuda
        {
            public static class matmul
            {
                /// <summary>Whether a GPU multiplies float32 matrices in TensorFloat-32: factors rounded to 10 bits of mantissa, sums in float32. At first not.</summary>
                public static bool allow_tf32
                {
                    get => Library.torch_allow_tf32_matmul() != 0;
                    set => Library.Check(Library.torch_set_allow_tf32_matmul(value ? 1 : 0));
                }
            }
        }

        public static class cudnn
        {
            /// <summary>Whether cuDNN convolves and recurs over float32 in TensorFloat-32. At first it does.</summary>
            public static bool allow_tf32
            {
                get => Library.torch_allow_tf32_cudnn() != 0;
                set => Library.Check(Library.torch_set_allow_tf32_cudnn(value ? 1 : 0));
            }
        }
    }

    public static bool cuda_is_available() => cuda.is_available();

    /// <summary>Never: Apple's Metal is not in the libtorch that this library calls.</summary>
    public static bool mps_is_available() => false;
}
