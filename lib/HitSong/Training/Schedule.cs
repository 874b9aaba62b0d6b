namespace HitSong.Training;

/// <summary>How the learning rate changes while a network trains; each as torch.optim.lr_scheduler has it.</summary>
public enum Schedule
{
    /// <summary>Not at all.</summary>
    Constant,

    /// <summary>Down to 0 along half a cosine, epoch by epoch (Loshchilov and Hutter 2017, without restarts).</summary>
    Cosine,

    /// <summary>
    /// From a 25th up to the learning rate over 30% of the steps, and down to almost nothing, step by step; Adam's β₁
    /// goes the other way (Smith and Topin 2019).
    /// </summary>
    OneCycle,

    /// <summary>
    /// Times <see cref="TrainingSettings.ScheduleFactor"/> after every <see cref="TrainingSettings.ScheduleEpochs"/>
    /// epochs.
    /// </summary>
    Step,

    /// <summary>
    /// Times <see cref="TrainingSettings.ScheduleFactor"/> where the validation loss has not fallen for more than
    /// <see cref="TrainingSettings.ScheduleEpochs"/> epochs.
    /// </summary>
    ReduceOnPlateau,
}
