using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>A function with a backward of its own, as torch.autograd.Function. Derive from <see cref="SingleTensorFunction{T}"/> or <see cref="MultiTensorFunction{T}"/>.</summary>
        /// <typeparam name="T">The deriving class itself.</typeparam>
        public abstract class Function<T> where T : Function<T>, new()
        {
            /// <summary>What messages call it.</summary>
            public abstract string Name { get; }

            private protected abstract List<Tensor> Forward(AutogradContext ctx, object[] vars);
            private protected abstract List<Tensor> Backward(AutogradContext ctx, List<Tensor> grads);

            /// <summary>Computes the function, and puts it into the graph where one of the tensors asks for a gradient.</summary>
            /// <param name="vars">Tensors and whatever else forward takes.</param>
            public static unsafe List<Tensor> apply_internal(params object[] vars)
            {
                var function = new T();
                var context = new AutogradContext();
                List<Tensor> outputs;
                using (no_grad()) outputs = function.Forward(context, vars);
                int[] positions = [.. Enumerable.Range(0, vars.Length).Where(i => vars[i] is Tensor { IsInvalid: false })];
                Tensor[] inputs = [.. positions.Select(i => (Tensor)vars[i])];
                if (!is_grad_enabled() || !inputs.Any(t => t.requires_grad)) return outputs;

                var call = new Call(function.Name, context, vars.Length, positions, function.Backward);
                var results = new nint[outputs.Count];
                // Native code releases the call with the graph, also where it fails.
                nint state = GCHandle.ToIntPtr(GCHandle.Alloc(call));
                fixed (nint* from = Handles(inputs), to = Handles(outputs), saved = Handles(context.Saved), dirty = Handles(context.Dirty), constant = Handles(context.Constant), result = results)
                    Library.Check(Library.torch_function(from, inputs.Length, to, outputs.Count, saved, context.Saved.Count, dirty, context.Dirty.Count, constant, context.Constant.Count,
                        context.MaterializeGrads ? 1 : 0, state, &Call.Backward, &Call.Release, result));
                GC.KeepAlive(vars);
                GC.KeepAlive(context.Saved);
                context.Recorded();
                return [.. outputs.Zip(results, Output)];

                // libtorch mostly writes the history into the very tensor that it was given.
                static Tensor Output(Tensor output, nint result)
                {
                    if (output.Handle != result) return new Tensor(new Value { Kind = Kind.Tensor, Bits = result });
                    Library.torch_free(result);
                    return output;
                }
            }

            private static nint[] Handles(IEnumerable<Tensor?> tensors) => [.. tensors.Select(t => t is null or { IsInvalid: true } ? 0 : t.Handle)];
        }

        /// <summary>A function of one result.</summary>
        /// <inheritdoc cref="Function{T}"/>
        public abstract class SingleTensorFunction<T> : Function<T> where T : SingleTensorFunction<T>, new()
        {
            public abstract Tensor forward(AutogradContext ctx, params object[] vars);

            /// <returns>A gradient for each of the vars, null for what has none.</returns>
            public abstract List<Tensor> backward(AutogradContext ctx, Tensor grad_output);

            public static Tensor apply(params object[] vars) => apply_internal(vars)[0];

            private protected override List<Tensor> Forward(AutogradContext ctx, object[] vars) => [forward(ctx, vars)];
            private protected override List<Tensor> Backward(AutogradContext ctx, List<Tensor> grads) => backward(ctx, grads[0]);
        }

        /// <summary>A function of several results.</summary>
        /// <inheritdoc cref="Function{T}"/>
        public abstract class MultiTensorFunction<T> : Function<T> where T : MultiTensorFunction<T>, new()
        {
            public abstract List<Tensor> forward(AutogradContext ctx, params object[] vars);

            /// <returns>A gradient for each of the vars, null for what has none.</returns>
            public abstract List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs);

            public static List<Tensor> apply(params object[] vars) => apply_internal(vars);

            private protected override List<Tensor> Forward(AutogradContext ctx, object[] vars) => forward(ctx, vars);
            private protected override List<Tensor> Backward(AutogradContext ctx, List<Tensor> grads) => backward(ctx, grads);
        }

        /// <summary>What a function's forward leaves for its backward.</summary>
        public class AutogradContext : IDisposable
        {
            private readonly Dictionary<string, object> data = [];

            internal AutogradContext() { }

            internal List<Tensor?> Saved { get; private set; } = [];
            internal List<Tensor?> Dirty { get; private set; } = [];
            internal List<Tensor?> Constant { get; private set; } = [];

            /// <summary>Whether backward gets zeros for a result that nothing depends on; at first it does.</summary>
            public bool MaterializeGrads { get; private set; } = true;

            public void set_materialize_grads(bool value) => MaterializeGrads = value;

            /// <summary>Keeps tensors, inputs and results of forward above all; a null comes back as an invalid tensor.</summary>
            public void save_for_backward(List<Tensor> tensors) => Saved = [.. tensors];

            /// <summary>The kept tensors, during backward.</summary>
            public List<Tensor> get_saved_variables() => [.. Saved.Select(t => t!)];

            /// <summary>Inputs that forward changed in place.</summary>
            public void mark_dirty(List<Tensor> tensors) => Dirty = [.. tensors];

            /// <summary>Results that have no gradient.</summary>
            public void mark_non_differentiable(List<Tensor> tensors) => Constant = [.. tensors];

            public void save_data(string key, object value) => data[key] = value;

            /// <exception cref="KeyNotFoundException">Nothing was saved under the key.</exception>
            public object get_data(string key) => data[key];

            public void Dispose() => data.Clear();

            /// <summary>From here on the graph keeps the tensors.</summary>
            internal void Recorded() => (Saved, Dirty, Constant) = ([], [], []);

            /// <summary>Runs backward with the tensors as the graph gives them back.</summary>
            internal List<Tensor> During(List<Tensor> saved, Func<List<Tensor>> backward)
            {
                lock (data)
                {
                    Saved = [.. saved];
                    try { return backward(); }
                    finally { Saved = []; }
                }
            }
        }

        /// <summary>One application of a function, as the graph keeps it.</summary>
        private sealed class Call(string name, AutogradContext context, int vars, int[] positions, Func<AutogradContext, List<Tensor>, List<Tensor>> backward)
        {
            [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
            public static void Release(nint state) => GCHandle.FromIntPtr(state).Free();

            [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
            public static unsafe int Backward(nint state, nint* saved, int savedCount, nint* grads, int gradCount, nint* results)
            {
                var call = (Call)GCHandle.FromIntPtr(state).Target!;
                try
                {
                    call.Backward(new ReadOnlySpan<nint>(saved, savedCount), new ReadOnlySpan<nint>(grads, gradCount), results);
                    return 0;
                }
                catch (Exception e)
                {
                    Library.torch_set_error($"{call.Name}: backward failed: {e.GetType().Name}: {e.Message}");
                    return -1;
                }
            }

            private string Name => name;

            private unsafe void Backward(ReadOnlySpan<nint> saved, ReadOnlySpan<nint> grads, nint* results)
            {
                using DisposeScope scope = NewDisposeScope();
                List<Tensor> kept = Borrowed(saved), given = Borrowed(grads);
                List<Tensor?> own = [.. context.During(kept, () => backward(context, given))];
                if (own.Count < vars || own.Skip(vars).Any(t => t is { IsInvalid: false })) throw new InvalidOperationException($"it returned {own.Count} gradients for {vars} arguments");
                for (int i = 0; i < vars; i++)
                    if (own[i] is { IsInvalid: false } && !positions.Contains(i)) throw new InvalidOperationException($"it returned a gradient for argument {i}, which is no tensor");
                for (int i = 0; i < positions.Length; i++)
                    results[i] = own[positions[i]] is { IsInvalid: false } grad ? Library.torch_share(grad.Handle) : 0;
            }

            private static List<Tensor> Borrowed(ReadOnlySpan<nint> handles)
            {
                var tensors = new List<Tensor>();
                foreach (nint handle in handles) tensors.Add(new Tensor(new Value { Kind = Kind.Tensor, Bits = handle == 0 ? 0 : Library.torch_share(handle) }));
                return tensors;
            }
        }

        public static class functional
        {
            /// <summary>The derivatives of a function's result by its input, shaped as the result and then the input.</summary>
            public static Tensor jacobian(Func<Tensor, Tensor> function, Tensor inputs) => jacobian((Tensor[] x) => new[] { function(x[0]) }, [inputs]).Single();

            /// <summary>The derivatives of each result by the input.</summary>
            public static IEnumerable<Tensor> jacobian(Func<Tensor, Tensor[]> function, Tensor inputs) => jacobian((Tensor[] x) => function(x[0]), [inputs]);

            /// <summary>The derivatives of the result by each input.</summary>
            public static IEnumerable<Tensor> jacobian(Func<Tensor[], Tensor> function, Tensor[] inputs) => jacobian((Tensor[] x) => new[] { function(x) }, inputs);

            /// <summary>The derivatives of each result by each input: those of the first result by all inputs, then those of the next.</summary>
            public static IEnumerable<Tensor> jacobian(Func<Tensor[], Tensor[]> function, Tensor[] inputs)
            {
                using DisposeScope scope = NewDisposeScope();
                using IDisposable mode = enable_grad();
                Tensor[] x = Array.ConvertAll(inputs, t => t.detach().requires_grad_());
                var jacobians = new List<Tensor>();
                foreach (Tensor output in function(x))
                {
                    Tensor flat = output.reshape(-1);
                    Tensor[][] rows = [.. Enumerable.Range(0, (int)flat.numel()).Select(i => Row(flat[i]))];
                    for (int i = 0; i < x.Length; i++)
                    {
                        long[] shape = [.. output.shape, .. x[i].shape];
                        jacobians.Add((rows.Length == 0 ? zeros(shape, x[i].dtype, x[i].device) : stack([.. rows.Select(r => r[i])]).reshape(shape)).detach().MoveToOuterDisposeScope());
                    }
                }
                return jacobians;

                // What an output does not depend on has the derivative 0.
                Tensor[] Row(Tensor element) => element.requires_grad
                    ? [.. grad([element], x, retain_graph: true, allow_unused: true).Zip(x, (g, t) => g.IsInvalid ? zeros_like(t) : g)]
                    : [.. x.Select(t => zeros_like(t))];
            }
        }
    }
}
