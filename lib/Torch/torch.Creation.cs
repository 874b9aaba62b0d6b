using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finished(Aten.Call("arange", stop, dtype, Arg.Default, InitializeDevice(device)), requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finished(Aten.Call("arange.start", start, stop, dtype, Arg.Default, InitializeDevice(device)), requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finished(Aten.Call("arange.start_step", start, stop, step, dtype, Arg.Default, InitializeDevice(device)), requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finished(Aten.Call("linspace", start, end, steps, dtype, Arg.Default, InitializeDevice(device)), requires_grad);

    /// <param name="columns">As many as <paramref name="rows"/> where it is −1.</param>
    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finished(Aten.Call("eye.m", rows, columns < 0 ? rows : columns, dtype, Arg.Default, InitializeDevice(device)), requires_grad, names);

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finished(Aten.Call("randint.low_generator", low, high, size, generator, dtype ?? ScalarType.Int64, Arg.Default, InitializeDevice(device)), requires_grad, names);

    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor randint(long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0, high, size.Shape, dtype, device, requires_grad, generator, names);

    public static Tensor randint(long low, long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(low, high, size.Shape, dtype, device, requires_grad, generator, names);

    /// <summary>A tensor that keeps its elements which are not zero alone.</summary>
    /// <param name="indices">Where they stand, [dimensions, n]; those of the same place are added up.</param>
    /// <param name="values">The elements, [n].</param>
    /// <param name="size">The shape.</param>
    public static Tensor sparse_coo_tensor(Tensor indices, Tensor values, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finished(Aten.Call("sparse_coo_tensor.indices_size", indices, values, size, dtype ?? values.dtype, Arg.Default, device ?? values.device), requires_grad, names);

    /// <inheritdoc cref="sparse_coo_tensor"/>
    public static Tensor sparse(Tensor indices, Tensor values, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        sparse_coo_tensor(indices, values, size, dtype, device, requires_grad, names);

    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Finished(Aten.Call("randperm.generator", n, generator, dtype ?? ScalarType.Int64, Arg.Default, InitializeDevice(device)), requires_grad);

    /// <summary>Numbers whose logarithms to a base are evenly spaced from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static Tensor logspace(double start, double end, long steps, double @base = 10, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finished(Aten.Call("logspace", start, end, steps, @base, dtype, Arg.Default, InitializeDevice(device)), requires_grad);

    /// <summary>Memory as it is found, of any strides.</summary>
    public static Tensor empty_strided(long[] size, long[] strides, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finished(Aten.Call("empty_strided", size, strides, dtype, Arg.Default, InitializeDevice(device)), requires_grad, names);

    /// <summary>Rows and columns of the elements on and below a diagonal, [2, elements].</summary>
    public static Tensor tril_indices(long row, long col, long offset = 0, ScalarType dtype = ScalarType.Int64, Device? device = null) => Aten.Call("tril_indices", row, col, offset, dtype, Arg.Default, InitializeDevice(device));

    /// <summary>Rows and columns of the elements on and above a diagonal, [2, elements].</summary>
    public static Tensor triu_indices(long row, long col, long offset = 0, ScalarType dtype = ScalarType.Int64, Device? device = null) => Aten.Call("triu_indices", row, col, offset, dtype, Arg.Default, InitializeDevice(device));

    public static Tensor randint(int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0, high, Array.ConvertAll(size, s => (long)s), dtype, device, requires_grad, generator, names);

    public static Tensor randint(int low, int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(low, high, Array.ConvertAll(size, s => (long)s), dtype, device, requires_grad, generator, names);

    public static Tensor randint_like(Tensor input, long low, long high, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finished(Aten.Call("randint_like.low_dtype", input, low, high, dtype, Arg.Default, device), requires_grad);

    /// <summary>A normal number for each pair of mean and standard deviation.</summary>
    public static Tensor normal(Tensor mean, Tensor std, Generator? generator = null) => Aten.Call("normal.Tensor_Tensor", mean, std, generator);

    public static Tensor normal(double mean, double std, ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finished(Aten.Call("normal.float_float", mean, std, size.ToArray(), generator, dtype, Arg.Default, InitializeDevice(device)), requires_grad, names);

    /// <summary>One number drawn from a uniform distribution between 0 and 1.</summary>
    public static double rand_float(Generator? generator = null)
    {
        using Tensor drawn = rand(1, generator: generator);
        return drawn.item<float>();
    }

    /// <summary>One number drawn from the standard normal distribution.</summary>
    public static double randn_float(Generator? generator = null)
    {
        using Tensor drawn = randn(1, generator: generator);
        return drawn.item<float>();
    }

    public static bool randint_bool(Generator? generator = null) => randint_long(2, generator) == 1;
    public static int randint_int(int high, Generator? generator = null) => (int)randint_long(high, generator);
    public static int randint_int(int low, int high, Generator? generator = null) => (int)randint_long(low, high, generator);
    public static long randint_long(long high, Generator? generator = null) => randint_long(0, high, generator);

    /// <summary>One integer from <paramref name="low"/> to before <paramref name="high"/>.</summary>
    public static long randint_long(long low, long high, Generator? generator = null)
    {
        using Tensor drawn = randint(low, high, [1], generator: generator);
        return drawn.item<long>();
    }

    /// <summary>A copy of <paramref name="count"/> elements of an array, from byte <paramref name="offset"/> on; −1 for all that follow.</summary>
    public static Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        int size = dtype.ElementSize();
        ReadOnlySpan<byte> bytes = MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(rawArray), Buffer.ByteLength(rawArray));
        if (offset < 0 || offset > bytes.Length || count > (bytes.Length - offset) / size)
            throw new ArgumentException($"{count} elements of {size} bytes from byte {offset} on are not in an array of {bytes.Length} bytes");
        long elements = count < 0 ? (bytes.Length - offset) / size : count;
        Tensor result = Aten.Call("empty.memory_format", new[] { elements }, dtype);
        bytes.Slice((int)offset, (int)(elements * size)).CopyTo(result.bytes);
        return Finished(result, requires_grad);
    }

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
        dtype is null && device is null && defaultDevice is null ? tensor : tensor.to(dtype ?? tensor.dtype, InitializeDevice(device), disposeAfter: true);

    private static Tensor Finished(Tensor tensor, bool requires_grad, string[]? names = null)
    {
        if (names is not null) throw new NotSupportedException("Dimensions can't be named here");
        return requires_grad ? tensor.requires_grad_() : tensor;
    }

}
