using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>A tensor's shape, type and place, as lib/native/torch/torch.cpp tells them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Description
{
    public long* Sizes, Strides;
    public void* Data;
    public long Elements, StorageOffset, StorageBytes, ElementSize;
    public int Dimensions, Type, DeviceType, DeviceIndex;
    public int RequiresGrad, IsLeaf, IsContiguous, IsPlain, IsSparse;
}

/// <summary>The functions of libnativetorch.so; lib/native/torch says what each does.</summary>
internal static unsafe partial class Library
{
    private const string Name = "nativetorch";

    // OpenMP's idle threads would spin on the cores that OpenBLAS's threads need: a step of an LSTM on two threads of two cores
    // takes several times as long. The C library's variable, since .NET's are its own; libgomp reads it when it is loaded.
    static Library() => setenv("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)] private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport(Name)] public static partial byte* torch_error();
    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)] public static partial nint torch_find(string name, string overload);
    [LibraryImport(Name)] public static partial int torch_call(nint op, Value* arguments, int count, Value* results, int wanted);
    [LibraryImport(Name)] public static partial void torch_free_list(nint items);
    [LibraryImport(Name)] public static partial void torch_free(nint tensor);
    [LibraryImport(Name)] public static partial int torch_describe(nint tensor, Description* description);

    [LibraryImport(Name)] public static partial int torch_grad(nint tensor, Value* grad);
    [LibraryImport(Name)] public static partial int torch_grad_fn(nint tensor, byte** name);
    [LibraryImport(Name)] public static partial int torch_set_grad(nint tensor, nint grad);
    [LibraryImport(Name)] public static partial int torch_backward(nint* tensors, nint* grads, int count, int retainGraph, int createGraph, nint* inputs, int inputCount);
    [LibraryImport(Name)] public static partial int torch_autograd_grad(nint* outputs, nint* grads, int count, nint* inputs, int inputCount, int retainGraph, int createGraph, int allowUnused, Value* results);
    [LibraryImport(Name)] public static partial int torch_function(nint* inputs, int inputCount, nint* outputs, int outputCount, nint* saved, int savedCount, nint* dirty, int dirtyCount, nint* constant, int constantCount, int materialize, nint state, delegate* unmanaged[Cdecl]<nint, nint*, int, nint*, int, nint*, int> backward, delegate* unmanaged[Cdecl]<nint, void> release, nint* results);
    [LibraryImport(Name)] public static partial nint torch_share(nint tensor);
    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)] public static partial void torch_set_error(string message);
    [LibraryImport(Name)] public static partial int torch_anomaly_mode();
    [LibraryImport(Name)] public static partial void torch_set_anomaly_mode(int enabled, int checkNan);
    [LibraryImport(Name), SuppressGCTransition] public static partial int torch_is_grad_enabled();
    [LibraryImport(Name), SuppressGCTransition] public static partial void torch_set_grad_enabled(int on);
    [LibraryImport(Name)] public static partial nint torch_enter_inference_mode(int on);
    [LibraryImport(Name)] public static partial void torch_leave_inference_mode(nint mode);
    [LibraryImport(Name), SuppressGCTransition] public static partial int torch_is_inference_mode();

    [LibraryImport(Name)] public static partial int torch_manual_seed(ulong seed);
    [LibraryImport(Name)] public static partial nint torch_default_generator();
    [LibraryImport(Name)] public static partial int torch_generator_new(ulong seed, long device, nint* generator);
    [LibraryImport(Name)] public static partial void torch_generator_free(nint generator);
    [LibraryImport(Name)] public static partial int torch_generator_set_seed(nint generator, ulong seed);
    [LibraryImport(Name)] public static partial long torch_generator_seed(nint generator);
    [LibraryImport(Name)] public static partial int torch_generator_state(nint generator, Value* state);
    [LibraryImport(Name)] public static partial int torch_generator_set_state(nint generator, nint state);

    [LibraryImport(Name)] public static partial int torch_get_default_dtype();
    [LibraryImport(Name)] public static partial int torch_set_default_dtype(int type);
    [LibraryImport(Name)] public static partial int torch_get_num_threads();
    [LibraryImport(Name)] public static partial int torch_set_num_threads(int count);
    [LibraryImport(Name)] public static partial int torch_get_num_interop_threads();
    [LibraryImport(Name)] public static partial int torch_set_num_interop_threads(int count);
    [LibraryImport(Name)] public static partial int torch_cuda_device_count();
    [LibraryImport(Name)] public static partial int torch_cuda_synchronize(long index);
    [LibraryImport(Name)] public static partial int torch_allow_tf32_matmul();
    [LibraryImport(Name)] public static partial int torch_set_allow_tf32_matmul(int allow);
    [LibraryImport(Name)] public static partial int torch_allow_tf32_cudnn();
    [LibraryImport(Name)] public static partial int torch_set_allow_tf32_cudnn(int allow);
    [LibraryImport(Name)] public static partial int torch_has_cudnn();
    [LibraryImport(Name)] public static partial int torch_deterministic();
    [LibraryImport(Name)] public static partial int torch_set_deterministic(int on, int warnOnly);
    [LibraryImport(Name)] public static partial int torch_float32_matmul_precision();
    [LibraryImport(Name)] public static partial int torch_set_float32_matmul_precision(int precision);
    [LibraryImport(Name)] public static partial byte* torch_version();

    [LibraryImport(Name)] public static partial int torch_zero_grad(nint* parameters, int count);
    [LibraryImport(Name)] public static partial int torch_clip_grad_norm(nint* parameters, int count, double maxNorm, double normType, double* total);
    [LibraryImport(Name)] public static partial int torch_sgd_step(nint* parameters, nint* buffers, int count, double lr, double momentum, double dampening, double weightDecay, int nesterov, int maximize);
    [LibraryImport(Name)] public static partial int torch_adam_step(nint* parameters, nint* expAvgs, nint* expAvgSqs, nint* maxExpAvgSqs, long* steps, int count, double lr, double beta1, double beta2, double eps, double weightDecay, int decoupled, int amsgrad, int maximize);
    [LibraryImport(Name)] public static partial int torch_rmsprop_step(nint* parameters, nint* squareAvgs, nint* momentumBuffers, nint* gradAvgs, long* steps, int count, double lr, double alpha, double eps, double weightDecay, double momentum, int maximize);

    /// <summary>Throws libtorch's message where a function returned <paramref name="status"/> below zero.</summary>
    public static void Check(int status)
    {
        if (status < 0) throw new ExternalException(Marshal.PtrToStringUTF8((nint)torch_error()));
    }
}
