using System.Collections;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor on the CPU, read and written in place, in row-major order whatever the strides.</summary>
/// <typeparam name="T">The .NET type of the tensor's own elements.</typeparam>
public sealed class TensorAccessor<T> : IEnumerable<T>, IDisposable where T : unmanaged
{
    private readonly Tensor tensor;

    internal TensorAccessor(Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU) throw new InvalidOperationException($"Elements are read on the CPU; this tensor is on {tensor.device}: call cpu() first");
        if (tensor.dtype != TypeOf<T>()) throw new InvalidOperationException($"This tensor's elements are of type {tensor.dtype}, which are no {typeof(T).Name}: call to({TypeOf<T>()}) first");
        tensor.DescribeMemory();
        this.tensor = tensor;
    }

    public long Count => tensor.numel();
    public bool IsReadOnly => false;

    /// <param name="indices">One for each dimension; a single index counts in row-major order.</param>
    public unsafe T this[params long[] indices]
    {
        get
        {
            T value = *Element(indices);
            GC.KeepAlive(tensor);
            return value;
        }
        set
        {
            *Element(indices) = value;
            GC.KeepAlive(tensor);
        }
    }

    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array);
        return array;
    }

    /// <summary>An array of the tensor's rank.</summary>
    public Array ToNDArray()
    {
        if (tensor.dim() == 0) return ToArray();
        var array = Array.CreateInstance(typeof(T), tensor.shape);
        Span<byte> bytes = MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), checked((int)(Count * tensor.element_size())));
        MemoryMarshal.AsBytes<T>(ToArray()).CopyTo(bytes);
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies the elements from <paramref name="tensorIndex"/> on to <paramref name="array"/>, from <paramref name="arrayIndex"/> on.</summary>
    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        using Tensor? copy = tensor.is_contiguous() ? null : tensor.contiguous();
        MemoryMarshal.Cast<byte, T>((copy ?? tensor).bytes)[checked((int)tensorIndex)..].CopyTo(array[arrayIndex..]);
        GC.KeepAlive(tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    /// <summary>Writes the elements from <paramref name="tensorIndex"/> on with those of <paramref name="array"/> from <paramref name="arrayIndex"/> on.</summary>
    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        ReadOnlySpan<T> values = array[arrayIndex..];
        if (tensor.is_contiguous())
        {
            values.CopyTo(MemoryMarshal.Cast<byte, T>(tensor.bytes)[checked((int)tensorIndex)..]);
            GC.KeepAlive(tensor);
            return;
        }
        for (int i = 0; i < values.Length; i++) this[tensorIndex + i] = values[i];
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Nothing to free: the tensor stays as it is.</summary>
    public void Dispose() { }

    private unsafe T* Element(long[] indices)
    {
        Description d = tensor.Describe();
        long offset = 0;
        if (indices.Length == 1 && d.Dimensions != 1)
        {
            long rest = indices[0];
            Check(rest, d.Elements);
            for (int i = d.Dimensions - 1; i >= 0; i--)
            {
                (rest, long at) = Math.DivRem(rest, d.Sizes[i]);
                offset += at * d.Strides[i];
            }
        }
        else
        {
            if (indices.Length != d.Dimensions) throw new ArgumentException($"{indices.Length} indices for a tensor of {d.Dimensions} dimensions");
            for (int i = 0; i < indices.Length; i++)
            {
                Check(indices[i], d.Sizes[i]);
                offset += indices[i] * d.Strides[i];
            }
        }
        return (T*)d.Data + offset;

        static void Check(long index, long size)
        {
            if (index < 0 || index >= size) throw new IndexOutOfRangeException($"Index {index} is outside of 0 … {size - 1}");
        }
    }
}
