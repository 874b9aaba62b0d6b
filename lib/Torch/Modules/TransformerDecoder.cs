using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Copies of one layer, one after the other.</summary>
    public sealed class TransformerDecoder : nn.Module<Tensor, Tensor, Tensor?, Tensor?, Tensor?, Tensor?, Tensor>
    {
        private readonly ModuleList<TransformerDecoderLayer> layers;
        private readonly LayerNorm? norm;

        internal TransformerDecoder(TransformerDecoderLayer decoder_layer, long num_layers, LayerNorm? norm = null) : base(nameof(TransformerDecoder))
        {
            layers = [.. Enumerable.Range(0, (int)num_layers).Select(_ => decoder_layer.Copy())];
            register_module("layers", layers);
            this.norm = norm;
            if (norm is not null) register_module("norm", norm);
        }

        /// <inheritdoc cref="TransformerDecoderLayer.forward"/>
        public override Tensor forward(Tensor tgt, Tensor memory, Tensor? tgt_mask, Tensor? memory_mask = null, Tensor? tgt_key_padding_mask = null, Tensor? memory_key_padding_mask = null)
        {
            Tensor result = tgt.alias();
            foreach (TransformerDecoderLayer layer in layers)
            {
                Tensor next = layer.call(result, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);
                result.Dispose();
                result = next;
            }
            if (norm is null) return result;
            using (result) return norm.call(result);
        }

        public Tensor call(Tensor tgt, Tensor memory) => base.call(tgt, memory, null, null, null, null);

        /// <inheritdoc cref="TransformerDecoderLayer.forward"/>
        public new Tensor call(Tensor tgt, Tensor memory, Tensor? tgt_mask, Tensor? memory_mask = null, Tensor? tgt_key_padding_mask = null, Tensor? memory_key_padding_mask = null) =>
            base.call(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static TransformerDecoder TransformerDecoder(TransformerDecoderLayer decoder_layer, long num_layers) => new(decoder_layer, num_layers);
        }
    }
}
