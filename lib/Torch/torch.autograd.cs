namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>Adds to <c>grad</c> of each leaf that asks for it, or of <paramref name="inputs"/> alone.</summary>
        /// <param name="retain_graph">Keep the graph for another pass; null means where <paramref name="create_graph"/> is set.</param>
        public static unsafe void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            fixed (nint* outputs = Handles(tensors), grads = Handles(grad_tensors, tensors.Count), leaves = Handles(inputs))
                Library.Check(Library.torch_backward(outputs, grads, tensors.Count, retain_graph ?? create_graph ? 1 : 0, create_graph ? 1 : 0, leaves, inputs?.Count ?? 0));
            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
            GC.KeepAlive(inputs);
        }

        /// <inheritdoc cref="backward(IList{Tensor}, IList{Tensor}, bool?, bool, IList{Tensor})"/>
        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        /// <inheritdoc cref="backward(IList{Tensor}, IList{Tensor}, bool?, bool, IList{Tensor})"/>
        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        /// <summary>Until what it returns is disposed, a backward that fails tells which operation forward it belongs to, and one that gives NaN fails.</summary>
        public static AnomalyMode detect_anomaly(bool check_nan = true) => new(true, check_nan);

        /// <inheritdoc cref="detect_anomaly"/>
        public static AnomalyMode set_detect_anomaly(bool mode, bool check_nan = true) => new(mode, check_nan);

        /// <summary>The gradients of <paramref name="outputs"/> by <paramref name="inputs"/>, left out of <c>grad</c>.</summary>
        /// <param name="allow_unused">An input that the outputs don't depend on gets an invalid tensor, not an exception.</param>
        public static unsafe IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var results = new Value[inputs.Count];
            fixed (nint* from = Handles(outputs), grads = Handles(grad_outputs, outputs.Count), to = Handles(inputs))
            fixed (Value* result = results)
                Library.Check(Library.torch_autograd_grad(from, grads, outputs.Count, to, inputs.Count, retain_graph || create_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, result));
            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return Array.ConvertAll(results, value => new Tensor(value));
        }

        /// <param name="expected">Of gradients, how many there have to be; one may be null where its tensor is a scalar.</param>
        private static nint[] Handles(IList<Tensor>? tensors, int expected = -1)
        {
            if (tensors is null) return [];
            if (expected >= 0 && tensors.Count != expected) throw new ArgumentException($"{tensors.Count} gradients were given for {expected} tensors");
            var handles = new nint[tensors.Count];
            for (int i = 0; i < handles.Length; i++) handles[i] = expected < 0 || tensors[i] is not null ? tensors[i].Handle : 0;
            return handles;
        }
    }

    /// <summary>Until it is disposed, nothing on this thread is recorded for backward.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);
    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);
    public static bool is_grad_enabled() => Library.torch_is_grad_enabled() != 0;

    /// <summary>As <see cref="no_grad"/>, and cheaper; what is made within can never be part of a graph.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => Library.torch_is_inference_mode() != 0;

    private sealed class GradMode : IDisposable
    {
        private readonly int before = Library.torch_is_grad_enabled();

        public GradMode(bool on) => Library.torch_set_grad_enabled(on ? 1 : 0);
        public void Dispose() => Library.torch_set_grad_enabled(before);
    }

    private sealed class InferenceMode(bool on) : IDisposable
    {
        private nint mode = Library.torch_enter_inference_mode(on ? 1 : 0);

        public void Dispose()
        {
            if (mode != 0) Library.torch_leave_inference_mode(mode);
            mode = 0;
        }
    }
}
