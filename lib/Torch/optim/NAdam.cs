using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>NAdam (Dozat 2016), as torch.optim.NAdam of 1.13 computes it, with the extra factor μ of its product that later ones left out.</summary>
    public class NAdam : OptimizerHelper, optim.IBetas
    {
        private readonly Options defaults;

        public NAdam(IEnumerable<Parameter> parameters, double lr, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, double momentum_decay = 4e-3)
            : this([new ParamGroup(parameters, new Options())], lr, beta1, beta2, eps, weight_decay, momentum_decay) { }

        public NAdam(IEnumerable<ParamGroup> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, double momentum_decay = 4e-3)
        {
            if (beta1 is not (>= 0 and < 1) || beta2 is not (>= 0 and < 1)) throw new ArgumentException($"Betas lie from 0 to below 1; they are {beta1} and {beta2}");
            defaults = new Options { LearningRate = Checked(lr, "learning rate"), beta1 = beta1, beta2 = beta2, eps = Checked(eps, "epsilon"), weight_decay = Checked(weight_decay, "weight decay"), momentum_decay = Checked(momentum_decay, "momentum decay") };
            foreach (ParamGroup group in parameters) add_param_group(group);
        }

        private protected override OptimizerOptions Defaults => defaults;
        private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

        /// <summary>Of all groups.</summary>
        public (double, double) Betas
        {
            get => (defaults.beta1!.Value, defaults.beta2!.Value);
            set
            {
                (defaults.beta1, defaults.beta2) = value;
                foreach (ParamGroup group in Groups.Cast<ParamGroup>()) group.Betas = value;
            }
        }

        private protected override void Step(Modules.ParamGroup group)
        {
            Options options = ((ParamGroup)group).Options;
            (double beta1, double beta2) = (options.beta1!.Value, options.beta2!.Value);
            Each(group, options.weight_decay!.Value, false, (parameter, gradient, state) =>
            {
                double mu = beta1 * (1 - 0.5 * Math.Pow(0.96, state.Steps * options.momentum_decay!.Value)), next = beta1 * (1 - 0.5 * Math.Pow(0.96, (state.Steps + 1) * options.momentum_decay!.Value));
                double product = state.Numbers[0] *= mu;
                Tensor mean = ((State)state).exp_avg.mul_(beta1).add_(gradient, 1 - beta1), square = ((State)state).exp_avg_sq.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
                Tensor root = square.div(1 - Math.Pow(beta2, state.Steps)).sqrt().add_(options.eps!.Value);
                parameter.addcdiv_(gradient, root, -group.LearningRate * (1 - mu) / (1 - product));
                parameter.addcdiv_(mean, root, -group.LearningRate * next / (1 - product * mu * next));
            });
        }

        public class Options : OptimizerOptions
        {
            public double? beta1;
            public double? beta2;
            public double? eps;
            public double? weight_decay;
            public double? momentum_decay;

            internal override Setting[] Settings => [new("betas.0", () => beta1, value => beta1 = value), new("betas.1", () => beta2, value => beta2 = value), new("eps", () => eps, value => eps = value), new("weight_decay", () => weight_decay, value => weight_decay = value), new("momentum_decay", () => momentum_decay, value => momentum_decay = value)];
            internal override bool Needs(string tensor) => true;
        }

        public class ParamGroup(IEnumerable<Parameter> parameters, Options options) : ParamGroup<Options>(parameters, options), optim.IBetas
        {
            public ParamGroup() : this([], new Options()) { }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, double momentum_decay = 4e-3)
                : this(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, momentum_decay = momentum_decay }) { }

            public (double, double) Betas
            {
                get => (Options.beta1!.Value, Options.beta2!.Value);
                set => (Options.beta1, Options.beta2) = value;
            }
        }

        public class State(Parameter parameter) : OptimizerState(parameter, "exp_avg", "exp_avg_sq"), IDisposable
        {
            internal override (string, double)[] FirstNumbers(OptimizerOptions options) => [("mu_product", 1)];

            public long step
            {
                get => Steps;
                set => Steps = value;
            }

            /// <summary>The running mean of the gradient.</summary>
            public Tensor exp_avg => Slots[0]!;

            /// <summary>The running mean of its square.</summary>
            public Tensor exp_avg_sq => Slots[1]!;

            /// <summary>The product of all μ so far.</summary>
            public double mu_product
            {
                get => Numbers[0];
                set => Numbers[0] = value;
            }

            public void Dispose() => DisposeSlots();
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static NAdam NAdam(IEnumerable<Parameter> named_parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, double momentum_decay = 4e-3) =>
                new(named_parameters, lr, beta1, beta2, eps, weight_decay, momentum_decay);

            public static NAdam NAdam(IEnumerable<(string name, Parameter parameter)> named_parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, double momentum_decay = 4e-3) =>
                new(named_parameters.Select(p => p.parameter), lr, beta1, beta2, eps, weight_decay, momentum_decay);

            public static NAdam NAdam(IEnumerable<NAdam.ParamGroup> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, double momentum_decay = 4e-3) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, momentum_decay);
        }
    }
}
