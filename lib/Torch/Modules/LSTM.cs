using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>
    /// Long short-term memory. Input [steps, N, features], or [N, steps, features] with batchFirst, or [steps, features];
    /// output likewise, with hidden units (twice with bidirectional) for features; states [layers × directions, N, hidden].
    /// </summary>
    public sealed class LSTM : nn.Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor, Tensor)>
    {
        private readonly RecurrentWeights weights;

        internal LSTM(RecurrentWeights weights) : base(nameof(LSTM))
        {
            this.weights = weights;
            weights.Register(this);
        }

        /// <param name="h0_c0">The states to start from; zeros if none are given.</param>
        /// <returns>The output, and the last hidden and cell states.</returns>
        public override (Tensor, Tensor, Tensor) forward(Tensor input, (Tensor, Tensor)? h0_c0 = null)
        {
            using var batch = new RecurrentBatch(input, weights.Features, weights.BatchFirst);
            using Tensor? zeros = h0_c0 is null ? weights.InitialState(batch) : null;
            Tensor h0 = batch.State(h0_c0?.Item1, weights) ?? zeros!, c0 = batch.State(h0_c0?.Item2, weights) ?? zeros!;
            (Tensor output, Tensor h, Tensor c) = Aten.Call3("lstm.input", batch.Input, new[] { h0, c0 }, weights.Parameters, weights.Bias, weights.Layers, weights.Dropout, training, weights.Bidirectional, weights.BatchFirst);
            return (batch.Output(output), batch.LastState(h), batch.LastState(c));
        }

        /// <inheritdoc cref="forward"/>
        public new (Tensor, Tensor, Tensor) call(Tensor input, (Tensor, Tensor)? h0_c0 = null) => base.call(input, h0_c0);

        /// <summary>Of packed sequences: the output of each step, packed alike, and each sequence's last states.</summary>
        public (nn.utils.rnn.PackedSequence, Tensor, Tensor) call(nn.utils.rnn.PackedSequence input, (Tensor, Tensor)? h0_c0 = null)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor h0 = weights.State(input, h0_c0?.Item1), c0 = weights.State(input, h0_c0?.Item2);
            (Tensor output, Tensor h, Tensor c) = Aten.Call3("lstm.data", input.data, input.batch_sizes, new[] { h0, c0 }, weights.Parameters, weights.Bias, weights.Layers, weights.Dropout, training, weights.Bidirectional);
            return (input.With(output).MoveToOuterDisposeScope(), RecurrentWeights.Ordered(h, input.unsorted_indices).MoveToOuterDisposeScope(), RecurrentWeights.Ordered(c, input.unsorted_indices).MoveToOuterDisposeScope());
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
            public static LSTM LSTM(long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, Device? device = null, ScalarType? dtype = null) =>
                new(new RecurrentWeights(4, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, device, dtype));
        }
    }
}
