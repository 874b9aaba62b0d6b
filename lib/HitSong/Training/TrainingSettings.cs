namespace HitSong.Training;

/// <summary>How a network is trained.</summary>
public sealed record TrainingSettings
{
    /// <summary>Passes over the training set.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>
    /// Items a batch; where null, the whole training set as one batch in its given order, and likewise what is
    /// validated or predicted.
    /// </summary>
    public int? BatchSize { get; init; } = 32;

    /// <summary>The optimizer.</summary>
    public Optimizer Optimizer { get; init; } = Optimizer.Adam;

    /// <summary>Step size.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>
    /// Parameters with a learning rate of their own, which a <see cref="Schedule"/> changes as it changes
    /// <see cref="LearningRate"/>; of several that name one the last counts. Null: all have that one.
    /// </summary>
    public IReadOnlyList<ParameterRate>? Rates { get; init; }

    /// <summary>
    /// Share of the step before that SGD adds to each (Sutskever et al. 2013, as torch.optim.SGD has it), below 1; no
    /// other optimizer looks at it.
    /// </summary>
    public double Momentum { get; init; }

    /// <summary>Weight decay; the optimizer's usual one where null: 0.01 for AdamW, 0 for the others.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>
    /// What Adam, AdamW and RMSprop add to the root that they divide by: 1e-8 in PyTorch, 1e-7 in Keras.
    /// </summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>How the learning rate changes.</summary>
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>
    /// Epochs between two steps of <see cref="Schedule.Step"/>; epochs that <see cref="Schedule.ReduceOnPlateau"/>
    /// bears without a fall.
    /// </summary>
    public int ScheduleEpochs { get; init; } = 10;

    /// <summary>What those two multiply the learning rate with.</summary>
    public double ScheduleFactor { get; init; } = 0.1;

    /// <summary>
    /// Epochs over which the learning rate first rises, linearly; not with <see cref="Schedule.OneCycle"/>, which rises
    /// by itself.
    /// </summary>
    public int WarmUpEpochs { get; init; }

    /// <summary>The largest norm of all gradients together; not limited where null.</summary>
    public double? GradientClip { get; init; }

    /// <summary>
    /// Whether each class counts by the inverse of its frequency in training, N / (C · N_c) (scikit-learn's
    /// "balanced"), in the loss of training and validation.
    /// </summary>
    public bool ClassWeights { get; init; }

    /// <summary>
    /// Share of each label that is spread over all classes (Szegedy et al. 2016), in the loss of training and
    /// validation.
    /// </summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Other tempos and pitches of the training clips; none where null.</summary>
    public WaveformAugmentation? Waveform { get; init; }

    /// <summary>Masks over the training clips; none where null.</summary>
    public SpecAugment? SpecAugment { get; init; }

    /// <summary>Blends of training clips; none where null.</summary>
    public Mixup? Mixup { get; init; }

    /// <summary>
    /// Whether the weights of the epoch with the lowest validation loss are kept, instead of the last epoch's.
    /// </summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>Stops where the validation loss has not fallen for so many epochs; null: goes on to the last.</summary>
    public int? Patience { get; init; }

    /// <summary>
    /// Where the network computes: <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>. Nothing else is taken by itself, as a
    /// GPU's figures differ from the CPU's in their last digits.
    /// </summary>
    public string Device { get; init; } = "cpu";

    /// <summary>
    /// Whether a GPU multiplies, convolves and recurs in TensorFloat-32 (factors rounded to 10 bits of mantissa, sums
    /// and weights in float32), several times as fast where it has tensor cores; otherwise in full float32. float32's
    /// range stays, so no loss need be scaled. Only with <see cref="Device"/> cuda.
    /// </summary>
    public bool TensorFloat32 { get; init; }

    /// <summary>Threads that libtorch computes on. Small recurrent networks are faster on one than on two.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Whether the learning rate's course depends on <see cref="Epochs"/>, so that a shorter training is not the
    /// beginning of a longer one.
    /// </summary>
    internal bool IsScheduledToEnd => Schedule is Schedule.Cosine or Schedule.OneCycle;

    /// <summary>The training in words: what differs from a plain one is said.</summary>
    public override string ToString()
    {
        string?[] words =
        [
            $"{Optimizer} {LearningRate}",
            Rates is null ? null : string.Join(", ", Rates.Select(own => $"{own.Parameters} {own.Rate}")),
            Momentum == 0 || Optimizer != Optimizer.Sgd ? null : $"momentum {Momentum}",
            Epsilon == 1e-8 || Optimizer == Optimizer.Sgd ? null : $"ε {Epsilon:0.##e-0}",
            BatchSize is int size ? $"batches of {size}" : "the whole training set as one batch",
            $"{Epochs} epochs",
            Schedule == Schedule.Constant ? null : $"schedule {Schedule}",
            WarmUpEpochs > 0 ? $"warm-up of {WarmUpEpochs} epochs" : null,
            WeightDecay is double decay ? $"weight decay {decay}" : null,
            GradientClip is double clip ? $"gradients clipped to {clip}" : null,
            ClassWeights ? "classes weighed by their inverse frequency" : null,
            LabelSmoothing > 0 ? $"label smoothing {LabelSmoothing}" : null,
            Waveform?.ToString(),
            SpecAugment is null ? null : "SpecAugment",
            Mixup is { } mixup ? $"mixup {mixup.Alpha}" : null,
            Patience is int patience ? $"stopped after {patience} epochs without a fall" : null,
            TensorFloat32 ? "TensorFloat-32" : null,
            KeepBest ? "the lowest validation loss kept" : "the last epoch kept",
        ];
        return string.Join(", ", words.OfType<string>());
    }
}
