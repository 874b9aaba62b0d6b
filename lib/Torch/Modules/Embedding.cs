using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A row of the weight, [count, features], for each index.</summary>
    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        private readonly long? paddingIndex;
        private readonly double? maxNorm;
        private readonly double normType;
        private readonly bool scaleGrad;
        private readonly bool sparse;

        internal Embedding(Parameter weight, long? padding_idx, double? max_norm, double norm_type, bool scale_grad_by_freq, bool sparse) : base(nameof(Embedding))
        {
            long count = weight.shape[0];
            if (padding_idx < -count || padding_idx >= count) throw new ArgumentException($"The padding index {padding_idx} is none of {count} rows");
            this.weight = weight;
            paddingIndex = padding_idx < 0 ? padding_idx + count : padding_idx;
            maxNorm = max_norm;
            normType = norm_type;
            scaleGrad = scale_grad_by_freq;
            this.sparse = sparse;
        }

        public Parameter weight { get; set => Reregister("weight", field = value); }

        public override Tensor forward(Tensor input)
        {
            if (maxNorm is { } max)
                using (no_grad()) Aten.Run("embedding_renorm_", weight, input, max, normType);
            return Aten.Call("embedding", weight, input, paddingIndex ?? -1, scaleGrad, sparse);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <param name="padding_idx">A row that starts as zeros and is not learned.</param>
            /// <param name="max_norm">Rows that are longer than this are shortened to it when they are used.</param>
            public static Embedding Embedding(long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                Parameter weight = Uninitialized([num_embeddings, embedding_dims], device, dtype);
                init.normal_(weight);
                var embedding = new Embedding(weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
                if (padding_idx is { } row)
                {
                    using IDisposable no_grad = torch.no_grad();
                    using Tensor padding = weight[row];
                    padding.zero_();
                }
                return embedding;
            }

            /// <param name="freeze">Whether the rows stay as they are.</param>
            public static Embedding Embedding_from_pretrained(Tensor embeddings, bool freeze = true, long? padding_idx = null, double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                using Tensor moved = embeddings.to(dtype ?? embeddings.dtype, device ?? embeddings.device);
                return new Embedding(new Parameter(moved, !freeze), padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
            }
        }
    }
}
