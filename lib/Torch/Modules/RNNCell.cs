using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>One step of a plain recurrent network: [N, features] and the state [N, hidden] give the next state; also without N.</summary>
    public sealed class RNNCell : nn.Module<Tensor, Tensor?, Tensor>
    {
        private readonly CellWeights weights;
        private readonly bool relu;

        internal RNNCell(CellWeights weights, nn.NonLinearities nonLinearity) : base(nameof(RNNCell))
        {
            this.weights = weights;
            relu = nonLinearity == nn.NonLinearities.ReLU;
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
            Tensor x = CellWeights.Batch(input), h = weights.State(h0, x);
            Tensor next = relu ? Aten.Call("rnn_relu_cell", x, h, weight_ih, weight_hh, bias_ih, bias_hh) : Aten.Call("rnn_tanh_cell", x, h, weight_ih, weight_hh, bias_ih, bias_hh);
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
            public static RNNCell RNNCell(long inputSize, long hiddenSize, NonLinearities nonLinearity = NonLinearities.Tanh, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(new CellWeights(1, inputSize, hiddenSize, bias, device, dtype), nonLinearity);
        }
    }
}
