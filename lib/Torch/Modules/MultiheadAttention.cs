using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>
    /// Attention of several heads (Vaswani et al. 2017). Query [target, N, features], key and value [source, N, …] → the output,
    /// shaped as the query, and the weights averaged over the heads, [N, target, source].
    /// </summary>
    public sealed class MultiheadAttention : nn.Module<Tensor, Tensor, Tensor, Tensor?, bool, Tensor?, Tuple<Tensor, Tensor?>>
    {
        private readonly long embed, heads;
        private readonly double dropout;
        private readonly bool zeroAttention;
        private readonly Parameter? together, biases, biasKey, biasValue;
        private readonly Parameter[] apart = [];
        private readonly Linear output;

        internal MultiheadAttention(long embedded_dim, long num_heads, double dropout, bool bias, bool add_bias_kv, bool add_zero_attn, long? kdim, long? vdim) : base(nameof(MultiheadAttention))
        {
            if (num_heads < 1 || embedded_dim % num_heads != 0) throw new ArgumentException($"{embedded_dim} features can't be cut into {num_heads} heads");
            embed = embedded_dim;
            heads = num_heads;
            this.dropout = dropout;
            zeroAttention = add_zero_attn;
            if ((kdim ?? embed) == embed && (vdim ?? embed) == embed)
            {
                register_parameter("in_proj_weight", together = Made(3 * embed, embed));
            }
            else
            {
                apart = [Made(embed, embed), Made(embed, kdim ?? embed), Made(embed, vdim ?? embed)];
                foreach ((string name, Parameter weight) in new[] { "q", "k", "v" }.Zip(apart)) register_parameter(name + "_proj_weight", weight);
            }
            if (bias) register_parameter("in_proj_bias", biases = Made(3 * embed));
            register_module("out_proj", output = nn.Linear(embed, embed, bias));
            if (add_bias_kv)
            {
                register_parameter("bias_k", biasKey = Made(1, 1, embed));
                register_parameter("bias_v", biasValue = Made(1, 1, embed));
            }

            // In this order Python draws.
            if (together is not null) nn.init.xavier_uniform_(together);
            foreach (Parameter weight in apart) nn.init.xavier_uniform_(weight);
            if (biases is not null) nn.init.zeros_(biases);
            if (output.bias is not null) nn.init.zeros_(output.bias);
            if (biasKey is not null) nn.init.xavier_normal_(biasKey);
            if (biasValue is not null) nn.init.xavier_normal_(biasValue);

            static Parameter Made(params long[] size)
            {
                using Tensor data = empty(size);
                return new Parameter(data);
            }
        }

        /// <param name="key_padding_mask">[N, source], true where a key is padding.</param>
        /// <param name="need_weights">Whether the weights are wanted.</param>
        /// <param name="attn_mask">[target, source] or [N × heads, target, source]: true where no attention is allowed, or numbers to add.</param>
        public override Tuple<Tensor, Tensor?> forward(Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask, bool need_weights, Tensor? attn_mask)
        {
            using DisposeScope scope = NewDisposeScope();
            long[] shape = query.shape;
            if (shape is not [var target, var batch, var features] || features != embed)
                throw new ArgumentException($"Attention takes a query of 3 dimensions, the last of {embed} features, and it has the shape [{string.Join(", ", shape)}]");
            long size = embed / heads;
            Tensor q = Projected(query, 0), k = Projected(key, 1), v = Projected(value, 2);
            Tensor? mask = attn_mask is { dtype: ScalarType.Bool } ? AsAddend(attn_mask) : attn_mask;
            Tensor? padding = key_padding_mask is { dtype: ScalarType.Bool } ? AsAddend(key_padding_mask) : key_padding_mask;
            if (biasKey is not null)
            {
                k = cat([k, biasKey.repeat(1, batch, 1)]);
                v = cat([v, biasValue!.repeat(1, batch, 1)]);
                (mask, padding) = (Wider(mask), Wider(padding));
            }
            (q, k, v) = (ByHead(q), ByHead(k), ByHead(v));
            if (zeroAttention)
            {
                Tensor nothing = zeros([batch * heads, 1, size], k.dtype, k.device);
                k = cat([k, nothing], 1);
                v = cat([v, nothing], 1);
                (mask, padding) = (Wider(mask), Wider(padding));
            }
            long source = k.size(1);
            if (padding is not null)
            {
                padding = padding.view(batch, 1, 1, source).expand(-1, heads, -1, -1).reshape(batch * heads, 1, source);
                mask = mask is null ? padding : mask + padding;
            }

            Tensor scores = (q / Math.Sqrt(size)).bmm(k.transpose(-2, -1));
            Tensor weights = (mask is null ? scores : scores + mask).softmax(-1);
            // Python's dropout touches the weights that it returns too.
            if (dropout > 0 && training) weights = nn.functional.dropout(weights, dropout);
            Tensor mixed = weights.bmm(v).transpose(0, 1).contiguous().view(target * batch, embed);
            Tensor result = output.call(mixed).view(target, batch, embed).MoveToOuterDisposeScope();
            return new(result, need_weights ? weights.view(batch, heads, target, source).mean([1]).MoveToOuterDisposeScope() : null);

            Tensor ByHead(Tensor tensor) => tensor.contiguous().view(tensor.size(0), batch * heads, size).transpose(0, 1);
            Tensor? Wider(Tensor? tensor) => tensor is null ? null : nn.functional.pad(tensor, (0, 1));
        }

        /// <inheritdoc cref="forward"/>
        public new Tuple<Tensor, Tensor?> call(Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask = null, bool need_weights = true, Tensor? attn_mask = null) =>
            base.call(query, key, value, key_padding_mask, need_weights, attn_mask);

        private Tensor Projected(Tensor input, int which) =>
            nn.functional.linear(input, together is not null ? together.narrow(0, which * embed, embed) : apart[which], biases?.narrow(0, which * embed, embed));

        private static Tensor AsAddend(Tensor mask) => zeros(mask.shape, device: mask.device).masked_fill_(mask, double.NegativeInfinity);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static MultiheadAttention MultiheadAttention(long embedded_dim, long num_heads, double dropout = 0, bool bias = true, bool add_bias_kv = false, bool add_zero_attn = false, long? kdim = null, long? vdim = null) =>
                new(embedded_dim, num_heads, dropout, bias, add_bias_kv, add_zero_attn, kdim, vdim);
        }
    }
}
