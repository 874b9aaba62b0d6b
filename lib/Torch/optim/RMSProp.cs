using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>RMSprop (Hinton 2012), as torch.optim.RMSprop computes it.</summary>
    public class RMSProp : OptimizerHelper, optim.IMomentum
    {
        private readonly Options defaults;

        public RMSProp(IEnumerable<Parameter> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
            : this([new ParamGroup(parameters, new Options())], lr, alpha, eps, weight_decay, momentum, centered, maximize) { }

        public RMSProp(IEnumerable<ParamGroup> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
        {
            defaults = new Options
            {
                LearningRate = Checked(lr, "learning rate"), alpha = Checked(alpha, "alpha"), eps = Checked(eps, "epsilon"),
                weight_decay = Checked(weight_decay, "weight decay"), momentum = Checked(momentum, "momentum"), centered = centered, maximize = maximize,
            };
            foreach (ParamGroup group in parameters) add_param_group(group);
        }

        private protected override OptimizerOptions Defaults => defaults;
        private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

        /// <summary>Of all groups.</summary>
        public double Momentum
        {
            get => defaults.momentum!.Value;
            set
            {
                defaults.momentum = value;
                foreach (ParamGroup group in Groups.Cast<ParamGroup>()) group.Momentum = value;
            }
        }

        private protected override unsafe void Step(Modules.ParamGroup group)
        {
            Options options = ((ParamGroup)group).Options;
            long[] taken = Steps(group);
            int status;
            fixed (nint* parameters = Handles(group), squares = Handles(group, 0), buffers = Handles(group, 1), averages = Handles(group, 2))
            fixed (long* steps = taken)
                status = Library.torch_rmsprop_step(parameters, squares, buffers, averages, steps, taken.Length, group.LearningRate, options.alpha!.Value, options.eps!.Value, options.weight_decay!.Value, options.momentum!.Value, options.maximize == true ? 1 : 0);
            GC.KeepAlive(group);
            Finish(group, taken, status);
        }

        public class Options : OptimizerOptions
        {
            public double? alpha;
            public double? eps;
            public double? weight_decay;
            public double? momentum;
            public bool? centered;
            public bool? maximize;

            internal override Setting[] Settings =>
            [
                new("momentum", () => momentum, value => momentum = value), new("alpha", () => alpha, value => alpha = value), new("eps", () => eps, value => eps = value),
                Setting.Truth("centered", () => centered, value => centered = value), new("weight_decay", () => weight_decay, value => weight_decay = value), Setting.Truth("maximize", () => maximize, value => maximize = value),
            ];

            internal override bool Needs(string tensor) => tensor == "square_avg" || (tensor == "grad_avg" && centered == true) || (tensor == "momentum_buffer" && momentum > 0);
        }

        public class ParamGroup(IEnumerable<Parameter> parameters, Options options) : ParamGroup<Options>(parameters, options), optim.IMomentum
        {
            public ParamGroup() : this([], new Options()) { }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 0.01, double eps = 1e-8, double alpha = 0.99, double weight_decay = 0, double momentum = 0, bool centered = false)
                : this(parameters, new Options { LearningRate = lr, alpha = alpha, eps = eps, weight_decay = weight_decay, momentum = momentum, centered = centered }) { }

            public double Momentum
            {
                get => Options.momentum!.Value;
                set => Options.momentum = value;
            }
        }

        public class State(Parameter parameter) : OptimizerState(parameter, "square_avg", "momentum_buffer", "grad_avg"), IDisposable
        {
            public long step
            {
                get => Steps;
                set => Steps = value;
            }

            /// <summary>The running mean of the gradient's square.</summary>
            public Tensor square_avg => Slots[0]!;

            /// <summary>With momentum.</summary>
            public Tensor? momentum_buffer => Slots[1];

            /// <summary>The running mean of the gradient, where it is centered.</summary>
            public Tensor? grad_avg => Slots[2];

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
            public static RMSProp RMSProp(IEnumerable<Parameter> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);

            public static RMSProp RMSProp(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(parameters.Select(p => p.parameter), lr, alpha, eps, weight_decay, momentum, centered, maximize);

            public static RMSProp RMSProp(IEnumerable<RMSProp.ParamGroup> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);
        }
    }
}
