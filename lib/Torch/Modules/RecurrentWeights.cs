using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The weights of a recurrent network of any kind, in the order in which libtorch takes them and Python draws them.</summary>
internal sealed class RecurrentWeights
{
    private readonly List<(string name, Parameter parameter)> named = [];
    private readonly long hidden;

    /// <param name="gates">4 in an LSTM, 3 in a GRU.</param>
    public RecurrentWeights(int gates, long input, long hidden, long layers, bool bias, bool batchFirst, double dropout, bool bidirectional, Device? device, ScalarType? dtype)
    {
        if (input <= 0 || hidden <= 0 || layers <= 0) throw new ArgumentException($"Sizes and layers of a recurrent network are above zero; they are {input}, {hidden} and {layers}");
        this.hidden = hidden;
        Features = input;
        Layers = layers;
        Bias = bias;
        BatchFirst = batchFirst;
        Dropout = dropout;
        Bidirectional = bidirectional;
        double bound = 1 / Math.Sqrt(hidden);
        for (long layer = 0; layer < layers; layer++)
        {
            foreach (string suffix in bidirectional ? new[] { "", "_reverse" } : [""])
            {
                Add($"weight_ih_l{layer}{suffix}", gates * hidden, layer == 0 ? input : hidden * Directions);
                Add($"weight_hh_l{layer}{suffix}", gates * hidden, hidden);
                if (!bias) continue;
                Add($"bias_ih_l{layer}{suffix}", gates * hidden);
                Add($"bias_hh_l{layer}{suffix}", gates * hidden);
            }
        }
        Parameters = [.. named.Select(n => n.parameter)];

        void Add(string name, params long[] size)
        {
            using Tensor data = empty(size, dtype, device);
            named.Add((name, (Parameter)nn.init.uniform_(new Parameter(data), -bound, bound)));
        }
    }

    public long Features { get; }
    public long Layers { get; }
    public bool Bias { get; }
    public bool BatchFirst { get; }
    public double Dropout { get; }
    public bool Bidirectional { get; }
    public Tensor[] Parameters { get; }

    private int Directions => Bidirectional ? 2 : 1;

    public void Register(nn.Module module)
    {
        foreach ((string name, Parameter parameter) in named) module.register_parameter(name, parameter);
    }

    /// <summary>Zeros, [layers × directions, N, hidden].</summary>
    public Tensor InitialState(RecurrentBatch batch) => zeros(Layers * Directions, batch.Size, hidden, batch.Input.dtype, batch.Input.device);

    /// <summary>The state that packed sequences start from, in their order: <paramref name="given"/>, or zeros.</summary>
    public Tensor State(nn.utils.rnn.PackedSequence input, Tensor? given)
    {
        long batch = input.batch_sizes[0].item<long>();
        if (given is null) return zeros(Layers * Directions, batch, hidden, input.data.dtype, input.data.device);
        Check(given, batch);
        return Ordered(given, input.sorted_indices);
    }

    /// <summary>Checks a state's shape, which libtorch does not: it broadcasts, or reads beyond the state.</summary>
    /// <param name="batch">None where there is but one sequence.</param>
    public void Check(Tensor state, long? batch)
    {
        long[] expected = batch is { } sequences ? [Layers * Directions, sequences, hidden] : [Layers * Directions, hidden];
        if (!state.shape.SequenceEqual(expected)) throw new ArgumentException($"The network starts from a state of the shape [{string.Join(", ", expected)}], and the one given has [{string.Join(", ", state.shape)}]");
    }

    /// <summary>A state's batch in another order; as it is where <paramref name="order"/> is null.</summary>
    public static Tensor Ordered(Tensor state, Tensor? order) => order is null ? state : state.index_select(1, order);
}
