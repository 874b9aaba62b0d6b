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

        public override void add_param_group(Modules.ParamGroup param_group)
        {
            Options options = ((ParamGroup)param_group).Options;
            options.InitialLearningRate = (options.LearningRate ??= defaults.LearningRate)!.Value;
            options.momentum ??= defaults.momentum;
            options.dampening ??= defaults.dampening;
            options.weight_decay ??= defaults.weight_decay;
            options.nesterov ??= defaults.nesterov;
            options.maximize ??= defaults.maximize;
            base.add_param_group(param_group);
        }

        private protected override unsafe void Step(Modules.ParamGroup group)
        {
            Options options = ((ParamGroup)group).Options;
            Tensor?[] buffers = ((ParamGroup)group).MomentumBuffers;
            int count = buffers.Length;
            nint* parameters = stackalloc nint[count], states = stackalloc nint[count];
            Handles(group.List, parameters);
            Handles(buffers, states);
            Library.Check(Library.torch_sgd_step(parameters, states, count, group.LearningRate, options.momentum!.Value, options.dampening!.Value, options.weight_decay!.Value, options.nesterov == true ? 1 : 0, options.maximize == true ? 1 : 0));
            GC.KeepAlive(group);
            for (int i = 0; i < count; i++)
                if (buffers[i] is null && states[i] != 0) buffers[i] = new Tensor(new Value { Bits = states[i] }).DetachFromDisposeScope();
        }

        protected override void Dispose(bool disposing)
        {
            foreach (Tensor? buffer in Groups.Cast<ParamGroup>().SelectMany(g => g.MomentumBuffers)) buffer?.Dispose();
        }

        public class Options : OptimizerOptions
        {
            public double? momentum;
            public double? dampening;
            public double? weight_decay;
            public bool? nesterov;
            public bool? maximize;
        }

        public class ParamGroup : ParamGroup<Options>, optim.IMomentum
        {
            public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) => MomentumBuffers = new Tensor[List.Length];

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
                : this(parameters, new Options { LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize }) { }

            public double Momentum
            {
                get => Options.momentum!.Value;
                set => Options.momentum = value;
            }

            /// <summary>One for each parameter, none before its first step with momentum.</summary>
            internal Tensor?[] MomentumBuffers { get; }
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
