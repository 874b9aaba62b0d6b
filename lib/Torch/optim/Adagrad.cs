using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Adagrad (Duchi et al. 2011), as torch.optim.Adagrad computes it.</summary>
    public class Adagrad : OptimizerHelper
    {
        private readonly Options defaults;

        public Adagrad(IEnumerable<Parameter> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10)
            : this([new ParamGroup(parameters, new Options())], lr, lr_decay, weight_decay, initial_accumulator_value, eps) { }

        public Adagrad(IEnumerable<ParamGroup> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10)
        {
            defaults = new Options { LearningRate = Checked(lr, "learning rate"), lr_decay = Checked(lr_decay, "learning rate decay"), weight_decay = Checked(weight_decay, "weight decay"), initial_accumulator_value = Checked(initial_accumulator_value, "initial value"), eps = Checked(eps, "epsilon") };
            foreach (ParamGroup group in parameters) add_param_group(group);
        }

        private protected override OptimizerOptions Defaults => defaults;
        private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

        private protected override void Step(Modules.ParamGroup group)
        {
            Options options = ((ParamGroup)group).Options;
            Each(group, options.weight_decay!.Value, false, (parameter, gradient, state) =>
            {
                Tensor sum = ((State)state).sum.addcmul_(gradient, gradient, 1);
                parameter.addcdiv_(gradient, sum.sqrt().add_(options.eps!.Value), -group.LearningRate / (1 + (state.Steps - 1) * options.lr_decay!.Value));
            });
        }

        public class Options : OptimizerOptions
        {
            public double? lr_decay;
            public double? weight_decay;
            public double? initial_accumulator_value;
            public double? eps;

            internal override Setting[] Settings => [new("lr_decay", () => lr_decay, value => lr_decay = value), new("weight_decay", () => weight_decay, value => weight_decay = value), new("initial_accumulator_value", () => initial_accumulator_value, value => initial_accumulator_value = value), new("eps", () => eps, value => eps = value)];
            internal override string[] PythonsOwn => ["maximize", "differentiable"];
            internal override bool Needs(string tensor) => true;
        }

        public class ParamGroup(IEnumerable<Parameter> parameters, Options options) : ParamGroup<Options>(parameters, options)
        {
            public ParamGroup() : this([], new Options()) { }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10)
                : this(parameters, new Options { LearningRate = lr, lr_decay = lr_decay, weight_decay = weight_decay, initial_accumulator_value = initial_accumulator_value, eps = eps }) { }
        }

        public class State(Parameter parameter) : OptimizerState(parameter, "sum"), IDisposable
        {
            public long step
            {
                get => Steps;
                set => Steps = value;
            }

            /// <summary>The sum of the gradient's squares.</summary>
            public Tensor sum => Slots[0]!;

            public override void Initialize(OptimizerOptions options)
            {
                base.Initialize(options);
                sum.fill_(((Options)options).initial_accumulator_value!.Value);
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
            public static Adagrad Adagrad(IEnumerable<Parameter> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10) =>
                new(parameters, lr, lr_decay, weight_decay, initial_accumulator_value, eps);

            public static Adagrad Adagrad(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10) =>
                new(parameters.Select(p => p.parameter), lr, lr_decay, weight_decay, initial_accumulator_value, eps);

            public static Adagrad Adagrad(IEnumerable<Adagrad.ParamGroup> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10) =>
                new(parameters, lr, lr_decay, weight_decay, initial_accumulator_value, eps);
        }
    }
}
