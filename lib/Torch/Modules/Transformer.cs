using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>An encoder and a decoder of attention (Vaswani et al. 2017). [source steps, N, features] and [steps, N, features] → as the second.</summary>
    public sealed class Transformer : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly TransformerEncoder encoder;
        private readonly TransformerDecoder decoder;

        internal Transformer(long d_model, long nhead, long num_encoder_layers, long num_decoder_layers, long dim_feedforward, double dropout, nn.Activations activation) : base(nameof(Transformer))
        {
            using TransformerEncoderLayer encoding = nn.TransformerEncoderLayer(d_model, nhead, dim_feedforward, dropout, activation);
            encoder = new TransformerEncoder(encoding, num_encoder_layers, nn.LayerNorm(d_model));
            using TransformerDecoderLayer decoding = nn.TransformerDecoderLayer(d_model, nhead, dim_feedforward, dropout, activation);
            decoder = new TransformerDecoder(decoding, num_decoder_layers, nn.LayerNorm(d_model));
            RegisterComponents();
            foreach (Parameter parameter in parameters())
                if (parameter.dim() > 1) nn.init.xavier_uniform_(parameter);
        }

        public override Tensor forward(Tensor src, Tensor tgt) => call(src, tgt, null);

        /// <param name="src_mask">[source steps, source steps]: true where no attention is allowed, or numbers to add.</param>
        /// <param name="tgt_mask">The same between the steps decoded, [steps, steps].</param>
        /// <param name="memory_mask">The same from them to the source, [steps, source steps].</param>
        /// <param name="src_key_padding_mask">[N, source steps], true where a step is padding.</param>
        /// <param name="tgt_key_padding_mask">[N, steps], true where a step is padding.</param>
        /// <param name="memory_key_padding_mask">[N, source steps], true where a step of what was encoded is padding.</param>
        public Tensor call(Tensor src, Tensor tgt, Tensor? src_mask, Tensor? tgt_mask = null, Tensor? memory_mask = null, Tensor? src_key_padding_mask = null, Tensor? tgt_key_padding_mask = null, Tensor? memory_key_padding_mask = null)
        {
            using Tensor memory = encoder.call(src, src_mask, src_key_padding_mask);
            return decoder.call(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Transformer Transformer(long d_model = 512, long nhead = 8, long num_encoder_layers = 6, long num_decoder_layers = 6, long dim_feedforward = 2048, double dropout = 0.1, Activations activation = Activations.ReLU) =>
                new(d_model, nhead, num_encoder_layers, num_decoder_layers, dim_feedforward, dropout, activation);
        }
    }
}
