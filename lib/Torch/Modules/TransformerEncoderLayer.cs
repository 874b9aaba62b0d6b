using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Self-attention and a feed-forward network, each added to its input and normalized after. [steps, N, features] → the same shape.</summary>
    public sealed class TransformerEncoderLayer : nn.Module<Tensor, Tensor>
    {
        private readonly MultiheadAttention self_attn;
        private readonly Linear linear1;
        private readonly Dropout dropout;
        private readonly Linear linear2;
        private readonly LayerNorm norm1, norm2;
        private readonly Dropout dropout1, dropout2;
        private readonly nn.Activations activation;

        internal TransformerEncoderLayer(long d_model, long nhead, long dim_feedforward, double dropout, nn.Activations activation) : base(nameof(TransformerEncoderLayer))
        {
            Sizes = (d_model, nhead, dim_feedforward);
            this.activation = activation;
            self_attn = nn.MultiheadAttention(d_model, nhead, dropout);
            linear1 = nn.Linear(d_model, dim_feedforward);
            this.dropout = nn.Dropout(dropout);
            linear2 = nn.Linear(dim_feedforward, d_model);
            norm1 = nn.LayerNorm(d_model);
            norm2 = nn.LayerNorm(d_model);
            dropout1 = nn.Dropout(dropout);
            dropout2 = nn.Dropout(dropout);
            RegisterComponents();
        }

        private (long model, long heads, long feedforward) Sizes { get; }

        public override Tensor forward(Tensor src) => call(src, null, null);

        public Tensor call(Tensor src, Tensor? src_mask) => call(src, src_mask, null);

        /// <param name="src_mask">[steps, steps]: true where no attention is allowed, or numbers to add.</param>
        /// <param name="src_key_padding_mask">[N, steps], true where a step is padding.</param>
        public Tensor call(Tensor src, Tensor? src_mask, Tensor? src_key_padding_mask)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor attended = self_attn.call(src, src, src, src_key_padding_mask, false, src_mask).Item1;
            Tensor x = norm1.call(src + dropout1.call(attended));
            Tensor inner = linear1.call(x);
            inner = activation == nn.Activations.ReLU ? inner.relu() : nn.functional.gelu(inner);
            return norm2.call(x + dropout2.call(linear2.call(dropout.call(inner)))).MoveToOuterDisposeScope();
        }

        /// <summary>A layer of its own with the same weights.</summary>
        internal TransformerEncoderLayer Copy()
        {
            // Python copies without drawing, so what making the layer draws is given back.
            using Tensor state = get_rng_state();
            var copy = new TransformerEncoderLayer(Sizes.model, Sizes.heads, Sizes.feedforward, dropout.p, activation);
            set_rng_state(state);
            copy._to(linear1.weight, false);
            copy.load_state_dict(state_dict());
            copy.train(training);
            return copy;
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public enum Activations { ReLU, GELU }

            public static TransformerEncoderLayer TransformerEncoderLayer(long d_model = 512, long nhead = 8, long dim_feedforward = 2048, double dropout = 0.1, Activations activation = Activations.ReLU) =>
                new(d_model, nhead, dim_feedforward, dropout, activation);
        }
    }
}
