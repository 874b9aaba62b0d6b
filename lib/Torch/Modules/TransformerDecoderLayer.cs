using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Self-attention, attention to a memory and a feed-forward network, each added to its input and normalized after. [steps, N, features] → the same shape.</summary>
    public sealed class TransformerDecoderLayer : nn.Module<Tensor, Tensor, Tensor?, Tensor?, Tensor?, Tensor?, Tensor>
    {
        private readonly MultiheadAttention self_attn, multihead_attn;
        private readonly Linear linear1;
        private readonly Dropout dropout;
        private readonly Linear linear2;
        private readonly LayerNorm norm1, norm2, norm3;
        private readonly Dropout dropout1, dropout2, dropout3;
        private readonly nn.Activations activation;

        internal TransformerDecoderLayer(long d_model, long nhead, long dim_feedforward, double dropout, nn.Activations activation) : base(nameof(TransformerDecoderLayer))
        {
            Sizes = (d_model, nhead, dim_feedforward);
            this.activation = activation;
            self_attn = nn.MultiheadAttention(d_model, nhead, dropout);
            multihead_attn = nn.MultiheadAttention(d_model, nhead, dropout);
            linear1 = nn.Linear(d_model, dim_feedforward);
            this.dropout = nn.Dropout(dropout);
            linear2 = nn.Linear(dim_feedforward, d_model);
            norm1 = nn.LayerNorm(d_model);
            norm2 = nn.LayerNorm(d_model);
            norm3 = nn.LayerNorm(d_model);
            dropout1 = nn.Dropout(dropout);
            dropout2 = nn.Dropout(dropout);
            dropout3 = nn.Dropout(dropout);
            RegisterComponents();
        }

        private (long model, long heads, long feedforward) Sizes { get; }

        public Tensor call(Tensor tgt, Tensor memory) => base.call(tgt, memory, null, null, null, null);

        /// <inheritdoc cref="forward"/>
        public new Tensor call(Tensor tgt, Tensor memory, Tensor? tgt_mask, Tensor? memory_mask = null, Tensor? tgt_key_padding_mask = null, Tensor? memory_key_padding_mask = null) =>
            base.call(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);

        /// <param name="memory">What an encoder made, [source steps, N, features].</param>
        /// <param name="tgt_mask">[steps, steps]: true where no attention is allowed, or numbers to add.</param>
        /// <param name="memory_mask">The same of the memory, [steps, source steps].</param>
        /// <param name="tgt_key_padding_mask">[N, steps], true where a step is padding.</param>
        /// <param name="memory_key_padding_mask">The same of the memory, [N, source steps].</param>
        public override Tensor forward(Tensor tgt, Tensor memory, Tensor? tgt_mask, Tensor? memory_mask, Tensor? tgt_key_padding_mask, Tensor? memory_key_padding_mask)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = norm1.call(tgt + dropout1.call(self_attn.call(tgt, tgt, tgt, tgt_key_padding_mask, false, tgt_mask).Item1));
            x = norm2.call(x + dropout2.call(multihead_attn.call(x, memory, memory, memory_key_padding_mask, false, memory_mask).Item1));
            Tensor inner = linear1.call(x);
            inner = activation == nn.Activations.ReLU ? inner.relu() : nn.functional.gelu(inner);
            return norm3.call(x + dropout3.call(linear2.call(dropout.call(inner)))).MoveToOuterDisposeScope();
        }

        /// <summary>A layer of its own with the same weights.</summary>
        internal TransformerDecoderLayer Copy()
        {
            // Python copies without drawing, so what making the layer draws is given back.
            using Tensor state = get_rng_state();
            var copy = new TransformerDecoderLayer(Sizes.model, Sizes.heads, Sizes.feedforward, dropout.p, activation);
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
            public static TransformerDecoderLayer TransformerDecoderLayer(long d_model = 512, long nhead = 8, long dim_feedforward = 2048, double dropout = 0.1, Activations activation = Activations.ReLU) =>
                new(d_model, nhead, dim_feedforward, dropout, activation);
        }
    }
}
