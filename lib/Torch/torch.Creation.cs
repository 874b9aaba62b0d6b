using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finished(Aten.Call("arange", stop, dtype, Arg.Default, device), requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finished(Aten.Call("arange.start", start, stop, dtype, Arg.Default, device), requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finished(Aten.Call("arange.start_step", start, stop, step, dtype, Arg.Default, device), requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finished(Aten.Call("linspace", start, end, steps, dtype, Arg.Default, device), requires_grad);

    /// <param name="columns">As many as <paramref name="rows"/> where it is −1.</param>
    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finished(Aten.Call("eye.m", rows, columns < 0 ? rows : columns, dtype, Arg.Default, device), requires_grad, names);

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finished(Aten.Call("randint.low_generator", low, high, size, generator, dtype ?? ScalarType.Int64, Arg.Default, device), requires_grad, names);

    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Finished(Aten.Call("randperm.generator", n, generator, dtype ?? ScalarType.Int64, Arg.Default, device), requires_grad);

    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finished(Aten.Call("zeros_like", input, dtype, Arg.Default, device), requires_grad, names);

    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finished(Aten.Call("ones_like", input, dtype, Arg.Default, device), requires_grad, names);

    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finished(Aten.Call("empty_like", input, dtype, Arg.Default, device), requires_grad, names);

    public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finished(Aten.Call("full_like", input, value, dtype, Arg.Default, device), requires_grad, names);

    public static Tensor rand_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finished(Aten.Call("rand_like", input, dtype, Arg.Default, device), requires_grad);

    public static Tensor randn_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finished(Aten.Call("randn_like", input, dtype, Arg.Default, device), requires_grad);

    /// <summary>A copy of an array of any rank.</summary>
    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        ScalarType type = TypeOf(rawArray.GetType().GetElementType()!);
        var dimensions = new long[rawArray.Rank];
        for (int i = 0; i < dimensions.Length; i++) dimensions[i] = rawArray.GetLongLength(i);
        Tensor result = Aten.Call("empty.memory_format", dimensions, type);
        Span<byte> bytes = result.bytes;
        MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(rawArray), bytes.Length).CopyTo(bytes);
        return Finished(Placed(result, dtype, device), requires_grad, names);
    }

    /// <inheritdoc cref="from_array(Array, ScalarType?, Device?, bool, string[])"/>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    private static Tensor OfScalar<T>(T scalar, ScalarType? dtype, Device? device, bool requires_grad) where T : unmanaged =>
        OfArray([scalar], [], dtype, device, requires_grad, null);

    private static Tensor OfArray<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> dimensions, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) where T : unmanaged
    {
        long elements = 1;
        foreach (long size in dimensions) elements = checked(elements * size);
        if (elements != values.Length)
            throw new ArgumentException($"{values.Length} values don't make a tensor of the shape [{string.Join(", ", dimensions.ToArray())}]");
        Tensor result = Aten.Call("empty.memory_format", dimensions.ToArray(), TypeOf<T>());
        MemoryMarshal.AsBytes(values).CopyTo(result.bytes);
        return Finished(Placed(result, dtype, device), requires_grad, names);
    }

    private static ReadOnlySpan<T> Span<T>(IList<T> values) => values switch
    {
        T[] array => array,
        List<T> list => CollectionsMarshal.AsSpan(list),
        _ => values.ToArray(),
    };

    private static Tensor Placed(Tensor tensor, ScalarType? dtype, Device? device) =>
        dtype is null && device is null ? tensor : tensor.to(dtype ?? tensor.dtype, device ?? CPU, disposeAfter: true);

    private static Tensor Finished(Tensor tensor, bool requires_grad, string[]? names = null)
    {
        if (names is not null) throw new NotSupportedException("Dimensions can't be named here");
        return requires_grad ? tensor.requires_grad_() : tensor;
    }
}
