using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Adamax (Kingma and Ba 2015), as torch.optim.Adamax computes it.</summary>
    public class Adamax : OptimizerHelper, optim.IBetas
    {
        private readonly Options defaults;

        public Adamax(IEnumerable<Parameter> parameters, double lr, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0)
            : this([new ParamGroup(parameters, new Options())], lr, beta1, beta2, eps, weight_decay) { }

        public Adamax(IEnumerable<ParamGroup> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0)
        {
            if (beta1 is not (>= 0 and < 1) || beta2 is not (>= 0 and < 1)) throw new ArgumentException($"Betas lie from 0 to below 1; they are {beta1} and {beta2}");
            defaults = new Options { LearningRate = Checked(lr, "learning rate"), beta1 = beta1, beta2 = beta2, eps = Checked(eps, "epsilon"), weight_decay = Checked(weight_decay, "weight decay") };
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
                Tensor mean = ((State)state).exp_avg.mul_(beta1).add_(gradient, 1 - beta1), largest = ((State)state).exp_inf;
                largest.copy_(maximum(largest.mul_(beta2), gradient.abs().add_(options.eps!.Value)));
                parameter.addcdiv_(mean, largest, -group.LearningRate / (1 - Math.Pow(beta1, state.Steps)));
            });
        }

        public class Options : OptimizerOptions
        {
            public double? beta1;
            public double? beta2;
            public double? eps;
            public double? weight_decay;

            internal override Setting[] Settings => [new("betas.0", () => beta1, value => beta1 = value), new("betas.1", () => beta2, value => beta2 = value), new("eps", () => eps, value => eps = value), new("weight_decay", () => weight_decay, value => weight_decay = value)];
            internal override string[] PythonsOwn => ["maximize", "differentiable"];
            internal override bool Needs(string tensor) => true;
        }

        public class ParamGroup(IEnumerable<Parameter> parameters, Options options) : ParamGroup<Options>(parameters, options), optim.IBetas
        {
            public ParamGroup() : this([], new Options()) { }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0)
                : this(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay }) { }

            public (double, double) Betas
            {
                get => (Options.beta1!.Value, Options.beta2!.Value);
                set => (Options.beta1, Options.beta2) = value;
            }
        }

        public class State(Parameter parameter) : OptimizerState(parameter, "exp_avg", "exp_inf"), IDisposable
        {
            public long step
            {
                get => Steps;
                set => Steps = value;
            }

            /// <summary>The running mean of the gradient.</summary>
            public Tensor exp_avg => Slots[0]!;

            /// <summary>The running maximum of its size.</summary>
            public Tensor exp_inf => Slots[1]!;

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
            public static Adamax Adamax(IEnumerable<Parameter> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);

            public static Adamax Adamax(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters.Select(p => p.parameter), lr, beta1, beta2, eps, weight_decay);

            public static Adamax Adamax(IEnumerable<Adamax.ParamGroup> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);
        }
    }
}
