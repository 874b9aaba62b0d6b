using System.Text;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>An operator's argument, still with the managed object it comes from, which therefore lives through the call.</summary>
internal readonly struct Arg
{
    private readonly object? source;
    private readonly long bits;
    private readonly Kind kind;

    private Arg(Kind kind, long bits, object? source = null)
    {
        this.kind = kind;
        this.bits = bits;
        this.source = source;
    }

    /// <summary>The operator's own default.</summary>
    public static Arg Default => default;

    private static Arg None => new(Kind.None, 0);

    public static implicit operator Arg(Tensor? value) => value is null ? None : new(Kind.Tensor, value.Handle, value);
    public static implicit operator Arg(int value) => new(Kind.Int, value);
    public static implicit operator Arg(long value) => new(Kind.Int, value);
    public static implicit operator Arg(long? value) => value is { } v ? v : None;
    public static implicit operator Arg(double value) => new(Kind.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(double? value) => value is { } v ? v : None;
    public static implicit operator Arg(bool value) => new(Kind.Bool, value ? 1 : 0);
    public static implicit operator Arg(bool? value) => value is { } v ? v : None;
    public static implicit operator Arg(long[]? value) => value is null ? None : new(Kind.Ints, 0, value);
    public static implicit operator Arg(double[]? value) => value is null ? None : new(Kind.Doubles, 0, value);
    public static implicit operator Arg(Tensor[] value) => new(Kind.Tensors, 0, value);
    public static implicit operator Arg(string? value) => value is null ? None : new(Kind.String, 0, value);
    // libtorch looks a type up in tables without looking at its number.
    public static implicit operator Arg(ScalarType value) => value is >= ScalarType.Byte and <= ScalarType.BFloat16 ? new(Kind.Int, (long)value) : throw new ArgumentException($"{value} is no element type");
    public static implicit operator Arg(ScalarType? value) => value is { } v ? v : None;
    public static implicit operator Arg(Device? value) => value is null ? None : new(Kind.Device, value.Packed);
    public static implicit operator Arg(Generator? value) => value is null ? None : new(Kind.Generator, value.Handle, value);
    public static implicit operator Arg(Scalar? value) => value is null ? None : new(value.Kind, value.Bits, value.Kind == Kind.Complex ? new[] { value.AsDouble, value.Imaginary } : null);

    /// <summary>A list in which null stands for "not indexed", as aten::index takes it.</summary>
    public static Arg Optional(Tensor?[] tensors) => new(Kind.OptionalTensors, 0, tensors);

    /// <summary>How many words of scratch memory <see cref="Write"/> needs.</summary>
    public int Words => kind switch
    {
        Kind.Ints or Kind.Doubles or Kind.Complex or Kind.Tensors or Kind.OptionalTensors => ((Array)source!).Length,
        Kind.String => (Encoding.UTF8.GetByteCount((string)source!) + 7) / 8,
        _ => 0,
    };

    /// <summary>Writes the argument for native code, its list into <paramref name="scratch"/>.</summary>
    public unsafe void Write(Value* target, long* scratch)
    {
        target->Kind = kind;
        target->Bits = bits;
        switch (kind)
        {
            case Kind.Ints:
                long[] ints = (long[])source!;
                ints.CopyTo(new Span<long>(scratch, ints.Length));
                SetList(target, scratch, ints.Length);
                break;
            case Kind.Doubles or Kind.Complex:
                double[] doubles = (double[])source!;
                doubles.CopyTo(new Span<double>(scratch, doubles.Length));
                SetList(target, scratch, doubles.Length);
                break;
            case Kind.Tensors or Kind.OptionalTensors:
                Tensor?[] tensors = (Tensor?[])source!;
                for (int i = 0; i < tensors.Length; i++) scratch[i] = tensors[i]?.Handle ?? 0;
                SetList(target, scratch, tensors.Length);
                break;
            case Kind.String:
                string text = (string)source!;
                SetList(target, scratch, Encoding.UTF8.GetBytes(text, new Span<byte>(scratch, 8 * Words)));
                break;
        }
    }

    public void KeepAlive() => GC.KeepAlive(source);

    private static unsafe void SetList(Value* target, long* list, int count)
    {
        target->Bits = (nint)list;
        target->Count = count;
    }
}
