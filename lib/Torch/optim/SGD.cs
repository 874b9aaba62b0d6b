using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Stochastic gradient descent, as torch.optim.SGD computes it.</summary>
    public class SGD : OptimizerHelper, optim.IMomentum
    {
        private readonly Options defaults;

        public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
            : this([new ParamGroup(parameters, new Options())], lr, momentum, dampening, weight_decay, nesterov, maximize) { }

        public SGD(IEnumerable<ParamGroup> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
        {
            if (nesterov && (momentum <= 0 || dampening != 0)) throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
            defaults = new Options
            {
                LearningRate = Checked(lr, "learning rate"), momentum = Checked(momentum, "momentum"), dampening = dampening,
                weight_decay = Checked(weight_decay, "weight decay"), nesterov = nesterov, maximize = maximize,
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
            nint[] momenta = Handles(group, 0);
            int status;
            fixed (nint* parameters = Handles(group), buffers = momenta)
                status = Library.torch_sgd_step(parameters, buffers, momenta.Length, group.LearningRate, options.momentum!.Value, options.dampening!.Value, options.weight_decay!.Value, options.nesterov == true ? 1 : 0, options.maximize == true ? 1 : 0);
            GC.KeepAlive(group);
            for (int i = 0; i < momenta.Length; i++)
                if (group.States[i].Slots[0] is null && momenta[i] != 0) group.States[i].Replace(0, new Tensor(new Value { Bits = momenta[i] }));
            Library.Check(status);
        }

        public class Options : OptimizerOptions
        {
            public double? momentum;
            public double? dampening;
            public double? weight_decay;
            public bool? nesterov;
            public bool? maximize;

            internal override Setting[] Settings =>
            [
                new("momentum", () => momentum, value => momentum = value), new("dampening", () => dampening, value => dampening = value), new("weight_decay", () => weight_decay, value => weight_decay = value),
                Setting.Truth("nesterov", () => nesterov, value => nesterov = value), Setting.Truth("maximize", () => maximize, value => maximize = value),
            ];

            internal override bool Needs(string tensor) => false;
        }

        public class ParamGroup(IEnumerable<Parameter> parameters, Options options) : ParamGroup<Options>(parameters, options), optim.IMomentum
        {
            public ParamGroup() : this([], new Options()) { }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
                : this(parameters, new Options { LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize }) { }

            public double Momentum
            {
                get => Options.momentum!.Value;
                set => Options.momentum = value;
            }
        }

        public class State(Parameter parameter) : OptimizerState(parameter, "momentum_buffer"), IDisposable
        {
            /// <summary>None before the first step with momentum.</summary>
            public Tensor? momentum_buffer => Slots[0];

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
            public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static SGD SGD(IEnumerable<(string name, Parameter parameter)> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters.Select(p => p.parameter), learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static SGD SGD(IEnumerable<SGD.ParamGroup> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);
        }
    }
}
