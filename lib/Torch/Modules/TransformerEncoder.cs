using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Copies of one layer, one after the other.</summary>
    public sealed class TransformerEncoder : nn.Module<Tensor, Tensor?, Tensor?, Tensor>
    {
        private readonly ModuleList<TransformerEncoderLayer> layers;

        internal TransformerEncoder(TransformerEncoderLayer encoder_layer, long num_layers) : base(nameof(TransformerEncoder))
        {
            layers = [.. Enumerable.Range(0, (int)num_layers).Select(_ => encoder_layer.Copy())];
            register_module("layers", layers);
        }

        public override Tensor forward(Tensor src, Tensor? src_mask, Tensor? src_key_padding_mask)
        {
            Tensor result = src.alias();
            foreach (TransformerEncoderLayer layer in layers)
            {
                Tensor next = layer.call(result, src_mask, src_key_padding_mask);
                result.Dispose();
                result = next;
            }
            return result;
        }

        public Tensor call(Tensor src) => call(src, null, null);

        public Tensor call(Tensor src, Tensor? src_mask) => call(src, src_mask, null);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static TransformerEncoder TransformerEncoder(TransformerEncoderLayer encoder_layer, long num_layers) => new(encoder_layer, num_layers);
        }
    }
}
