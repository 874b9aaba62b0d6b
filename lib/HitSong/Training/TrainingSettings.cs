namespace HitSong.Training;

/// <summary>The optimizers that the published experiments use.</summary>
public enum Optimizer
{
    /// <summary>Stochastic gradient descent, without momentum.</summary>
    Sgd,

    /// <summary>Adam (Kingma and Ba 2015) with its usual betas.</summary>
    Adam,
}

/// <summary>How a network is trained.</summary>
public sealed record TrainingSettings
{
    /// <summary>Passes over the training set.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>Clips a batch; the whole training set where null.</summary>
    public int? BatchSize { get; init; } = 32;

    /// <summary>The optimizer.</summary>
    public Optimizer Optimizer { get; init; } = Optimizer.Adam;

    /// <summary>Step size.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Whether the weights of the epoch with the lowest validation loss are kept, instead of the last epoch's.</summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>Threads that libtorch computes on. Small recurrent networks are faster on one than on two.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The training in words.</summary>
    public override string ToString() =>
        $"{Optimizer} {LearningRate}, {(BatchSize is int size ? $"batches of {size}" : "the whole training set as one batch")}, {Epochs} epochs, {(KeepBest ? "the lowest validation loss kept" : "the last epoch kept")}";
}
