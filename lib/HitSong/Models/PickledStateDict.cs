using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// A state dict as <c>torch.save</c> has written it since 2020: a zip archive of the numbers that tensors lie in, and
/// of a pickle that says by name of each where, with which shape and strides. The pickle is read as data, as Python's
/// own <c>weights_only</c> reads it: what it names beyond tensors is refused, and nothing is called.
/// </summary>
/// <remarks>
/// In the place of PyBridge's <c>PyTorchUnpickler</c>, whose faults cannot be mended from outside: it makes room for
/// what a file claims, takes any name for a class, fails on views, and says of a damaged file whatever went wrong.
/// </remarks>
internal sealed class PickledStateDict : IDisposable
{
    // Some 20,000 tensors. What is unpickled takes more memory than the pickle.
    private const int LongestPickle = 1 << 22;

    private static readonly Dictionary<string, (ScalarType Type, int Bytes)> types = new()
    {
        ["torch.DoubleStorage"] = (float64, 8),
        ["torch.FloatStorage"] = (float32, 4),
        ["torch.HalfStorage"] = (float16, 2),
        ["torch.BFloat16Storage"] = (bfloat16, 2),
        ["torch.LongStorage"] = (int64, 8),
        ["torch.IntStorage"] = (int32, 4),
        ["torch.ShortStorage"] = (int16, 2),
        ["torch.CharStorage"] = (int8, 1),
        ["torch.ByteStorage"] = (uint8, 1),
        ["torch.BoolStorage"] = (torch.@bool, 1),
    };

    private static readonly object mark = new();

    private readonly string path;
    private readonly string folder;
    private readonly ZipArchive zip;
    private readonly Dictionary<Storage, Tensor> storages = [];
    private readonly OrderedDictionary<string, StoredTensor> tensors = [];
    private readonly OrderedDictionary<object, object?>? metadata;
    private long room;

    /// <param name="file">The file; stays open.</param>
    /// <param name="room">Bytes that may be read beyond the file's length: PyBridge writes compressed archives.</param>
    /// <exception cref="HitSongException">It holds anything but a state dict.</exception>
    /// <exception cref="Exception">It is damaged; of many types.</exception>
    public PickledStateDict(FileStream file, long room)
    {
        (path, this.room) = (file.Name, file.Length + room);
        byte[] head = new byte[4];
        file.ReadAtLeast(head, 4, throwOnEndOfStream: false);
        if (head is [0x80, 2, 0x8a, 10])
            throw new HitSongException(
                $"{path} is in the form that torch.save had before 2020. Convert it in Python:\n"
                    + Checkpoint.Python(path, "FILE")
            );
        if (head is not [(byte)'P', (byte)'K', 3, 4])
            throw new InvalidDataException("it begins as no file of torch.save does");

        file.Position = 0;
        zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        ZipArchiveEntry pickle =
            zip.Entries.FirstOrDefault(entry => entry.FullName.EndsWith("/data.pkl", StringComparison.Ordinal))
            ?? throw new InvalidDataException("it has no data.pkl");
        folder = pickle.FullName[..^"data.pkl".Length];
        if (pickle.Length > LongestPickle)
            throw new InvalidDataException($"its data.pkl of {pickle.Length} bytes is too long for a state dict");
        byte[] bytes = new byte[Taken(pickle)];
        using (Stream content = pickle.Open())
            content.ReadExactly(bytes);
        Unpickler unpickler = new(path, bytes);
        Collect(unpickler.Read());
        metadata = unpickler.Metadata;
    }

    /// <summary>The tensors' shapes by name, in the file's order.</summary>
    public IEnumerable<KeyValuePair<string, long[]>> Shapes =>
        tensors.Select(tensor => KeyValuePair.Create(tensor.Key, Numbers(tensor.Value.Shape)));

    /// <summary>
    /// The version of the module that a tensor is of, as <c>_metadata</c> has it; null where it says none.
    /// </summary>
    public long? VersionOf(string name)
    {
        string module = name[..Math.Max(0, name.LastIndexOf('.'))];
        return
            metadata?.GetValueOrDefault(module) is OrderedDictionary<object, object?> of
            && of.GetValueOrDefault("version") is long version
            ? version
            : null;
    }

    /// <summary>A tensor; those that share memory in the file do so here.</summary>
    /// <exception cref="Exception">It is damaged; of many types.</exception>
    public Tensor Read(string name)
    {
        StoredTensor tensor = tensors[name];
        (long[] shape, long[] strides) = (Numbers(tensor.Shape), Numbers(tensor.Strides));
        Int128 last =
            tensor.Offset
            + shape
                .Zip(strides)
                .Aggregate(Int128.Zero, (sum, dimension) => sum + (Int128)(dimension.First - 1) * dimension.Second);
        bool isSound =
            shape.Length == strides.Length && tensor.Offset >= 0 && shape.Concat(strides).All(number => number >= 0);
        if (!isSound || (last >= tensor.Storage.Count && !shape.Contains(0)))
            throw new InvalidDataException($"{name} reaches beyond the {tensor.Storage.Count} numbers that it lies in");

        if (shape.Contains(0))
            return empty(shape, tensor.Storage.Type);
        if (!storages.TryGetValue(tensor.Storage, out Tensor? numbers))
            storages[tensor.Storage] = numbers = Read(tensor.Storage);
        return numbers.as_strided(shape, strides, tensor.Offset);
    }

    /// <inheritdoc/>
    public void Dispose() => zip.Dispose();

    private Tensor Read(Storage storage)
    {
        ZipArchiveEntry entry =
            zip.GetEntry($"{folder}data/{storage.Key}")
            ?? throw new InvalidDataException($"its part data/{storage.Key} is missing");
        if ((Int128)storage.Count * storage.Bytes != Taken(entry))
            throw new InvalidDataException(
                $"its part data/{storage.Key} is said to hold {storage.Count} numbers and has {entry.Length} bytes"
            );
        Tensor numbers = empty([storage.Count], storage.Type);
        using Stream content = entry.Open();
        numbers.ReadBytesFromStream(content);
        return numbers;
    }

    // An archive can claim more than it has, and name the same bytes many times.
    private long Taken(ZipArchiveEntry entry) =>
        (room -= entry.Length) >= 0
            ? entry.Length
            : throw new InvalidDataException("its parts are longer than it can be");

    private void Collect(object? root)
    {
        const string Advice = "Save the weights alone, in Python: torch.save(model.state_dict(), path)";
        if (root is not OrderedDictionary<object, object?> state)
            throw new HitSongException($"{path} holds no state dict. {Advice}");

        if (state.FirstOrDefault(entry => IsNested(entry.Value)).Key is string nested && Checkpoint.IsPlain(nested))
            throw new HitSongException(
                $"{path} has its weights under \"{nested}\", beside what else belongs to a training. "
                    + $"Take them out in Python:\n{Checkpoint.Python(path, $"FILE[\"{nested}\"]")}"
            );
        foreach ((object key, object? value) in state)
        {
            if (key is not string name || value is not StoredTensor tensor)
                throw new HitSongException($"{path} has {key}, which is no tensor with a name. {Advice}");
            tensors[name] = tensor;
        }

        static bool IsNested(object? value) =>
            value is OrderedDictionary<object, object?> inner && inner.Values.Any(tensor => tensor is StoredTensor);
    }

    private static long[] Numbers(object?[] tuple) => [.. tuple.Cast<long>()];

    private sealed record Global(string Name);

    private sealed record Storage(string Key, ScalarType Type, int Bytes, long Count);

    // Tuples as the pickle has them, of which one can stand in many tensors: copies could take more than the file does.
    private sealed record StoredTensor(Storage Storage, long Offset, object?[] Shape, object?[] Strides);

    // The opcodes that torch.save and PyBridge write (https://github.com/python/cpython/blob/main/Lib/pickletools.py).
    private sealed class Unpickler(string path, byte[] pickle)
    {
        private readonly List<object?> stack = [];
        private readonly Dictionary<long, object?> memo = [];
        private int at;

        /// <summary>
        /// A state dict's <c>_metadata</c>: of each module by name its version; null where there is none.
        /// </summary>
        public OrderedDictionary<object, object?>? Metadata { get; private set; }

        public object? Read()
        {
            for (char opcode = (char)Byte(); opcode != '.'; opcode = (char)Byte())
            {
                switch (opcode)
                {
                    // The protocol, which says nothing that the opcodes don't.
                    case '\u0080':
                        Byte();
                        break;
                    case 'b':
                        if (Pop() is OrderedDictionary<object, object?> attributes)
                            Metadata = attributes.GetValueOrDefault("_metadata") as OrderedDictionary<object, object?>;
                        break;
                    case 'a':
                        AddTo(PopLast(1));
                        break;
                    case 'e':
                        AddTo(PopToMark());
                        break;
                    case 's':
                        SetIn(PopLast(2));
                        break;
                    case 'u':
                        SetIn(PopToMark());
                        break;
                    case 'q':
                        memo[Byte()] = Top();
                        break;
                    case 'r':
                        memo[UInt32()] = Top();
                        break;
                    default:
                        stack.Add(Value(opcode));
                        break;
                }
            }
            return Pop();
        }

        private object? Value(char opcode) =>
            opcode switch
            {
                '(' => mark,
                'N' => null,
                '\u0088' => true,
                '\u0089' => false,
                'K' => (long)Byte(),
                'M' => (long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)),
                'J' => (long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)),
                '\u008a' => Whole(Bytes(Byte())),
                'G' => BinaryPrimitives.ReadDoubleBigEndian(Bytes(8)),
                'X' => Encoding.UTF8.GetString(Bytes(UInt32())),
                ')' => Array.Empty<object?>(),
                '\u0085' => PopLast(1),
                '\u0086' => PopLast(2),
                '\u0087' => PopLast(3),
                't' => PopToMark(),
                ']' => new List<object?>(),
                '}' => new OrderedDictionary<object, object?>(),
                'h' => memo[Byte()],
                'j' => memo[UInt32()],
                'c' => Named($"{Line()}.{Line()}"),
                'Q' => Stored(Pop()),
                'R' => Made(arguments: Pop(), what: Pop()),
                _ => throw Damaged($"has the opcode 0x{(int)opcode:x2}, which torch.save does not write"),
            };

        private Global Named(string name) =>
            types.ContainsKey(name)
            || name
                is "collections.OrderedDict"
                    or "torch._utils._rebuild_tensor_v2"
                    or "torch._utils._rebuild_parameter"
                ? new(name)
                : throw new HitSongException(
                    $"{path} asks for {name}, and nothing of it was executed: weights are tensors alone. "
                        + "Where you trust it, save those alone, in Python: torch.save(model.state_dict(), path)"
                );

        private static Storage Stored(object? id) =>
            id is object?[] and ["storage", Global type, string key, string, long count]
            && types.TryGetValue(type.Name, out (ScalarType Type, int Bytes) numbers)
            && count >= 0
                ? new(key, numbers.Type, numbers.Bytes, count)
                : throw Damaged("does not say where a tensor lies");

        private static object Made(object? what, object? arguments) =>
            (what, arguments) switch
            {
                // PyBridge gives it an empty tuple.
                (Global { Name: "collections.OrderedDict" }, object?[] and ([] or [object?[] and []])) =>
                    new OrderedDictionary<object, object?>(),
                (Global { Name: "torch._utils._rebuild_parameter" }, object?[] and [StoredTensor tensor, ..]) => tensor,
                (
                    Global { Name: "torch._utils._rebuild_tensor_v2" },
                    object?[]
                        and [Storage storage, long offset, object?[] shape, object?[] strides, ..]
                ) when AreNumbers(shape) && AreNumbers(strides) => new StoredTensor(storage, offset, shape, strides),
                _ => throw Damaged("makes no tensor of what it has"),
            };

        // libtorch has at most 64 dimensions.
        private static bool AreNumbers(object?[] tuple) => tuple.Length <= 64 && tuple.All(number => number is long);

        private void AddTo(object?[] items) => ((List<object?>)Top()!).AddRange(items);

        private void SetIn(object?[] items)
        {
            var dictionary = (OrderedDictionary<object, object?>)Top()!;
            foreach (object?[] pair in items.Chunk(2))
                dictionary[pair[0]!] = pair[1];
        }

        private object? Top() => stack[^1] != mark ? stack[^1] : throw Damaged("takes a value where there is none");

        private object? Pop()
        {
            object? value = Top();
            stack.RemoveAt(stack.Count - 1);
            return value;
        }

        private object?[] PopToMark()
        {
            object?[] values = PopLast(stack.Count - 1 - stack.LastIndexOf(mark));
            stack.RemoveAt(stack.Count - 1);
            return values;
        }

        private object?[] PopLast(int count)
        {
            object?[] values = [.. stack[^count..]];
            stack.RemoveRange(stack.Count - count, count);
            return values;
        }

        private byte Byte() => Bytes(1)[0];

        private uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

        private string Line()
        {
            int length = pickle.AsSpan(at).IndexOf((byte)'\n');
            string line = Encoding.UTF8.GetString(Bytes(length));
            at++;
            return line;
        }

        private ReadOnlySpan<byte> Bytes(long count)
        {
            if (count < 0 || count > pickle.Length - at)
                throw Damaged("does not end");
            at += (int)count;
            return pickle.AsSpan(at - (int)count, (int)count);
        }

        private static object Whole(ReadOnlySpan<byte> bytes) =>
            new BigInteger(bytes) is var number && number >= long.MinValue && number <= long.MaxValue
                ? (object)(long)number
                : number;

        private static InvalidDataException Damaged(string how) => new($"its pickle {how}");
    }
}
