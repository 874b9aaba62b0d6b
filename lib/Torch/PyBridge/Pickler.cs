using System.Buffers.Binary;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.PyBridge;

/// <summary>Writes a pickle of protocol 2, which every Python since 2.3 reads, and gathers the storages of its tensors.</summary>
internal sealed class Pickler
{
    private readonly MemoryStream bytes = new();
    private readonly Dictionary<(nint, ScalarType), (int key, long count)> known = [];

    /// <summary>The elements of each storage, by its number; the caller disposes them.</summary>
    public List<Tensor> Storages { get; } = [];

    public byte[] Write(object root)
    {
        bytes.Write([0x80, 2]);
        Value(root);
        bytes.WriteByte((byte)'.');
        return bytes.ToArray();
    }

    private void Value(object? value)
    {
        switch (value)
        {
            case null: Op('N'); break;
            case bool truth: bytes.WriteByte(truth ? (byte)0x88 : (byte)0x89); break;
            case int number: Long(number); break;
            case long number: Long(number); break;
            case double number:
                Op('G');
                Span<byte> real = stackalloc byte[8];
                BinaryPrimitives.WriteDoubleBigEndian(real, number);
                bytes.Write(real);
                break;
            case string text: Text(text); break;
            case Tensor tensor: TensorValue(tensor); break;
            case object?[] tuple:
                Op('(');
                foreach (object? item in tuple) Value(item);
                Op('t');
                break;
            case List<object?> list:
                Op(']');
                Op('(');
                foreach (object? item in list) Value(item);
                Op('e');
                break;
            case OrderedDictionary<object, object?> dictionary:
                Global("collections", "OrderedDict");
                Op(')');
                Op('R');
                Items(dictionary);
                break;
            case Dictionary<object, object?> dictionary:
                Op('}');
                Items(dictionary);
                break;
            default: throw new NotSupportedException($"A {value.GetType()} is not written to a checkpoint");
        }
    }

    private void Items(IEnumerable<KeyValuePair<object, object?>> items)
    {
        Op('(');
        foreach ((object key, object? value) in items)
        {
            Value(key);
            Value(value);
        }
        Op('u');
    }

    private void TensorValue(Tensor tensor)
    {
        (int key, long count, Tensor view) = StorageOf(tensor);
        using (view)
        {
            Global("torch._utils", "_rebuild_tensor_v2");
            Op('(');
            Op('(');
            Text("storage");
            Global("torch", StorageTypes.Name(view.dtype));
            Text(key.ToString());
            Text("cpu");
            Long(count);
            Op('t');
            Op('Q');
            Long(view.storage_offset());
            Value(view.shape.Select(s => (object?)s).ToArray());
            Value(view.stride().Select(s => (object?)s).ToArray());
            bytes.WriteByte(0x89);
            Global("collections", "OrderedDict");
            Op(')');
            Op('R');
            Op('t');
            Op('R');
        }
    }

    /// <summary>The storage that the tensor, or its copy on the CPU, is a view of.</summary>
    private unsafe (int key, long count, Tensor view) StorageOf(Tensor tensor)
    {
        using Tensor detached = tensor.detach(), conjugated = detached.resolve_conj(), negated = conjugated.resolve_neg();
        Tensor view = negated.cpu();
        Description d = view.DescribeMemory();
        var begin = (nint)d.Data - (nint)(d.StorageOffset * d.ElementSize);
        if (d.Data == null || !known.TryGetValue((begin, view.dtype), out (int key, long count) storage))
        {
            storage = (Storages.Count, d.StorageBytes / d.ElementSize);
            if (d.Data != null) known[(begin, view.dtype)] = storage;
            Storages.Add(Aten.Call("as_strided", view, new[] { storage.count }, new[] { 1L }, 0).DetachFromDisposeScope());
        }
        return (storage.key, storage.count, view);
    }

    private void Global(string module, string name) => bytes.Write(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));

    private void Text(string text)
    {
        byte[] encoded = Encoding.UTF8.GetBytes(text);
        Op('X');
        bytes.Write(BitConverter.GetBytes(encoded.Length));
        bytes.Write(encoded);
    }

    private void Long(long value)
    {
        switch (value)
        {
            case >= 0 and < 256: bytes.Write([(byte)'K', (byte)value]); break;
            case >= int.MinValue and <= int.MaxValue:
                Op('J');
                bytes.Write(BitConverter.GetBytes((int)value));
                break;
            default:
                bytes.Write([0x8a, 8]);
                bytes.Write(BitConverter.GetBytes(value));
                break;
        }
    }

    private void Op(char opcode) => bytes.WriteByte((byte)opcode);
}
