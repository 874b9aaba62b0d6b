using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Gated recurrent unit. Shapes as in <see cref="LSTM"/>, with one state.</summary>
    public sealed class GRU : nn.Module<Tensor, Tensor?, (Tensor, Tensor)>
    {
        private readonly RecurrentWeights weights;

        internal GRU(RecurrentWeights weights) : base(nameof(GRU))
        {
            this.weights = weights;
            weights.Register(this);
        }

        /// <param name="h0">The state to start from; zeros if none is given.</param>
        /// <returns>The output and the last state.</returns>
        public override (Tensor, Tensor) forward(Tensor input, Tensor? h0 = null)
        {
            using var batch = new RecurrentBatch(input, weights.Features, weights.BatchFirst);
            using Tensor? zeros = h0 is null ? weights.InitialState(batch) : null;
            (Tensor output, Tensor h) = Aten.Call2("gru.input", batch.Input, batch.State(h0, weights) ?? zeros, weights.Parameters, weights.Bias, weights.Layers, weights.Dropout, training, weights.Bidirectional, weights.BatchFirst);
            return (batch.Output(output), batch.LastState(h));
        }

        /// <inheritdoc cref="forward"/>
        public new (Tensor, Tensor) call(Tensor input, Tensor? h0 = null) => base.call(input, h0);

        /// <summary>Of packed sequences: the output of each step, packed alike, and each sequence's last state.</summary>
        public (nn.utils.rnn.PackedSequence, Tensor) call(nn.utils.rnn.PackedSequence input, Tensor? h0 = null)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor first = weights.State(input, h0);
            (Tensor output, Tensor h) = Aten.Call2("gru.data", input.data, input.batch_sizes, first, weights.Parameters, weights.Bias, weights.Layers, weights.Dropout, training, weights.Bidirectional);
            return (input.With(output).MoveToOuterDisposeScope(), RecurrentWeights.Ordered(h, input.unsorted_indices).MoveToOuterDisposeScope());
        }

        /// <summary>The weights lie as the CPU wants them already.</summary>
        public void flatten_parameters() { }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <param name="dropout">Applied to the output of each layer but the last.</param>
            public static GRU GRU(long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, Device? device = null, ScalarType? dtype = null) =>
                new(new RecurrentWeights(3, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, device, dtype));
        }
    }
}
