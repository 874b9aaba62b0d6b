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
    private readonly Schedule schedule;
    private readonly lr_scheduler.LRScheduler? byStep,
        byEpoch,
        warmUp;

    // `before` has the watched loss of each epoch that was trained before.
    public LearningRateSchedule(
        TrainingSettings settings,
        OptimizerHelper optimizer,
        int stepsPerEpoch,
        IReadOnlyList<double> before
    )
    {
        // An optimizer that goes on has the rate of where it was; the schedule begins at the first and goes there
        // again.
        foreach (ILearningRateController group in optimizer.ParamGroups)
            group.LearningRate = settings.LearningRate;
        this.optimizer = optimizer;
        schedule = settings.Schedule;
        byStep =
            settings.Schedule != Schedule.OneCycle
                ? null
                : lr_scheduler.OneCycleLR(
                    optimizer,
                    settings.LearningRate,
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

    /// <summary>That of the last step taken.</summary>
    public double Last { get; private set; }

    private double Now => optimizer.ParamGroups.First().LearningRate;

    public void StepDone()
    {
        Last = Now;
        byStep?.step();
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
