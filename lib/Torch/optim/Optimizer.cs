using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>What a scheduler turns: a group of parameters with their learning rate.</summary>
        public interface ILearningRateController
        {
            double LearningRate { get; set; }
            double InitialLearningRate { get; set; }
        }

        public interface IMomentum
        {
            double Momentum { get; set; }
        }

        public interface IBetas
        {
            (double, double) Betas { get; set; }
        }

        /// <summary>Changes parameters by their gradients.</summary>
        public abstract class Optimizer : IDisposable
        {
            internal List<Modules.ParamGroup> Groups { get; } = [];

            public virtual IEnumerable<ILearningRateController> ParamGroups => Groups;
            public virtual IEnumerable<Parameter> parameters() => Own;

            private protected virtual IEnumerable<Parameter> Own => Groups.SelectMany(g => g.List);

            /// <summary>Forgets the gradients, as PyTorch 2 does (set_to_none): the next backward makes them anew, and a step leaves alone what has none.</summary>
            public virtual void zero_grad()
            {
                foreach (Parameter parameter in Own) parameter.grad = null;
            }

            /// <param name="closure">Computes the loss and its gradients anew before the step.</param>
            /// <returns>What the closure returned.</returns>
            public virtual Tensor? step(Func<Tensor>? closure = null)
            {
                Tensor? loss = null;
                if (closure is not null)
                    using (enable_grad()) loss = closure();
                foreach (Modules.ParamGroup group in Groups) Step(group);
                return loss;
            }

            /// <summary>The state of an optimizer, group by group.</summary>
            public class StateDictionary
            {
                internal StateDictionary() { }

                public List<OptimizerOptions> Options { get; } = [];

                /// <summary>For each group, where in <see cref="State"/> the states of its parameters stand.</summary>
                public List<List<int>> StateIndexRef { get; } = [];

                public List<OptimizerState> State { get; } = [];
            }

            private protected virtual void Step(Modules.ParamGroup group) { }

            /// <exception cref="NotSupportedException">The optimizer has but one group.</exception>
            public virtual void add_param_group(Modules.ParamGroup param_group) => throw new NotSupportedException($"{GetType().Name} takes one group of parameters, which its constructor was given");

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Disposes the state, not the parameters.</summary>
            protected abstract void Dispose(bool disposing);
        }
    }
}
