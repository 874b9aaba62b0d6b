using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Averaged stochastic gradient descent (Polyak and Juditsky 1992), as torch.optim.ASGD computes it.</summary>
    public class ASGD : OptimizerHelper
    {
        private readonly Options defaults;

        public ASGD(IEnumerable<Parameter> parameters, double lr = 1e-3, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weight_decay = 0, bool maximize = false)
            : this([new ParamGroup(parameters, new Options())], lr, lambd, alpha, t0, weight_decay, maximize) { }

        public ASGD(IEnumerable<ParamGroup<Options>> parameters, double lr = 1e-3, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weight_decay = 0, bool maximize = false)
        {
            defaults = new Options { LearningRate = Checked(lr, "learning rate"), lambd = lambd, alpha = alpha, t0 = t0, weight_decay = Checked(weight_decay, "weight decay"), maximize = maximize };
            foreach (ParamGroup<Options> group in parameters) add_param_group(group);
        }

        private protected override OptimizerOptions Defaults => defaults;
        private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

        private protected override void Step(Modules.ParamGroup group)
        {
            Options options = ((ParamGroup<Options>)group).Options;
            (double lambd, double lr) = (options.lambd!.Value, group.LearningRate);
            Each(group, options.weight_decay!.Value, options.maximize!.Value, (parameter, gradient, state) =>
            {
                var own = (State)state;
                parameter.mul_(1 - lambd * own.eta).add_(gradient, -own.eta);
                if (own.mu != 1) own.ax.add_(parameter.sub(own.ax).mul(own.mu));
                else own.ax.copy_(parameter);
                own.eta = lr / Math.Pow(1 + lambd * lr * state.Steps, options.alpha!.Value);
                own.mu = 1 / Math.Max(1, state.Steps - options.t0!.Value);
            });
        }

        public class Options : OptimizerOptions
        {
            public double? lambd;
            public double? alpha;
            public double? t0;
            public double? weight_decay;
            public bool? maximize;

            internal override Setting[] Settings => [new("lambd", () => lambd, value => lambd = value), new("alpha", () => alpha, value => alpha = value), new("t0", () => t0, value => t0 = value), new("weight_decay", () => weight_decay, value => weight_decay = value), Setting.Truth("maximize", () => maximize, value => maximize = value)];
            internal override bool Needs(string tensor) => true;
        }

        public class ParamGroup(IEnumerable<Parameter> parameters, Options options) : ParamGroup<Options>(parameters, options)
        {
            public ParamGroup() : this([], new Options()) { }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weight_decay = 0)
                : this(parameters, new Options { LearningRate = lr, lambd = lambd, alpha = alpha, t0 = t0, weight_decay = weight_decay }) { }
        }

        public class State(Parameter parameter) : OptimizerState(parameter, "ax"), IDisposable
        {
            internal override (string, double)[] FirstNumbers(OptimizerOptions options) => [("eta", options.LearningRate!.Value), ("mu", 1)];

            public long step
            {
                get => Steps;
                set => Steps = value;
            }

            /// <summary>The rate of the next step.</summary>
            public double eta
            {
                get => Numbers[0];
                set => Numbers[0] = value;
            }

            /// <summary>What the next step counts for in the mean.</summary>
            public double mu
            {
                get => Numbers[1];
                set => Numbers[1] = value;
            }

            /// <summary>The mean of the parameter, from step t0 on.</summary>
            public Tensor ax => Slots[0]!;

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
            public static ASGD ASGD(IEnumerable<Parameter> parameters, double lr = 1e-3, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weight_decay = 0, bool maximize = false) =>
                new(parameters, lr, lambd, alpha, t0, weight_decay, maximize);

            public static ASGD ASGD(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-3, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weight_decay = 0, bool maximize = false) =>
                new(parameters.Select(p => p.parameter), lr, lambd, alpha, t0, weight_decay, maximize);

            public static ASGD ASGD(IEnumerable<ParamGroup<ASGD.Options>> parameters, double lr = 1e-3, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weight_decay = 0, bool maximize = false) =>
                new(parameters, lr, lambd, alpha, t0, weight_decay, maximize);
        }
    }
}
