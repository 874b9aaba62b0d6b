using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The rows of several tensors with equally many.</summary>
    public sealed class TensorDataset : utils.data.IterableDataset
    {
        private readonly Tensor[] tensors;

        internal TensorDataset(Tensor[] tensors)
        {
            if (tensors.Length == 0) throw new ArgumentException("A dataset of tensors wants one at least");
            if (tensors.Any(t => t.dim() == 0 || t.size(0) != tensors[0].size(0)))
                throw new ArgumentException($"The tensors of a dataset have equally many rows; theirs have the shapes {string.Join(", ", tensors.Select(t => $"[{string.Join(", ", t.shape)}]"))}");
            this.tensors = [.. tensors.Select(t => t.alias().DetachFromDisposeScope())];
        }

        public override long Count => tensors[0].size(0);
        public IList<Tensor> this[long index] => GetTensor(index);

        public override IList<Tensor> GetTensor(long index) => Array.ConvertAll(tensors, t => t.select(0, index));

        protected override void Dispose(bool disposing)
        {
            foreach (Tensor tensor in tensors) tensor.Dispose();
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class utils
        {
            public static partial class data
            {
                public static TensorDataset TensorDataset(params Tensor[] tensors) => new(tensors);
            }
        }
    }
}
