using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The sum, mean or maximum of rows of the weight, [count, features], for each bag of indices.</summary>
    public sealed class EmbeddingBag : nn.Module<Tensor, Tensor?, Tensor?, Tensor>
    {
        private readonly double? maxNorm;
        private readonly double normType;
        private readonly bool scaleGrad;
        private readonly EmbeddingBagMode mode;
        private readonly bool sparse;
        private readonly bool lastOffset;
        private readonly long? paddingIndex;

        internal EmbeddingBag(Parameter weight, double? max_norm, double norm_type, bool scale_grad_by_freq, EmbeddingBagMode mode, bool sparse, bool include_last_offset, long padding_index) : base(nameof(EmbeddingBag))
        {
            this.weight = weight;
            maxNorm = max_norm;
            normType = norm_type;
            scaleGrad = scale_grad_by_freq;
            this.mode = mode;
            this.sparse = sparse;
            lastOffset = include_last_offset;
            paddingIndex = padding_index < 0 ? null : padding_index;
        }

        public Parameter weight { get; set => Reregister("weight", field = value); }

        public Tensor call(Tensor input) => call(input, null, null);
        public Tensor call(Tensor input, Tensor offsets) => call(input, offsets, null);
        public new Tensor call(Tensor input, Tensor? offsets, Tensor? perSampleWeights) => base.call(input, offsets, perSampleWeights);

        /// <param name="input">Indices, [N, indices a bag], or those of all bags one after the other.</param>
        /// <param name="offsets">Where each bag starts, for indices one after the other.</param>
        /// <param name="perSampleWeights">What each row is multiplied by, where rows are summed.</param>
        public override Tensor forward(Tensor input, Tensor? offsets, Tensor? perSampleWeights)
        {
            bool rows = input.dim() == 2;
            if (rows == offsets is not null) throw new ArgumentException($"EmbeddingBag takes indices of two dimensions, or of one with offsets; the indices have the shape [{string.Join(", ", input.shape)}]");
            using DisposeScope scope = NewDisposeScope();
            Tensor starts = offsets ?? arange(0, input.numel(), input.shape[1], input.dtype, input.device);
            Tensor indices = input.reshape(-1);
            if (maxNorm is { } max)
                using (no_grad()) Aten.Run("embedding_renorm_", weight, indices, max, normType);
            return Aten.Call4("embedding_bag.padding_idx", weight, indices, starts, scaleGrad, (long)mode, sparse, perSampleWeights?.reshape(-1), lastOffset, paddingIndex).Item1.MoveToOuterDisposeScope();
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <param name="max_norm">Rows that are longer than this are shortened to it when they are used.</param>
            /// <param name="include_last_offset">Whether the offsets end with the number of indices.</param>
            /// <param name="padding_index">A row that starts as zeros and counts in no bag; −1 for none.</param>
            public static EmbeddingBag EmbeddingBag(long num_embeddings, long embedding_dims, double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false, EmbeddingBagMode mode = EmbeddingBagMode.Mean, bool sparse = false, bool include_last_offset = false, long padding_index = -1, Device? device = null, ScalarType? dtype = null)
            {
                Parameter weight = Uninitialized([num_embeddings, embedding_dims], device, dtype);
                init.normal_(weight);
                if (padding_index >= 0)
                {
                    using IDisposable no_grad = torch.no_grad();
                    using Tensor padding = weight[padding_index];
                    padding.zero_();
                }
                return new EmbeddingBag(weight, max_norm, norm_type, scale_grad_by_freq, mode, sparse, include_last_offset, padding_index);
            }

            /// <param name="freeze">Whether the rows stay as they are.</param>
            public static EmbeddingBag EmbeddingBag_from_pretrained(Tensor embeddings, bool freeze = true, double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false, EmbeddingBagMode mode = EmbeddingBagMode.Mean, bool sparse = false, bool include_last_offset = false, long padding_index = -1, Device? device = null, ScalarType? dtype = null)
            {
                using Tensor moved = embeddings.to(dtype ?? embeddings.dtype, device ?? embeddings.device);
                return new EmbeddingBag(new Parameter(moved, !freeze), max_norm, norm_type, scale_grad_by_freq, mode, sparse, include_last_offset, padding_index);
            }
        }
    }
}
