namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            public static partial class rnn
            {
                /// <summary>The steps of all sequences, step by step: first those of step 0 of every sequence, longest first.</summary>
                public sealed class PackedSequence : IDisposable
                {
                    internal PackedSequence(Tensor data, Tensor batchSizes, Tensor? sorted, Tensor? unsorted)
                    {
                        this.data = data;
                        batch_sizes = batchSizes;
                        sorted_indices = sorted!;
                        unsorted_indices = unsorted!;
                    }

                    /// <summary>[all steps together, …].</summary>
                    public Tensor data { get; }

                    /// <summary>How many sequences have so many steps: [longest].</summary>
                    public Tensor batch_sizes { get; }

                    /// <summary>Where each sequence, longest first, was before; null where they came sorted.</summary>
                    public Tensor sorted_indices { get; }

                    /// <summary>The way back; null where they came sorted.</summary>
                    public Tensor unsorted_indices { get; }

                    /// <summary>Other steps of the same sequences.</summary>
                    internal PackedSequence With(Tensor other) => new(other, batch_sizes.alias(), sorted_indices?.alias(), unsorted_indices?.alias());

                    public PackedSequence MoveToOuterDisposeScope() => Each(t => t.MoveToOuterDisposeScope());
                    public PackedSequence DetachFromDisposeScope() => Each(t => t.DetachFromDisposeScope());

                    public void Dispose() => Each(t => t.Dispose());

                    private PackedSequence Each(Action<Tensor> act)
                    {
                        foreach (Tensor? tensor in new[] { data, batch_sizes, sorted_indices, unsorted_indices })
                            if (tensor is not null) act(tensor);
                        return this;
                    }
                }
            }
        }
    }
}
