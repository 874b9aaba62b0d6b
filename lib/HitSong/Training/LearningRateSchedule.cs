using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace HitSong.Training;

/// <summary>
/// The learning rate's course in a training. It follows from the steps taken and the history, so that nothing of it
/// need be kept.
/// </summary>
internal sealed class LearningRateSchedule
{
    private readonly optim.Optimizer optimizer;
    private readonly IReadOnlyList<double> rates;
    private readonly Schedule schedule;
    private readonly lr_scheduler.LRScheduler? byStep,
        byEpoch,
        warmUp;

    // `rates` has the first of each group, `before` the watched loss of each epoch that was trained before.
    public LearningRateSchedule(
        TrainingSettings settings,
        OptimizerHelper optimizer,
        IReadOnlyList<double> rates,
        int stepsPerEpoch,
        IReadOnlyList<double> before
    )
    {
        // An optimizer that goes on has the rates of where it was; the schedule begins at the first and goes there
        // again.
        foreach (var (group, rate) in optimizer.ParamGroups.Zip(rates))
            group.LearningRate = group.InitialLearningRate = rate;
        this.optimizer = optimizer;
        this.rates = rates;
        schedule = settings.Schedule;
        byStep =
            settings.Schedule != Schedule.OneCycle
                ? null
                : lr_scheduler.OneCycleLR(
                    optimizer,
                    rates,
                    epochs: settings.Epochs,
                    steps_per_epoch: stepsPerEpoch,
                    cycle_momentum: settings.Optimizer is Optimizer.Adam or Optimizer.AdamW
                );
        byEpoch = settings.Schedule switch
        {
            Schedule.Cosine => lr_scheduler.CosineAnnealingLR(optimizer, settings.Epochs),
            Schedule.Step => lr_scheduler.StepLR(optimizer, settings.ScheduleEpochs, settings.ScheduleFactor),
            Schedule.ReduceOnPlateau => lr_scheduler.ReduceLROnPlateau(
                optimizer,
                factor: settings.ScheduleFactor,
                patience: settings.ScheduleEpochs
            ),
            _ => null,
        };
        if (settings.WarmUpEpochs > 0)
            warmUp = lr_scheduler.LinearLR(optimizer, 1.0 / (settings.WarmUpEpochs + 1), 1, settings.WarmUpEpochs);
        foreach (double watched in before)
        {
            for (int step = 0; step < stepsPerEpoch; step++)
                StepDone();
            EpochDone(watched);
        }
    }

    /// <summary>That of the last step taken, of what has no rate of its own.</summary>
    public double Last { get; private set; }

    private double Now => optimizer.ParamGroups.First().LearningRate;

    public void StepDone()
    {
        Last = Now;
        if (byStep is null)
            return;
        byStep.step();
        // TorchSharp 0.107 lets the second group's rate rise for ever: it takes the group's number for the phase's.
        ILearningRateController[] groups = [.. optimizer.ParamGroups];
        foreach (var (group, rate) in groups.Zip(rates).Skip(1))
        {
            group.LearningRate = groups[0].LearningRate * (rate / rates[0]);
            if (group is IBetas own)
                own.Betas = ((IBetas)groups[0]).Betas;
        }
    }

    /// <param name="watched">The loss that a plateau is seen by.</param>
    public void EpochDone(double watched)
    {
        if (schedule == Schedule.ReduceOnPlateau)
            byEpoch!.step(watched);
        else
            byEpoch?.step();
        warmUp?.step();
    }
}
