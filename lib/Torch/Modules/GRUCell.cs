using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>One step of a GRU: [N, features] and the state [N, hidden] give the next state; also without N.</summary>
    public sealed class GRUCell : nn.Module<Tensor, Tensor?, Tensor>
    {
        private readonly CellWeights weights;

        internal GRUCell(CellWeights weights) : base(nameof(GRUCell))
        {
            this.weights = weights;
            weights.Register(this);
        }

        public Parameter weight_ih => weights.InputWeight;
        public Parameter weight_hh => weights.HiddenWeight;
        public Parameter? bias_ih => weights.InputBias;
        public Parameter? bias_hh => weights.HiddenBias;

        /// <param name="h0">The state before; zeros if none is given.</param>
        public override Tensor forward(Tensor input, Tensor? h0 = null)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = CellWeights.Batch(input);
            Tensor next = Aten.Call("gru_cell", x, weights.State(h0, x), weight_ih, weight_hh, bias_ih, bias_hh);
            return (input.dim() == 1 ? next.squeeze(0) : next).MoveToOuterDisposeScope();
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static GRUCell GRUCell(long inputSize, long hiddenSize, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(new CellWeights(3, inputSize, hiddenSize, bias, device, dtype));
        }
    }
}
