using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Training;

/// <summary>
/// libtorch's fused optimizer kernels, which TorchSharp has no calls for: a compiled script reaches them.
/// </summary>
internal static class FusedKernels
{
    // TorchScript's grammar wants the last line ended.
    private static readonly jit.CompilationUnit script = jit.compile(
        """
        def adam(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], step: List[Tensor],
                 lr: float, beta1: float, beta2: float, decay: float, eps: float):
            torch._fused_adam_(p, g, m, v, m[:0], step, lr=lr, beta1=beta1, beta2=beta2,
                               weight_decay=decay, eps=eps, amsgrad=False, maximize=False)
        def adamw(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], step: List[Tensor],
                  lr: float, beta1: float, beta2: float, decay: float, eps: float):
            torch._fused_adamw_(p, g, m, v, m[:0], step, lr=lr, beta1=beta1, beta2=beta2,
                                weight_decay=decay, eps=eps, amsgrad=False, maximize=False)
        def sgd(p: List[Tensor], g: List[Tensor], lr: float, decay: float):
            torch._fused_sgd_(p, g, p[:0], weight_decay=decay, momentum=0., lr=lr, dampening=0.,
                              nesterov=False, maximize=False, is_first_step=False)

        """
    );

    /// <summary>Drops gradients. The next backward pass then leaves its own, instead of adding them to zeros.</summary>
    public static void ForgetGradients(IEnumerable<Parameter> parameters)
    {
        foreach (Parameter parameter in parameters)
            parameter.grad = null;
    }

    /// <summary>θ ← θ − lr · (g + decay · θ), of all parameters that have a gradient.</summary>
    public static void Sgd(IEnumerable<Parameter> parameters, double lr, double decay)
    {
        List<Tensor> learnt = [],
            gradients = [];
        foreach (Parameter parameter in parameters)
        {
            if (parameter.grad is not { } gradient)
                continue;
            learnt.Add(parameter);
            gradients.Add(gradient);
        }
        if (learnt.Count == 0)
            return;
        using Scalar rate = lr,
            shrinks = decay;
        script.invoke("sgd", learnt.ToArray(), gradients.ToArray(), rate, shrinks);
    }

    /// <summary>The parameters of one step of Adam or AdamW, with what belongs to each.</summary>
    /// <param name="most">How many there can be.</param>
    public sealed class AdamBatch(int most)
    {
        private readonly List<Tensor> parameters = new(most),
            gradients = new(most),
            means = new(most),
            squares = new(most),
            steps = new(most);
        private long lastCount;

        /// <summary>One more; its steps are counted with this one.</summary>
        public void Add(Tensor parameter, Tensor gradient, Tensor mean, Tensor square, long count)
        {
            parameters.Add(parameter);
            gradients.Add(gradient);
            means.Add(mean);
            squares.Add(square);
            // Mostly the same for all.
            steps.Add(count == lastCount ? steps[^1] : tensor((float)count, device: parameter.device));
            lastCount = count;
        }

        /// <summary>Takes the step by <c>adam</c> or <c>adamw</c>.</summary>
        public void Step(string kernel, double lr, double beta1, double beta2, double decay, double eps)
        {
            if (parameters.Count == 0)
                return;
            using Scalar rate = lr,
                first = beta1,
                second = beta2,
                shrinks = decay,
                small = eps;
            script.invoke(
                kernel,
                parameters.ToArray(),
                gradients.ToArray(),
                means.ToArray(),
                squares.ToArray(),
                steps.ToArray(),
                rate,
                first,
                second,
                shrinks,
                small
            );
        }
    }
}
