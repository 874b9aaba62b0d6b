using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Connectionist temporal classification (Graves et al. 2006): of all ways in which steps of [steps, N, classes] can spell a target.</summary>
    public sealed class CTCLoss(long blank = 0, bool zero_infinity = false, nn.Reduction reduction = nn.Reduction.Mean) : Loss<Tensor, Tensor, Tensor, Tensor, Tensor>(reduction)
    {
        public long blank { get; } = blank;
        public bool zero_infinity { get; } = zero_infinity;

        public override Tensor forward(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths) => nn.functional.ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, zero_infinity, reduction);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <param name="zero_infinity">Whether targets too long for their input cost nothing rather than infinitely much.</param>
            public static Modules.CTCLoss CTCLoss(long blank = 0, bool zero_infinity = false, Reduction reduction = Reduction.Mean) => new(blank, zero_infinity, reduction);
        }
    }
}
