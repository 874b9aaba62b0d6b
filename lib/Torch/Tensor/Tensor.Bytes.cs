namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The element at a place in row-major order, of a tensor on the CPU whose elements are of that type.</summary>
        public bool ReadCpuBool(long i) => data<bool>()[i];

        /// <inheritdoc cref="ReadCpuBool"/>
        public byte ReadCpuByte(long i) => data<byte>()[i];

        /// <inheritdoc cref="ReadCpuBool"/>
        public sbyte ReadCpuSByte(long i) => data<sbyte>()[i];

        /// <inheritdoc cref="ReadCpuBool"/>
        public short ReadCpuInt16(long i) => data<short>()[i];

        /// <inheritdoc cref="ReadCpuBool"/>
        public int ReadCpuInt32(long i) => data<int>()[i];

        /// <inheritdoc cref="ReadCpuBool"/>
        public long ReadCpuInt64(long i) => data<long>()[i];

        /// <inheritdoc cref="ReadCpuBool"/>
        public float ReadCpuFloat16(long i) => (float)data<Half>()[i];

        /// <inheritdoc cref="ReadCpuBool"/>
        public float ReadCpuBFloat16(long i) => (float)data<BFloat16>()[i];

        /// <inheritdoc cref="ReadCpuBool"/>
        public float ReadCpuSingle(long i) => data<float>()[i];

        /// <inheritdoc cref="ReadCpuBool"/>
        public double ReadCpuDouble(long i) => data<double>()[i];

        /// <inheritdoc cref="ReadCpuBool"/>
        public T ReadCpuValue<T>(long i) where T : unmanaged => data<T>()[i];

        /// <summary>Writes the elements alone, row by row, in the machine's byte order.</summary>
        /// <param name="bufferSize">The pieces that a stream is given are the library's own.</param>
        public void WriteBytesToStream(Stream stream, int bufferSize = 1024) => TensorBytes.Write(stream, this);

        /// <summary>Reads what <see cref="WriteBytesToStream"/> wrote, for a tensor of the same type and shape.</summary>
        /// <param name="bufferSize">The pieces that a stream is asked for are the library's own.</param>
        /// <exception cref="InvalidDataException">The stream ends before.</exception>
        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            using IDisposable mode = no_grad();
            using Tensor read = TensorBytes.Read(stream, dtype, shape, numel() * element_size());
            copy_(read);
        }
    }
}
