using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Elman's recurrent network. Shapes as in <see cref="LSTM"/>, with one state.</summary>
    public sealed class RNN : nn.Module<Tensor, Tensor?, (Tensor, Tensor)>
    {
        private readonly RecurrentWeights weights;
        private readonly bool relu;

        internal RNN(RecurrentWeights weights, nn.NonLinearities nonLinearity) : base(nameof(RNN))
        {
            this.weights = weights;
            relu = nonLinearity == nn.NonLinearities.ReLU;
            weights.Register(this);
        }

        /// <param name="h0">The state to start from; zeros if none is given.</param>
        /// <returns>The output and the last state.</returns>
        public override (Tensor, Tensor) forward(Tensor input, Tensor? h0)
        {
            using var batch = new RecurrentBatch(input, weights.Features, weights.BatchFirst);
            using Tensor? zeros = h0 is null ? weights.InitialState(batch) : null;
            Tensor first = batch.State(h0, weights) ?? zeros!;
            (Tensor output, Tensor h) = relu
                ? Aten.Call2("rnn_relu.input", batch.Input, first, weights.Parameters, weights.Bias, weights.Layers, weights.Dropout, training, weights.Bidirectional, weights.BatchFirst)
                : Aten.Call2("rnn_tanh.input", batch.Input, first, weights.Parameters, weights.Bias, weights.Layers, weights.Dropout, training, weights.Bidirectional, weights.BatchFirst);
            return (batch.Output(output), batch.LastState(h));
        }

        /// <inheritdoc cref="forward"/>
        public new (Tensor, Tensor) call(Tensor input, Tensor? h0 = null) => base.call(input, h0);

        /// <summary>Of packed sequences: the output of each step, packed alike, and each sequence's last state.</summary>
        public (nn.utils.rnn.PackedSequence, Tensor) call(nn.utils.rnn.PackedSequence input, Tensor? h0 = null)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor first = weights.State(input, h0);
            (Tensor output, Tensor h) = relu
                ? Aten.Call2("rnn_relu.data", input.data, input.batch_sizes, first, weights.Parameters, weights.Bias, weights.Layers, weights.Dropout, training, weights.Bidirectional)
                : Aten.Call2("rnn_tanh.data", input.data, input.batch_sizes, first, weights.Parameters, weights.Bias, weights.Layers, weights.Dropout, training, weights.Bidirectional);
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
            public enum NonLinearities { ReLU, Tanh }

            /// <param name="dropout">Applied to the output of each layer but the last.</param>
            public static RNN RNN(long inputSize, long hiddenSize, long numLayers = 1, NonLinearities nonLinearity = NonLinearities.Tanh, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, Device? device = null, ScalarType? dtype = null) =>
                new(new RecurrentWeights(1, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, device, dtype), nonLinearity);
        }
    }
}
