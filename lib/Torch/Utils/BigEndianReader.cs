using System.Buffers.Binary;

namespace TorchSharp.Utils;

/// <summary>Reads integers whose highest byte comes first, as MNIST's files have them.</summary>
public class BigEndianReader(BinaryReader baseReader)
{
    public Stream BaseStream => baseReader.BaseStream;

    /// <exception cref="EndOfStreamException">The stream ends before.</exception>
    public int ReadInt32() => BinaryPrimitives.ReverseEndianness(baseReader.ReadInt32());

    /// <summary>Bytes as they stand.</summary>
    public byte[] ReadBytes(int count) => baseReader.ReadBytes(count);

    /// <summary>Bytes in reverse.</summary>
    public byte[] ReadBigEndianBytes(int count)
    {
        byte[] bytes = baseReader.ReadBytes(count);
        Array.Reverse(bytes);
        return bytes;
    }

    public void Close() => baseReader.Close();
}
