namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <exception cref="ArgumentException">In training, a channel has but one value: its variance is none, and would be so in <paramref name="running_var"/> from then on.</exception>
            public static Tensor batch_norm(Tensor input, Tensor running_mean, Tensor running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-05)
            {
                if (training && input.numel() == input.size(1)) throw new ArgumentException($"Batch normalization wants more than one value of each channel in training, and its input has the shape [{string.Join(", ", input.shape)}]");
                return Aten.Call("batch_norm", input, weight, bias, running_mean, running_var, training, momentum, eps, true);
            }

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05) => Aten.Call("layer_norm", input, normalized_shape, weight, bias, eps);
            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05) => Aten.Call("group_norm", input, num_groups, weight, bias, eps);

            /// <summary>Each vector along a dimension over its p-norm.</summary>
            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1e-12)
            {
                using Tensor norm = Aten.Call("norm.ScalarOpt_dim", input, p, new[] { dim }, true), divisor = norm.clamp_min(eps);
                return input.div(divisor);
            }

            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8) => Aten.Call("cosine_similarity", x1, x2, dim, eps);
            public static Tensor dropout1d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => FeatureDropout(input, p, training, inplace, 2, 3);
            public static Tensor dropout2d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => FeatureDropout(input, p, training, inplace, 3, 4);

            /// <summary>Drops whole channels; an input without a batch dimension is a batch of one.</summary>
            private static Tensor FeatureDropout(Tensor input, double p, bool training, bool inplace, int single, int batch)
            {
                long dimensions = input.dim();
                // Python's dropout2d takes three dimensions for a batch of rows, as it always has.
                if (dimensions == single && single == 2)
                {
                    using Tensor one = input.unsqueeze(0);
                    if (inplace)
                    {
                        Aten.Run("feature_dropout_", one, p, training);
                        return input;
                    }
                    using Tensor dropped = Aten.Call("feature_dropout", one, p, training);
                    return dropped.squeeze(0);
                }
                if (dimensions != batch && dimensions != single) throw new ArgumentException($"Dropout of channels takes {single} or {batch} dimensions, and its input has the shape [{string.Join(", ", input.shape)}]");
                return inplace ? InPlace("feature_dropout_", input, p, training) : Aten.Call("feature_dropout", input, p, training);
            }

            public static Tensor instance_norm(Tensor input, Tensor? running_mean = null, Tensor? running_var = null, Tensor? weight = null, Tensor? bias = null, bool use_input_stats = true, double momentum = 0.1, double eps = 1e-05)
            {
                if (use_input_stats && input.numel() == input.size(0) * input.size(1)) throw new ArgumentException($"Instance normalization wants more than one value of each channel in training, and its input has the shape [{string.Join(", ", input.shape)}]");
                return Aten.Call("instance_norm", input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, true);
            }

            public static Tensor local_response_norm(Tensor input, long size, double alpha = 0.0001, double beta = 0.75, double k = 1)
            {
                if (input.dim() < 3) throw new ArgumentException($"local_response_norm takes 3 dimensions or more, and its input has the shape [{string.Join(", ", input.shape)}]");
                using DisposeScope scope = NewDisposeScope();
                // The channels are the rows of an image whose columns are all that is behind them.
                Tensor squares = input.mul(input).flatten(2).unsqueeze(1);
                Tensor mean = avg_pool2d(pad(squares, (0, 0, size / 2, (size - 1) / 2)), [size, 1], [1, 1]).view(input.shape);
                return input.div(mean.mul(alpha).add(k).pow(beta)).MoveToOuterDisposeScope();
            }

            public static Tensor pairwise_distance(Tensor input1, Tensor input2, double p = 2, double eps = 1e-6, bool keepdim = false) => Aten.Call("pairwise_distance", input1, input2, p, eps, keepdim);
            public static Tensor bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias = null) => Aten.Call("bilinear", input1, input2, weight, bias);
            public static Tensor alpha_dropout(Tensor input, double p = 0.5, bool training = false, bool inplace = false) => inplace ? InPlace("alpha_dropout_", input, p, training) : Aten.Call("alpha_dropout", input, p, training);
            public static Tensor feature_alpha_dropout(Tensor input, double p = 0.5, bool training = false, bool inplace = false) => inplace ? InPlace("feature_alpha_dropout_", input, p, training) : Aten.Call("feature_alpha_dropout", input, p, training);
            public static Tensor dropout3d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => FeatureDropout(input, p, training, inplace, 4, 5);

            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) => Aten.Call("nll_loss_nd", input, target, weight, (long)reduction);
            public static Tensor smooth_l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1) => Aten.Call("smooth_l1_loss", input, target, (long)reduction, beta);
            public static Tensor huber_loss(Tensor input, Tensor target, double delta = 1, Reduction reduction = Reduction.Mean) => Aten.Call("huber_loss", input, target, (long)reduction, delta);
            public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean) => Aten.Call("kl_div", input, target, (long)reduction, log_target);
            public static Tensor margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean) => Aten.Call("margin_ranking_loss", input1, input2, target, margin, (long)reduction);
        }
    }
}
