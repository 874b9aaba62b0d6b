using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Resilient backpropagation (Riedmiller and Braun 1993), as torch.optim.Rprop computes it.</summary>
    public class Rprop : OptimizerHelper
    {
        private readonly Options defaults;

        public Rprop(IEnumerable<Parameter> parameters, double lr = 1e-2, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
            : this([new ParamGroup(parameters, new Options())], lr, etaminus, etaplus, min_step, max_step, maximize) { }

        public Rprop(IEnumerable<ParamGroup> parameters, double lr = 1e-2, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
        {
            if (etaminus is not (> 0 and < 1) || etaplus <= 1) throw new ArgumentException($"Etas lie between 0 and 1 and above 1; they are {etaminus} and {etaplus}");
            defaults = new Options { LearningRate = Checked(lr, "learning rate"), etaminus = Checked(etaminus, "eta"), etaplus = Checked(etaplus, "eta"), min_step = Checked(min_step, "smallest step"), max_step = Checked(max_step, "largest step"), maximize = maximize };
            foreach (ParamGroup group in parameters) add_param_group(group);
        }

        private protected override OptimizerOptions Defaults => defaults;
        private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

        private protected override void Step(Modules.ParamGroup group)
        {
            Options options = ((ParamGroup)group).Options;
            Each(group, 0, options.maximize == true, (parameter, gradient, state) =>
            {
                (Tensor before, Tensor size) = (((State)state).prev, ((State)state).step_size);
                Tensor agreement = gradient * before, turned = agreement < 0;
                size.mul_(ones_like(size).masked_fill_(turned, options.etaminus!.Value).masked_fill_(agreement > 0, options.etaplus!.Value)).clamp_(options.min_step!.Value, options.max_step!.Value);
                Tensor followed = gradient.masked_fill(turned, 0);
                parameter.addcmul_(followed.sign(), size, -1);
                before.copy_(followed);
            });
        }

        public class Options : OptimizerOptions
        {
            public double? etaminus;
            public double? etaplus;
            public double? min_step;
            public double? max_step;
            public bool? maximize;

            internal override Setting[] Settings => [new("etas.0", () => etaminus, value => etaminus = value), new("etas.1", () => etaplus, value => etaplus = value), new("step_sizes.0", () => min_step, value => min_step = value), new("step_sizes.1", () => max_step, value => max_step = value), Setting.Truth("maximize", () => maximize, value => maximize = value)];
            internal override bool Needs(string tensor) => true;
        }

        public class ParamGroup(IEnumerable<Parameter> parameters, Options options) : ParamGroup<Options>(parameters, options)
        {
            public ParamGroup() : this([], new Options()) { }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-2, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false)
                : this(parameters, new Options { LearningRate = lr, etaminus = etaminus, etaplus = etaplus, min_step = min_step, max_step = max_step, maximize = maximize }) { }
        }

        public class State(Parameter parameter) : OptimizerState(parameter, "prev", "step_size"), IDisposable
        {
            public long step
            {
                get => Steps;
                set => Steps = value;
            }

            /// <summary>The gradient of the step before.</summary>
            public Tensor prev => Slots[0]!;

            /// <summary>How far each element goes.</summary>
            public Tensor step_size => Slots[1]!;

            public override void Initialize(OptimizerOptions options)
            {
                base.Initialize(options);
                step_size.fill_(options.LearningRate!.Value);
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
            public static Rprop Rprop(IEnumerable<Parameter> parameters, double lr = 1e-2, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) =>
                new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);

            public static Rprop Rprop(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-2, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) =>
                new(parameters.Select(p => p.parameter), lr, etaminus, etaplus, min_step, max_step, maximize);

            public static Rprop Rprop(IEnumerable<Rprop.ParamGroup> parameters, double lr = 1e-2, double etaminus = 0.5, double etaplus = 1.2, double min_step = 1e-6, double max_step = 50, bool maximize = false) =>
                new(parameters, lr, etaminus, etaplus, min_step, max_step, maximize);
        }
    }
}
