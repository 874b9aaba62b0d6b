using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The weights of one step of a recurrent network, drawn in Python's order.</summary>
internal sealed class CellWeights
{
    private readonly long hidden;

    /// <param name="gates">4 in an LSTM, 3 in a GRU, 1 in a plain network.</param>
    public CellWeights(int gates, long input, long hidden, bool bias, Device? device, ScalarType? dtype)
    {
        this.hidden = hidden;
        double bound = hidden > 0 ? 1 / Math.Sqrt(hidden) : 0;
        InputWeight = Drawn(gates * hidden, input);
        HiddenWeight = Drawn(gates * hidden, hidden);
        if (!bias) return;
        InputBias = Drawn(gates * hidden);
        HiddenBias = Drawn(gates * hidden);

        Parameter Drawn(params long[] size)
        {
            using Tensor data = empty(size, dtype, device);
            return (Parameter)nn.init.uniform_(new Parameter(data), -bound, bound);
        }
    }

    public Parameter InputWeight { get; }
    public Parameter HiddenWeight { get; }
    public Parameter? InputBias { get; }
    public Parameter? HiddenBias { get; }

    public void Register(nn.Module module)
    {
        module.register_parameter("weight_ih", InputWeight);
        module.register_parameter("weight_hh", HiddenWeight);
        if (InputBias is null) return;
        module.register_parameter("bias_ih", InputBias);
        module.register_parameter("bias_hh", HiddenBias!);
    }

    /// <summary>[N, features], of N = 1 where it has no such dimension.</summary>
    public static Tensor Batch(Tensor input) => input.dim() == 1 ? input.unsqueeze(0) : input;

    /// <summary>The state as [N, hidden]; zeros if none is given.</summary>
    public Tensor State(Tensor? state, Tensor batch) => state is null ? zeros(batch.shape[0], hidden, batch.dtype, batch.device) : Batch(state);
}
