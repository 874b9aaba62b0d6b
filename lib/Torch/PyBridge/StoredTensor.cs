using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.PyBridge;

/// <summary>Elements in a checkpoint that tensors share: their type, their key and how many they are.</summary>
internal sealed record Storage(ScalarType Type, string Key, long Count)
{
    /// <summary>The elements, once they are read.</summary>
    public Tensor? Elements { get; set; }
}

/// <summary>A tensor in a checkpoint: a view of a storage.</summary>
internal sealed record StoredTensor(Storage Storage, long Offset, long[] Size, long[] Stride)
{
    /// <summary>The tensor itself, once the storage is read; it shares the storage's memory.</summary>
    /// <exception cref="InvalidDataException">It reaches beyond its storage.</exception>
    public Tensor View()
    {
        bool empty = Size.Contains(0);
        Int128 last = Offset;
        for (int i = 0; i < Size.Length && i < Stride.Length; i++) last += (Int128)(Size[i] - 1) * Stride[i];
        if (Size.Length != Stride.Length || Size.Any(s => s < 0) || Stride.Any(s => s < 0) || Offset < 0 || (!empty && last >= Storage.Count))
            throw Checkpoint.Damaged($"a tensor of shape [{string.Join(", ", Size)}], strides [{string.Join(", ", Stride)}] and offset {Offset} reaches beyond its {Storage.Count} elements");
        try
        {
            return empty ? torch.empty(Size, Storage.Type, CPU) : Aten.Call("as_strided", Storage.Elements, Size, Stride, Offset);
        }
        catch (ExternalException e)
        {
            throw Checkpoint.Damaged($"a tensor of shape [{string.Join(", ", Size)}] is too large", e);
        }
    }
}
