namespace TorchSharp;

public static partial class torch
{
    public static bool are_deterministic_algorithms_enabled() => Library.torch_deterministic() != 0;
    public static bool is_deterministic_algorithms_warn_only_enabled() => Library.torch_deterministic() == 3;
    public static DebugMode get_deterministic_debug_mode() => is_deterministic_algorithms_warn_only_enabled() ? DebugMode.warn : DebugMode.@default;
    public static Float32MatmulPrecision get_float32_matmul_precision() => (Float32MatmulPrecision)Library.torch_float32_matmul_precision();

    /// <summary>Whether operations that can give another result each time fail, or are replaced by such as cannot.</summary>
    /// <param name="warn_only">They warn and go on.</param>
    /// <returns>Disposed, it puts back what was before.</returns>
    public static IDisposable use_deterministic_algorithms(bool mode = true, bool warn_only = false)
    {
        int before = Library.torch_deterministic();
        Library.Check(Library.torch_set_deterministic(mode ? 1 : 0, warn_only ? 1 : 0));
        return new Restored(() => Library.Check(Library.torch_set_deterministic(before & 1, before >> 1)));
    }

    /// <inheritdoc cref="use_deterministic_algorithms"/>
    public static IDisposable set_deterministic_debug_mode(DebugMode mode) => use_deterministic_algorithms(mode == DebugMode.warn, mode == DebugMode.warn);

    /// <summary>How exact float32 matrices are multiplied on a GPU, where that can be chosen.</summary>
    /// <returns>Disposed, it puts back what was before.</returns>
    public static IDisposable set_float32_matmul_precision(Float32MatmulPrecision precision)
    {
        int before = Library.torch_float32_matmul_precision();
        Library.Check(Library.torch_set_float32_matmul_precision((int)precision));
        return new Restored(() => Library.Check(Library.torch_set_float32_matmul_precision(before)));
    }

    private sealed class Restored(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }
}
