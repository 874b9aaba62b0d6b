using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace TorchSharp.PyBridge;

/// <summary>
/// Reads one Python pickle as data. It makes dictionaries, lists (<c>List&lt;object?&gt;</c>), tuples (<c>object?[]</c>), strings,
/// numbers, and what stands for a tensor and its storage; it calls nothing, and refuses whatever else a pickle asks for by its name.
/// </summary>
/// <param name="stream">Seekable; left behind the pickle's end.</param>
/// <param name="storage">Answers to a persistent id, which is a tuple.</param>
internal sealed class Unpickler(Stream stream, Func<object?[], Storage> storage)
{
    private static readonly object mark = new();

    private readonly List<object?> stack = [];
    private readonly Dictionary<long, object?> memo = [];
    private long copied;

    /// <summary>What a global's name stands for, where it is one of those that rebuild a state dict.</summary>
    private sealed record Global(string Name);

    /// <exception cref="InvalidDataException">It is damaged, or asks for what is not read here.</exception>
    public object? Read()
    {
        while (true)
        {
            int opcode = Byte();
            switch (opcode)
            {
                case 0x80: // PROTO
                    if (Byte() is var protocol and > 5) throw Damaged($"its pickle is of protocol {protocol}");
                    break;
                case 0x95: Bytes(8); break; // FRAME
                case '.':
                    object? result = Pop();
                    return stack.Count == 0 ? result : throw Damaged("its pickle ends with values left over");
                case '(': Push(mark); break;
                case '0': Pop(); break;
                case '1': PopMark(); break;
                case '2': Push(Peek()); break;
                case 'N': Push(null); break;
                case 0x88: Push(true); break;
                case 0x89: Push(false); break;
                case 'K': Push((long)Byte()); break;
                case 'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2))); break;
                case 'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4))); break;
                case 0x8a: Push(Long(Bytes(Byte()))); break; // LONG1
                case 'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8))); break;
                case 'X': Push(Text(UInt32())); break; // BINUNICODE
                case 0x8c: Push(Text(Byte())); break; // SHORT_BINUNICODE
                case 'U': Push(Encoding.Latin1.GetString(Bytes(Byte()))); break; // SHORT_BINSTRING, as Python 2 wrote its names
                case ')': Push(Array.Empty<object?>()); break;
                case 0x85: Push(PopTuple(1)); break;
                case 0x86: Push(PopTuple(2)); break;
                case 0x87: Push(PopTuple(3)); break;
                case 't': Push(PopMark()); break;
                case ']': Push(new List<object?>()); break;
                case 'l': Push(new List<object?>(PopMark())); break;
                case 'a': Append([Pop()]); break;
                case 'e': Append(PopMark()); break;
                case '}': Push(new OrderedDictionary<object, object?>()); break;
                case 'd': Push(Set([], PopMark())); break;
                case 's': Set(Last<OrderedDictionary<object, object?>>(2), PopTuple(2)); break;
                case 'u':
                    object?[] items = PopMark();
                    Set(Last<OrderedDictionary<object, object?>>(0), items);
                    break;
                case 'q': memo[Byte()] = Peek(); break;
                case 'r': memo[UInt32()] = Peek(); break;
                case 0x94: memo[memo.Count] = Peek(); break; // MEMOIZE
                case 'h': Push(Recalled(Byte())); break;
                case 'j': Push(Recalled(UInt32())); break;
                case 'c': Push(Named(Line() + "." + Line())); break;
                case 0x93: // STACK_GLOBAL
                    (string name, string module) = (Pop<string>(), Pop<string>());
                    Push(Named($"{module}.{name}"));
                    break;
                case 'Q': Push(storage(Pop<object?[]>())); break; // BINPERSID
                case 'R':
                    object?[] arguments = Pop<object?[]>();
                    Push(Made(Pop<Global>().Name, arguments));
                    break;
                case 'b': // BUILD: the metadata of an OrderedDict, which says nothing that is needed
                    Pop();
                    Last<OrderedDictionary<object, object?>>(0);
                    break;
                default: throw Damaged($"its pickle has the opcode 0x{opcode:x2} at byte {stream.Position - 1}, which is not read");
            }
        }
    }

    private static object Named(string name) => name switch
    {
        "collections.OrderedDict" or "torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2" or "torch._utils._rebuild_parameter" or "torch.Size" => new Global(name),
        _ when StorageTypes.TryParse(name, out torch.ScalarType type) => type,
        _ => throw Damaged($"its pickle names {name}, which is not read: weights are tensors, numbers, strings and containers"),
    };

    private object? Made(string name, object?[] arguments)
    {
        switch (name, arguments)
        {
            case ("collections.OrderedDict", []): return new OrderedDictionary<object, object?>();
            case ("collections.OrderedDict", [List<object?> pairs]):
                Count(pairs.Count);
                return Set([], [.. pairs.SelectMany(pair => pair is List<object?> { Count: 2 } l ? [.. l] : pair is object?[] { Length: 2 } t ? t : throw Damaged("a dictionary of its pickle is not made of pairs"))]);
            case ("torch.Size", [object?[] sizes]): return sizes;
            case ("torch._utils._rebuild_parameter", [StoredTensor tensor, ..]): return tensor;
            case ("torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2", [Storage storage, long offset, object?[] size, object?[] stride, ..]):
                return new StoredTensor(storage, offset, Longs(size), Longs(stride));
            default: throw Damaged($"its pickle calls {name} with what that does not take");
        }

        long[] Longs(object?[] tuple)
        {
            Count(tuple.Length);
            return tuple.All(v => v is long) ? [.. tuple.Cast<long>()] : throw Damaged("a shape in its pickle is none");
        }
    }

    /// <summary>A pickle can name one long list or tuple often; no more elements are copied than it has bytes.</summary>
    private void Count(int elements)
    {
        if ((copied += elements) > stream.Length) throw Damaged("its pickle makes much of little");
    }

    private static OrderedDictionary<object, object?> Set(OrderedDictionary<object, object?> dictionary, object?[] items)
    {
        if (items.Length % 2 != 0) throw Damaged("a dictionary of its pickle has a key without a value");
        for (int i = 0; i < items.Length; i += 2)
            dictionary[items[i] is string or long or bool or double ? items[i]! : throw Damaged("a dictionary of its pickle has a key that is neither text nor number")] = items[i + 1];
        return dictionary;
    }

    private void Append(object?[] items) => Last<List<object?>>(0).AddRange(items);

    private void Push(object? value) => stack.Add(value);

    private object? Pop()
    {
        object? value = Peek();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private T Pop<T>() => Pop() is T value ? value : throw Damaged($"its pickle wants a {typeof(T).Name} where there is none");

    private object? Peek() => stack.Count > 0 && stack[^1] != mark ? stack[^1] : throw Damaged("its pickle takes a value where there is none");

    /// <summary>The value below the topmost <paramref name="above"/>.</summary>
    private T Last<T>(int above) => stack.Count > above && stack[^(above + 1)] is T value ? value : throw Damaged($"its pickle wants a {typeof(T).Name} where there is none");

    private object?[] PopTuple(int count)
    {
        var tuple = new object?[count];
        for (int i = count - 1; i >= 0; i--) tuple[i] = Pop();
        return tuple;
    }

    /// <summary>The values above the last mark, which goes too.</summary>
    private object?[] PopMark()
    {
        int at = stack.LastIndexOf(mark);
        if (at < 0) throw Damaged("its pickle ends a list that has no beginning");
        object?[] values = [.. stack[(at + 1)..]];
        stack.RemoveRange(at, stack.Count - at);
        return values;
    }

    private object? Recalled(long key) => memo.TryGetValue(key, out object? value) ? value : throw Damaged($"its pickle recalls value {key}, which it did not keep");

    private static object Long(byte[] bytes) => new BigInteger(bytes) is var value && value >= long.MinValue && value <= long.MaxValue ? (long)value : value;

    private string Text(long length)
    {
        try
        {
            return new UTF8Encoding(false, true).GetString(Bytes(length));
        }
        catch (DecoderFallbackException)
        {
            throw Damaged("a string of its pickle is no UTF-8");
        }
    }

    private string Line()
    {
        var text = new StringBuilder();
        for (int b = Byte(); b != '\n'; b = Byte())
            if (text.Append((char)b).Length > 1000) throw Damaged("a name in its pickle does not end");
        return text.ToString();
    }

    private uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    private int Byte() => stream.ReadByte() is var value and >= 0 ? value : throw Damaged("its pickle does not end");

    private byte[] Bytes(long count)
    {
        if (count > stream.Length - stream.Position) throw Damaged("its pickle does not end");
        byte[] bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static InvalidDataException Damaged(string why) => Checkpoint.Damaged(why);
}
