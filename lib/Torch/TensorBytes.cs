using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Tensors as bytes in a stream: row by row, in the machine's byte order.</summary>
internal static unsafe class TensorBytes
{
    private const int Piece = 1 << 20;

    /// <summary>Bytes that a shape takes; null where a size is below zero or the product is beyond 64 bits.</summary>
    public static long? Needed(ScalarType type, long[] shape)
    {
        Int128 bytes = type.ElementSize();
        foreach (long size in shape)
        {
            bytes *= size;
            if (size < 0 || bytes > long.MaxValue) return null;
        }
        return (long)bytes;
    }

    public static void Write(Stream stream, Tensor tensor)
    {
        using Tensor detached = tensor.detach(), conjugated = detached.resolve_conj(), negated = conjugated.resolve_neg(), onCpu = negated.cpu(), contiguous = onCpu.contiguous();
        var data = (byte*)contiguous.DescribeMemory().Data;
        long bytes = contiguous.numel() * contiguous.element_size();
        for (long done = 0; done < bytes; done += Piece) stream.Write(new ReadOnlySpan<byte>(data + done, (int)Math.Min(bytes - done, Piece)));
        GC.KeepAlive(contiguous);
    }

    /// <exception cref="InvalidDataException">The stream ends before.</exception>
    public static Tensor Read(Stream stream, ScalarType type, long[] shape, long bytes)
    {
        // What is not there is not made room for.
        if (stream.CanSeek && stream.Length - stream.Position < bytes) throw TooShort();
        Tensor tensor = empty(shape, type, CPU);
        var target = (byte*)tensor.Describe().Data;
        for (long done = 0; done < bytes;)
        {
            int read = stream.Read(new Span<byte>(target + done, (int)Math.Min(bytes - done, Piece)));
            if (read == 0) throw TooShort();
            done += read;
        }
        GC.KeepAlive(tensor);
        return tensor;
    }

    /// <exception cref="InvalidDataException">The stream ends before.</exception>
    public static void Skip(Stream stream, long bytes)
    {
        byte[] buffer = new byte[Math.Min(bytes, 1 << 16)];
        for (long left = bytes; left > 0;)
        {
            int read = stream.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0) throw TooShort();
            left -= read;
        }
    }

    private static InvalidDataException TooShort() => new("The file ends within a tensor");
}
