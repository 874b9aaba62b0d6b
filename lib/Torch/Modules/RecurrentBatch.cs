using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The input of a recurrent network as a batch; a single sequence becomes a batch of one and its results come back without.</summary>
internal sealed class RecurrentBatch : IDisposable
{
    private readonly bool single;
    private readonly int batchDimension;
    private readonly List<Tensor> views = [];

    public RecurrentBatch(Tensor input, long features, bool batchFirst)
    {
        long[] shape = input.shape;
        if (shape.Length is not (2 or 3) || shape[^1] != features)
            throw new ArgumentException($"The network takes 2 or 3 dimensions, the last of {features} features, and its input has the shape [{string.Join(", ", shape)}]");
        single = shape.Length == 2;
        batchDimension = batchFirst ? 0 : 1;
        Input = single ? Kept(input.unsqueeze(batchDimension)) : input;
    }

    public Tensor Input { get; }
    public long Size => Input.shape[batchDimension];

    /// <summary>A state to start from, with its dimension of the batch; null where none is given.</summary>
    public Tensor? State(Tensor? given, RecurrentWeights weights)
    {
        if (given is null) return null;
        weights.Check(given, single ? null : Size);
        return single ? Kept(given.unsqueeze(1)) : given;
    }

    public Tensor Output(Tensor output) => single ? Squeezed(output, batchDimension) : output;
    public Tensor LastState(Tensor state) => single ? Squeezed(state, 1) : state;

    public void Dispose() => views.ForEach(v => v.Dispose());

    private Tensor Kept(Tensor view)
    {
        views.Add(view);
        return view;
    }

    private static Tensor Squeezed(Tensor tensor, int dimension)
    {
        using (tensor) return tensor.squeeze(dimension);
    }
}
