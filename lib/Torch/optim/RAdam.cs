using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>RAdam (Liu et al. 2020), as torch.optim.RAdam computes it.</summary>
    public class RAdam : OptimizerHelper, optim.IBetas
    {
        private readonly Options defaults;

        public RAdam(IEnumerable<Parameter> parameters, double lr, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0)
            : this([new ParamGroup(parameters, new Options())], lr, beta1, beta2, eps, weight_decay) { }

        public RAdam(IEnumerable<ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0)
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
                double left1 = 1 - Math.Pow(beta1, state.Steps), left2 = 1 - Math.Pow(beta2, state.Steps);
                double longest = 2 / (1 - beta2) - 1, length = longest - 2 * state.Steps * (1 - left2) / left2;
                Tensor mean = ((State)state).exp_avg.mul_(beta1).add_(gradient, 1 - beta1), square = ((State)state).exp_avg_sq.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
                Tensor change = mean / left1 * group.LearningRate;
                // The first steps, whose squares say too little, are taken without them.
                if (length > 5) change = change * (Math.Sqrt(left2) / square.sqrt().add_(options.eps!.Value)) * Math.Sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
                parameter.sub_(change);
            });
        }

        public class Options : OptimizerOptions
        {
            public double? beta1;
            public double? beta2;
            public double? eps;
            public double? weight_decay;

            internal override Setting[] Settings => [new("betas.0", () => beta1, value => beta1 = value), new("betas.1", () => beta2, value => beta2 = value), new("eps", () => eps, value => eps = value), new("weight_decay", () => weight_decay, value => weight_decay = value)];
            internal override bool Needs(string tensor) => true;
        }

        public class ParamGroup(IEnumerable<Parameter> parameters, Options options) : ParamGroup<Options>(parameters, options), optim.IBetas
        {
            public ParamGroup() : this([], new Options()) { }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0)
                : this(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay }) { }

            public (double, double) Betas
            {
                get => (Options.beta1!.Value, Options.beta2!.Value);
                set => (Options.beta1, Options.beta2) = value;
            }
        }

        public class State(Parameter parameter) : OptimizerState(parameter, "exp_avg", "exp_avg_sq"), IDisposable
        {
            public long step
            {
                get => Steps;
                set => Steps = value;
            }

            /// <summary>The running mean of the gradient.</summary>
            public Tensor exp_avg => Slots[0]!;

            /// <summary>The running mean of its square.</summary>
            public Tensor exp_avg_sq => Slots[1]!;

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
            public static RAdam RAdam(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);

            public static RAdam RAdam(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters.Select(p => p.parameter), lr, beta1, beta2, eps, weight_decay);

            public static RAdam RAdam(IEnumerable<RAdam.ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);
        }
    }
}
