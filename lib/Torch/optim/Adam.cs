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

        public override void add_param_group(Modules.ParamGroup param_group)
        {
            var group = (ParamGroup)param_group;
            Options options = group.Options;
            options.InitialLearningRate = (options.LearningRate ??= defaults.LearningRate)!.Value;
            options.beta1 ??= defaults.beta1;
            options.beta2 ??= defaults.beta2;
            options.eps ??= defaults.eps;
            options.weight_decay ??= defaults.weight_decay;
            options.amsgrad ??= defaults.amsgrad;
            options.maximize ??= defaults.maximize;
            base.add_param_group(param_group);
            group.Initialize();
        }

        private protected override unsafe void Step(Modules.ParamGroup group)
        {
            var own = (ParamGroup)group;
            Options options = own.Options;
            int count = group.List.Length;
            nint* parameters = stackalloc nint[count], averages = stackalloc nint[count], squares = stackalloc nint[count], maxima = stackalloc nint[count];
            Handles(group.List, parameters);
            Handles(own.Averages, averages);
            Handles(own.Squares, squares);
            Handles(own.Maxima, maxima);
            fixed (long* steps = own.Steps)
                Library.Check(Library.torch_adam_step(parameters, averages, squares, maxima, steps, count, group.LearningRate, options.beta1!.Value, options.beta2!.Value, options.eps!.Value, options.weight_decay!.Value, options.amsgrad == true ? 1 : 0, options.maximize == true ? 1 : 0));
            GC.KeepAlive(group);
        }

        protected override void Dispose(bool disposing)
        {
            foreach (ParamGroup group in Groups.Cast<ParamGroup>())
                foreach (Tensor? state in group.Averages.Concat(group.Squares).Concat(group.Maxima)) state?.Dispose();
        }

        public class Options : OptimizerOptions
        {
            public double? beta1;
            public double? beta2;
            public double? eps;
            public double? weight_decay;
            public bool? amsgrad;
            public bool? maximize;
        }

        public class ParamGroup(IEnumerable<Parameter> parameters, Options options) : ParamGroup<Options>(parameters, options), optim.IBetas
        {
            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                : this(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize }) { }

            public (double, double) Betas
            {
                get => (Options.beta1!.Value, Options.beta2!.Value);
                set => (Options.beta1, Options.beta2) = value;
            }

            /// <summary>exp_avg of each parameter.</summary>
            internal Tensor[] Averages { get; private set; } = [];

            /// <summary>exp_avg_sq of each parameter.</summary>
            internal Tensor[] Squares { get; private set; } = [];

            /// <summary>max_exp_avg_sq of each parameter, with amsgrad.</summary>
            internal Tensor?[] Maxima { get; private set; } = [];

            internal long[] Steps { get; private set; } = [];

            internal void Initialize()
            {
                Averages = Array.ConvertAll(List, Zeros);
                Squares = Array.ConvertAll(List, Zeros);
                Maxima = Options.amsgrad == true ? Array.ConvertAll(List, Zeros) : new Tensor[List.Length];
                Steps = new long[List.Length];

                static Tensor Zeros(Parameter parameter) => zeros_like(parameter).DetachFromDisposeScope();
            }
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
