using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>
/// Calls an ATen operator by the name its schema has (<c>add.Tensor</c>), with its arguments in the schema's order;
/// those left out at the end take the schema's defaults. See native_functions.yaml of PyTorch for the schemas.
/// </summary>
internal static unsafe class Aten
{
    private static readonly ConcurrentDictionary<string, nint> operators = new();

    /// <summary>An operator that returns one tensor.</summary>
    public static Tensor Call(string name, params ReadOnlySpan<Arg> arguments)
    {
        Value result;
        Invoke(name, arguments, &result, 1);
        return new Tensor(result);
    }

    /// <summary>An operator whose result is not wanted, since it is its first argument.</summary>
    public static void Run(string name, params ReadOnlySpan<Arg> arguments) => Invoke(name, arguments, null, 0);

    /// <summary>An operator that returns two tensors.</summary>
    public static (Tensor, Tensor) Call2(string name, params ReadOnlySpan<Arg> arguments)
    {
        Value* results = stackalloc Value[2];
        Invoke(name, arguments, results, 2);
        return (new Tensor(results[0]), new Tensor(results[1]));
    }

    /// <summary>An operator that returns three tensors.</summary>
    public static (Tensor, Tensor, Tensor) Call3(string name, params ReadOnlySpan<Arg> arguments)
    {
        Value* results = stackalloc Value[3];
        Invoke(name, arguments, results, 3);
        return (new Tensor(results[0]), new Tensor(results[1]), new Tensor(results[2]));
    }

    /// <summary>An operator that returns four tensors.</summary>
    public static (Tensor, Tensor, Tensor, Tensor) Call4(string name, params ReadOnlySpan<Arg> arguments)
    {
        Value* results = stackalloc Value[4];
        Invoke(name, arguments, results, 4);
        return (new Tensor(results[0]), new Tensor(results[1]), new Tensor(results[2]), new Tensor(results[3]));
    }

    /// <summary>An operator that returns one tensor, written to <paramref name="out"/> where that is given.</summary>
    public static Tensor CallInto(Tensor? @out, string name, params ReadOnlySpan<Arg> arguments) =>
        @out is null ? Call(name, arguments) : Call(name + ".out", [.. arguments, @out]);

    /// <summary>An operator that returns a list of tensors.</summary>
    public static Tensor[] CallList(string name, params ReadOnlySpan<Arg> arguments)
    {
        Value result;
        Invoke(name, arguments, &result, 1);
        var items = (Value*)result.Bits;
        var tensors = new Tensor[result.Count];
        for (int i = 0; i < tensors.Length; i++) tensors[i] = new Tensor(items[i]);
        Library.torch_free_list((nint)result.Bits);
        return tensors;
    }

    /// <summary>An operator that returns a truth value.</summary>
    public static bool CallBool(string name, params ReadOnlySpan<Arg> arguments) => CallValue(name, arguments).Bits != 0;

    /// <summary>An operator that returns a number or a truth value.</summary>
    public static Value CallValue(string name, params ReadOnlySpan<Arg> arguments)
    {
        Value result;
        Invoke(name, arguments, &result, 1);
        return result;
    }

    [SkipLocalsInit]
    private static void Invoke(string name, ReadOnlySpan<Arg> arguments, Value* results, int wanted)
    {
        if (!operators.TryGetValue(name, out nint op)) op = Find(name);
        int words = 0;
        foreach (ref readonly Arg argument in arguments) words += argument.Words;
        Value* values = stackalloc Value[arguments.Length];
        Span<long> memory = words <= 256 ? stackalloc long[words] : new long[words];
        fixed (long* scratch = memory)
        {
            long* free = scratch;
            for (int i = 0; i < arguments.Length; i++)
            {
                arguments[i].Write(values + i, free);
                free += arguments[i].Words;
            }
            Library.Check(Library.torch_call(op, values, arguments.Length, results, wanted));
        }
        // No tensor may be finalized while native code has but its handle.
        foreach (ref readonly Arg argument in arguments) argument.KeepAlive();
    }

    private static nint Find(string name)
    {
        int dot = name.IndexOf('.');
        nint op = Library.torch_find("aten::" + (dot < 0 ? name : name[..dot]), dot < 0 ? "" : name[(dot + 1)..]);
        if (op == 0) throw new NotSupportedException($"libtorch {torch.__version__} has no operator aten::{name}");
        operators[name] = op;
        return op;
    }
}
