namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Learning rates that change from step to step, as torch.optim.lr_scheduler's do.</summary>
        public static partial class lr_scheduler
        {
            /// <summary>Turns the learning rate of each group of an optimizer; its first step is taken when it is made.</summary>
            public abstract class LRScheduler
            {
                private readonly bool verbose;

                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    Optimizer = optimizer;
                    Groups = [.. optimizer.ParamGroups];
                    this.verbose = verbose;
                    Epoch = last_epoch;
                    // As in Python, the rate that the group's first scheduler found is the initial one of those after it too.
                    foreach (ILearningRateController group in Groups)
                    {
                        if (last_epoch == -1 && group is not Modules.ParamGroup { Scheduled: true }) group.InitialLearningRate = group.LearningRate;
                        if (group is Modules.ParamGroup own) own.Scheduled = true;
                    }
                    Initial = [.. Groups.Select(g => g.InitialLearningRate)];
                }

                internal Optimizer Optimizer { get; }
                private protected ILearningRateController[] Groups { get; }

                /// <summary>The learning rates that the schedule starts from.</summary>
                private protected double[] Initial { get; }

                /// <summary>Steps taken, without the first.</summary>
                internal int Epoch { get; set; }

                /// <summary>The learning rate of each group as it is now.</summary>
                public IEnumerable<double> get_last_lr() => Groups.Select(g => g.LearningRate);

                public virtual void step() => step(null);

                /// <param name="epoch">Where in the schedule to go; the next step where null.</param>
                public virtual void step(int? epoch)
                {
                    Epoch = epoch ?? Epoch + 1;
                    double[] rates = Rates(epoch is not null);
                    for (int i = 0; i < rates.Length; i++)
                    {
                        Groups[i].LearningRate = rates[i];
                        if (verbose) Console.WriteLine($"Epoch {Epoch}: the learning rate of group {i} is now {rates[i]}");
                    }
                }

                /// <summary>A step of a scheduler that looks at a measure.</summary>
                public virtual void step(double current, int? epoch = null) => step(epoch);

                /// <param name="jumped">Whether the epoch was given, so that the present rates say nothing of the next.</param>
                private protected virtual double[] Rates(bool jumped) => [.. get_lr()];

                /// <summary>The learning rate of each group for the step that is being taken, for schedulers of your own.</summary>
                protected virtual IEnumerable<double> get_lr() => get_last_lr();

                /// <summary>One rate for each group, of its first and its present one.</summary>
                private protected double[] Each(Func<double, double, double> rate) => [.. Groups.Select((g, i) => rate(Initial[i], g.LearningRate))];
            }

            public static partial class impl { }
        }
    }
}
