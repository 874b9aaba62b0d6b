using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Adadelta (Zeiler 2012), as torch.optim.Adadelta computes it.</summary>
    public class Adadelta : OptimizerHelper
    {
        private readonly Options defaults;

        public Adadelta(IEnumerable<Parameter> parameters, double lr, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false)
            : this([new ParamGroup(parameters, new Options())], lr, rho, eps, weight_decay, maximize) { }

        public Adadelta(IEnumerable<ParamGroup> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false)
        {
            defaults = new Options { LearningRate = Checked(lr, "learning rate"), rho = Checked(rho, "rho"), eps = Checked(eps, "epsilon"), weight_decay = Checked(weight_decay, "weight decay"), maximize = maximize };
            foreach (ParamGroup group in parameters) add_param_group(group);
        }

        private protected override OptimizerOptions Defaults => defaults;
        private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

        private protected override void Step(Modules.ParamGroup group)
        {
            Options options = ((ParamGroup)group).Options;
            (double rho, double eps) = (options.rho!.Value, options.eps!.Value);
            Each(group, options.weight_decay!.Value, options.maximize == true, (parameter, gradient, state) =>
            {
                Tensor square = ((State)state).square_avg.mul_(rho).addcmul_(gradient, gradient, 1 - rho), changes = ((State)state).acc_delta;
                Tensor delta = changes.add(eps).sqrt_().div_(square.add(eps).sqrt_()).mul_(gradient);
                changes.mul_(rho).addcmul_(delta, delta, 1 - rho);
                parameter.add_(delta, -group.LearningRate);
            });
        }

        public class Options : OptimizerOptions
        {
            public double? rho;
            public double? eps;
            public double? weight_decay;
            public bool? maximize;

            internal override Setting[] Settings => [new("rho", () => rho, value => rho = value), new("eps", () => eps, value => eps = value), new("weight_decay", () => weight_decay, value => weight_decay = value), Setting.Truth("maximize", () => maximize, value => maximize = value)];
            internal override bool Needs(string tensor) => true;
        }

        public class ParamGroup(IEnumerable<Parameter> parameters, Options options) : ParamGroup<Options>(parameters, options)
        {
            public ParamGroup() : this([], new Options()) { }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false)
                : this(parameters, new Options { LearningRate = lr, rho = rho, eps = eps, weight_decay = weight_decay, maximize = maximize }) { }
        }

        public class State(Parameter parameter) : OptimizerState(parameter, "square_avg", "acc_delta"), IDisposable
        {
            public long step
            {
                get => Steps;
                set => Steps = value;
            }

            /// <summary>The running mean of the gradient's square.</summary>
            public Tensor square_avg => Slots[0]!;

            /// <summary>The running mean of the square of the changes.</summary>
            public Tensor acc_delta => Slots[1]!;

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
            public static Adadelta Adadelta(IEnumerable<Parameter> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false) =>
                new(parameters, lr, rho, eps, weight_decay, maximize);

            public static Adadelta Adadelta(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false) =>
                new(parameters.Select(p => p.parameter), lr, rho, eps, weight_decay, maximize);

            public static Adadelta Adadelta(IEnumerable<Adadelta.ParamGroup> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6, double weight_decay = 0, bool maximize = false) =>
                new(parameters, lr, rho, eps, weight_decay, maximize);
        }
    }
}
