namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean) => Aten.Call("cosine_embedding_loss", input1, input2, target, margin, (long)reduction);
            public static Tensor hinge_embedding_loss(Tensor input, Tensor target, double margin = 1, Reduction reduction = Reduction.Mean) => Aten.Call("hinge_embedding_loss", input, target, margin, (long)reduction);
            public static Tensor soft_margin_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Aten.Call("soft_margin_loss", input, target, (long)reduction);
            public static Tensor multi_label_margin_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Aten.Call("multilabel_margin_loss", input, target, (long)reduction);
            public static Tensor multi_margin_loss(Tensor input, Tensor target, int p = 1, double margin = 1, Tensor? weight = null, Reduction reduction = Reduction.Mean) => Aten.Call("multi_margin_loss", input, target, p, margin, weight, (long)reduction);
            public static Tensor poisson_nll_loss(Tensor input, Tensor target, bool log_input = true, bool full = false, float eps = 1e-8f, Reduction reduction = Reduction.Mean) => Aten.Call("poisson_nll_loss", input, target, log_input, full, eps, (long)reduction);
            public static Tensor triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, double margin = 1, long p = 2, double eps = 1e-6, bool swap = false, Reduction reduction = Reduction.Mean) => Aten.Call("triplet_margin_loss", anchor, positive, negative, margin, (double)p, eps, swap, (long)reduction);

            public static Tensor ctc_loss(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, long blank = 0, bool zero_infinity = false, Reduction reduction = Reduction.Mean)
            {
                // libtorch does not check what it takes for indices into its tables. Behind a target's end may stand anything.
                using (NewDisposeScope())
                {
                    Within("input lengths", input_lengths, log_probs.size(0));
                    Within("target lengths", target_lengths, targets.size(-1));
                    Within("targets", targets.dim() == 2 ? targets.masked_select(arange(targets.size(1), device: targets.device) < target_lengths.to(targets.device).unsqueeze(1)) : targets, log_probs.size(-1) - 1);
                }
                return Aten.Call("ctc_loss.Tensor", log_probs, targets, input_lengths, target_lengths, blank, (long)reduction, zero_infinity);

                static void Within(string what, Tensor values, long greatest)
                {
                    if (values.numel() == 0) return;
                    long low = values.min().item<long>(), high = values.max().item<long>();
                    if (low < 0 || high > greatest) throw new ArgumentException($"ctc_loss takes {what} from 0 to {greatest}, and these lie from {low} to {high}");
                }
            }

            public static Tensor multilabel_soft_margin_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor loss = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input));
                if (weight is not null) loss = loss * weight;
                return Reduced(loss.mean([-1]), reduction).MoveToOuterDisposeScope();
            }

            /// <param name="variance">Shaped as the input, or without its last dimension, or with one of size 1 there.</param>
            public static Tensor gaussian_nll_loss(Tensor input, Tensor target, Tensor variance, bool full = false, float eps = 1e-6f, Reduction reduction = Reduction.Mean)
            {
                using DisposeScope scope = NewDisposeScope();
                long[] shape = input.shape, given = variance.shape;
                if (shape.Length > 0 && given.SequenceEqual(shape[..^1])) variance = variance.unsqueeze(-1);
                else if (!given.SequenceEqual(shape) && !(shape.Length > 0 && given.SequenceEqual([.. shape[..^1], 1])))
                    throw new ArgumentException($"The variance of a loss over the shape [{string.Join(", ", shape)}] can't have the shape [{string.Join(", ", given)}]");
                if (variance.numel() > 0 && variance.min().item<double>() < 0) throw new ArgumentException("A variance is not below 0");
                Tensor bounded = variance.clone();
                // As in Python the gradient knows nothing of the bound.
                using (no_grad()) bounded.clamp_(min: eps);
                Tensor loss = 0.5 * (bounded.log() + (input - target).pow(2) / bounded);
                if (full) loss = loss + 0.5 * Math.Log(2 * Math.PI);
                return Reduced(loss, reduction).MoveToOuterDisposeScope();
            }

            public static Tensor triplet_margin_with_distance_loss(Tensor anchor, Tensor positive, Tensor negative, Func<Tensor, Tensor, Tensor>? distance = null, double margin = 1, bool swap = false, Reduction reduction = Reduction.Mean)
            {
                using DisposeScope scope = NewDisposeScope();
                distance ??= (x1, x2) => pairwise_distance(x1, x2);
                Tensor near = distance(anchor, positive), far = distance(anchor, negative);
                if (swap) far = minimum(far, distance(positive, negative));
                return Reduced((margin + near - far).clamp_min(0), reduction).MoveToOuterDisposeScope();
            }

            private static Tensor Reduced(Tensor loss, Reduction reduction) => reduction switch
            {
                Reduction.Mean => loss.mean(),
                Reduction.Sum => loss.sum(),
                _ => loss,
            };
        }
    }
}
