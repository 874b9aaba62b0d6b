namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor relu6(Tensor x, bool inplace = false) => inplace ? x.relu6_() : x.relu6();
            public static Tensor selu(Tensor x, bool inplace = false) => inplace ? x.selu_() : x.selu();
            public static Tensor SiLU(Tensor x, bool inplace = false) => silu(x, inplace);
            public static Tensor Mish(Tensor x) => mish(x);
            public static Tensor Hardtanh(Tensor x, double min_val = -1, double max_val = 1, bool inplace = false) => hardtanh(x, min_val, max_val, inplace);
            public static Tensor Threshold(Tensor x, double threshold, double value, bool inplace = false) => functional.threshold(x, threshold, value, inplace);
            public static Tensor Hardshrink(Tensor x, double lambda = 0.5) => hardshrink(x, lambda);
            public static Tensor Softshrink(Tensor x, double lambda = 0.5) => softshrink(x, lambda);
            public static Tensor Softsign(Tensor x) => softsign(x);
            public static Tensor Tanhshrink(Tensor x) => tanhshrink(x);
            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_() : x.silu();
            public static Tensor hardswish(Tensor input, bool inplace = false) => inplace ? input.hardswish_() : input.hardswish();
            public static Tensor hardsigmoid(Tensor input, bool inplace = false) => inplace ? input.hardsigmoid_() : input.hardsigmoid();
            public static Tensor elu(Tensor x, double alpha, bool inplace = false) => inplace ? InPlace("elu_", x, alpha) : Aten.Call("elu", x, alpha);
            public static Tensor celu(Tensor x, double alpha, bool inplace = false) => inplace ? InPlace("celu_", x, alpha) : Aten.Call("celu", x, alpha);
            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) => inplace ? InPlace("leaky_relu_", input, negative_slope) : Aten.Call("leaky_relu", input, negative_slope);
            public static Tensor mish(Tensor x, bool inplace = false) => inplace ? InPlace("mish_", x) : Aten.Call("mish", x);
            public static Tensor hardtanh(Tensor x, double min_val = -1, double max_val = 1, bool inplace = false) => inplace ? InPlace("hardtanh_", x, min_val, max_val) : Aten.Call("hardtanh", x, min_val, max_val);
            public static Tensor threshold(Tensor x, double threshold, double value, bool inplace = false) => inplace ? InPlace("threshold_", x, threshold, value) : Aten.Call("threshold", x, threshold, value);
            public static Tensor gelu(Tensor x) => gelu(x, Modules.GELU.Approximate.none);
            public static Tensor gelu(Tensor x, bool inplace) => gelu(x, Modules.GELU.Approximate.none, inplace);
            public static Tensor gelu(Tensor x, Modules.GELU.Approximate approximate, bool inplace = false) => inplace ? InPlace("gelu_", x, approximate.ToString()) : Aten.Call("gelu", x, approximate.ToString());
            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => Aten.Call("softplus", x, beta, threshold);
            public static Tensor hardshrink(Tensor x, double lambda = 0.5) => Aten.Call("hardshrink", x, lambda);
            public static Tensor softshrink(Tensor x, double lambda = 0.5) => Aten.Call("softshrink", x, lambda);
            public static Tensor logsigmoid(Tensor x) => Aten.Call("log_sigmoid", x);
            public static Tensor prelu(Tensor input, Tensor weight) => Aten.Call("prelu", input, weight);
            public static Tensor glu(Tensor input, long dim = -1) => Aten.Call("glu", input, dim);

            public static Tensor softmin(Tensor x, long dim)
            {
                using Tensor negative = x.neg();
                return negative.softmax(dim);
            }

            public static Tensor softsign(Tensor x, bool inplace = false)
            {
                using Tensor size = x.abs().add_(1);
                return inplace ? x.div_(size) : x.div(size);
            }

            public static Tensor tanhshrink(Tensor x, bool inplace = false)
            {
                using Tensor tanh = x.tanh();
                return inplace ? x.sub_(tanh) : x.sub(tanh);
            }

            public static Tensor softmax2d(Tensor x) => x.softmax(-3);
            public static Tensor rrelu(Tensor x, double lower = 1.0 / 8, double upper = 1.0 / 3, bool inplace = false) => inplace ? InPlace("rrelu_", x, lower, upper) : Aten.Call("rrelu", x, lower, upper);

            /// <summary>softmax(q kᵀ / √features) v, over [N, …, steps, features].</summary>
            /// <param name="attn_mask">True where attention is allowed, or numbers to add.</param>
            /// <param name="p">How much of the attention is dropped.</param>
            /// <param name="is_casual">Whether a step sees only those before it and itself.</param>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0, bool is_casual = false)
            {
                if (is_casual && attn_mask is not null) throw new ArgumentException("Attention is either causal or has a mask");
                using DisposeScope scope = NewDisposeScope();
                Tensor scores = query.matmul(key.transpose(-2, -1)) / Math.Sqrt(query.shape[^1]);
                Tensor? mask = is_casual ? ones(query.shape[^2], key.shape[^2], ScalarType.Bool, query.device).tril() : attn_mask;
                if (mask is not null) scores = mask.dtype == ScalarType.Bool ? scores.masked_fill(mask.logical_not(), double.NegativeInfinity) : scores + mask;
                Tensor weights = scores.softmax(-1);
                return (p > 0 ? dropout(weights, p) : weights).matmul(value).MoveToOuterDisposeScope();
            }

            private static Tensor InPlace(string name, Tensor x, params ReadOnlySpan<Arg> arguments)
            {
                Aten.Run(name, [x, .. arguments]);
                return x;
            }
        }
    }
}
