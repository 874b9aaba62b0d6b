using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Adam (Kingma and Ba 2015), as torch.optim.Adam computes it.</summary>
    public class Adam : OptimizerHelper, optim.IBetas
    {
        private readonly Options defaults;

        public Adam(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : this([new ParamGroup(parameters, new Options())], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize) { }

        public Adam(IEnumerable<ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        {
            if (beta1 is not (>= 0 and < 1) || beta2 is not (>= 0 and < 1)) throw new ArgumentException($"Betas lie from 0 to below 1; they are {beta1} and {beta2}");
            defaults = new Options
            {
                LearningRate = Checked(lr, "learning rate"), beta1 = beta1, beta2 = beta2, eps = Checked(eps, "epsilon"),
                weight_decay = Checked(weight_decay, "weight decay"), amsgrad = amsgrad, maximize = maximize,
            };
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
            Step(group, options.beta1!.Value, options.beta2!.Value, options.eps!.Value, options.weight_decay!.Value, decoupled: false, options.amsgrad == true, options.maximize == true);
        }

        // Adam's step and, where the weight decay is decoupled, AdamW's.
        internal static unsafe void Step(Modules.ParamGroup group, double beta1, double beta2, double eps, double weight_decay, bool decoupled, bool amsgrad, bool maximize)
        {
            long[] taken = Steps(group);
            int status;
            fixed (nint* parameters = Handles(group), averages = Handles(group, 0), squares = Handles(group, 1), maxima = Handles(group, 2))
            fixed (long* steps = taken)
                status = Library.torch_adam_step(parameters, averages, squares, maxima, steps, taken.Length, group.LearningRate, beta1, beta2, eps, weight_decay, decoupled ? 1 : 0, amsgrad ? 1 : 0, maximize ? 1 : 0);
            GC.KeepAlive(group);
            Finish(group, taken, status);
        }

        public class Options : OptimizerOptions
        {
            public double? beta1;
            public double? beta2;
            public double? eps;
            public double? weight_decay;
            public bool? amsgrad;
            public bool? maximize;

            internal override Setting[] Settings =>
            [
                new("betas.0", () => beta1, value => beta1 = value), new("betas.1", () => beta2, value => beta2 = value), new("eps", () => eps, value => eps = value),
                new("weight_decay", () => weight_decay, value => weight_decay = value), Setting.Truth("amsgrad", () => amsgrad, value => amsgrad = value), Setting.Truth("maximize", () => maximize, value => maximize = value),
            ];

            internal override string[] PythonsOwn => ["capturable", "differentiable", "fused"];
            internal override bool Needs(string tensor) => tensor != "max_exp_avg_sq" || amsgrad == true;
        }

        public class ParamGroup(IEnumerable<Parameter> parameters, Options options) : ParamGroup<Options>(parameters, options), optim.IBetas
        {
            public ParamGroup() : this([], new Options()) { }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                : this(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize }) { }

            public (double, double) Betas
            {
                get => (Options.beta1!.Value, Options.beta2!.Value);
                set => (Options.beta1, Options.beta2) = value;
            }
        }

        public class State(Parameter parameter) : OptimizerState(parameter, "exp_avg", "exp_avg_sq", "max_exp_avg_sq"), IDisposable
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

            /// <summary>The largest of those means, with amsgrad.</summary>
            public Tensor? max_exp_avg_sq => Slots[2];

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
            public static Adam Adam(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Adam Adam(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters.Select(p => p.parameter), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Adam Adam(IEnumerable<Adam.ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}
