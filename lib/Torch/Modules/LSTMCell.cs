using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>One step of an LSTM: [N, features] and the states [N, hidden] give the next states; also without N.</summary>
    public sealed class LSTMCell : nn.Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor)>
    {
        private readonly CellWeights weights;

        internal LSTMCell(CellWeights weights) : base(nameof(LSTMCell))
        {
            this.weights = weights;
            weights.Register(this);
        }

        public Parameter weight_ih => weights.InputWeight;
        public Parameter weight_hh => weights.HiddenWeight;
        public Parameter? bias_ih => weights.InputBias;
        public Parameter? bias_hh => weights.HiddenBias;

        /// <param name="h0_c0">The hidden and cell states before; zeros if none are given.</param>
        public override (Tensor, Tensor) forward(Tensor input, (Tensor, Tensor)? h0_c0)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = CellWeights.Batch(input);
            (Tensor h, Tensor c) = Aten.Call2("lstm_cell", x, new[] { weights.State(h0_c0?.Item1, x), weights.State(h0_c0?.Item2, x) }, weight_ih, weight_hh, bias_ih, bias_hh);
            return input.dim() == 1 ? (h.squeeze(0).MoveToOuterDisposeScope(), c.squeeze(0).MoveToOuterDisposeScope()) : (h.MoveToOuterDisposeScope(), c.MoveToOuterDisposeScope());
        }

        /// <inheritdoc cref="forward"/>
        public new (Tensor, Tensor) call(Tensor input, (Tensor, Tensor)? h0_c0 = null) => base.call(input, h0_c0);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static LSTMCell LSTMCell(long inputSize, long hiddenSize, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(new CellWeights(4, inputSize, hiddenSize, bias, device, dtype));
        }
    }
}
