using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests;

public class BackendTests
{
    [Fact]
    public void TensorFloat32IsSetAsInPython()
    {
        Assert.Equal((false, true), (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32));
        backends.cuda.matmul.allow_tf32 = true;
        backends.cudnn.allow_tf32 = false;
        Assert.Equal((true, false), (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32));
        backends.cuda.matmul.allow_tf32 = false;
        backends.cudnn.allow_tf32 = true;
    }

    [Fact]
    public void DeterminismAndPrecisionArePutBack()
    {
        Assert.False(are_deterministic_algorithms_enabled());
        using (use_deterministic_algorithms(true))
        {
            Assert.True(are_deterministic_algorithms_enabled() && !is_deterministic_algorithms_warn_only_enabled());
            // libtorch has no deterministic kernel for it, and says so.
            using DisposeScope scope = NewDisposeScope();
            Assert.Contains("deterministic", Assert.Throws<ExternalException>(() => nn.functional.max_unpool2d(ones(1, 1, 1), zeros(1, 1, 1, int64), [2, 2])).Message);
            using (set_deterministic_debug_mode(DebugMode.warn)) Assert.Equal(DebugMode.warn, get_deterministic_debug_mode());
            Assert.Equal(DebugMode.@default, get_deterministic_debug_mode());
        }
        Assert.False(are_deterministic_algorithms_enabled());
        using (set_float32_matmul_precision(Float32MatmulPrecision.medium)) Assert.Equal(Float32MatmulPrecision.medium, get_float32_matmul_precision());
        Assert.Equal(Float32MatmulPrecision.highest, get_float32_matmul_precision());
        Assert.True(cuda.is_available() || !cuda.is_cudnn_available());
    }
}
