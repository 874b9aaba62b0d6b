using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Training;

/// <summary>Trains a network that answers with a probability, and asks it.</summary>
/// <param name="model">[N, …] features → [N] probabilities.</param>
/// <param name="settings">How it is trained.</param>
public sealed class Trainer(nn.Module<Tensor, Tensor> model, TrainingSettings settings)
{
    /// <summary>
    /// Trains the model and leaves the kept weights in it. Initial weights are the caller's; the order of batches
    /// and dropout follow libtorch's global generator (<see cref="manual_seed"/>).
    /// </summary>
    /// <param name="features">[N, …] float32.</param>
    /// <param name="labels">[N] float32, 0 or 1.</param>
    /// <param name="split">Which clips train and which validate.</param>
    /// <param name="epochDone">Told each epoch's metrics.</param>
    /// <param name="cancellation">Ends the training after the current epoch; the weights so far are kept.</param>
    /// <returns>The metrics of all epochs.</returns>
    /// <exception cref="HitSongException">The loss is no number.</exception>
    public IReadOnlyList<EpochMetrics> Fit(Tensor features, Tensor labels, Corpus.Split split, Action<EpochMetrics>? epochDone = null, CancellationToken cancellation = default)
    {
        set_num_threads(settings.Threads);
        using var all = NewDisposeScope();
        Tensor train = tensor(split.Train.ToArray()), validation = tensor(split.Validation.ToArray());
        Tensor trainX = features.index_select(0, train), trainY = labels.index_select(0, train);
        Tensor validX = features.index_select(0, validation), validY = labels.index_select(0, validation);
        using optim.Optimizer optimizer = settings.Optimizer switch
        {
            Optimizer.Sgd => optim.SGD(model.parameters(), settings.LearningRate),
            _ => optim.Adam(model.parameters(), settings.LearningRate),
        };

        var history = new List<EpochMetrics>();
        Dictionary<string, Tensor>? best = null;
        double lowest = double.PositiveInfinity;
        for (int epoch = 1; epoch <= settings.Epochs && !cancellation.IsCancellationRequested; epoch++)
        {
            using var scope = NewDisposeScope();
            double trainLoss = TrainEpoch(trainX, trainY, optimizer, epoch);
            Tensor probabilities = Probabilities(validX);
            double validLoss = nn.functional.binary_cross_entropy(probabilities, validY).item<float>();
            double accuracy = probabilities.ge(0.5).eq(validY.ge(0.5)).to(ScalarType.Float32).mean().item<float>();
            history.Add(new(epoch, trainLoss, validLoss, accuracy));
            if (settings.KeepBest && validLoss < lowest)
            {
                lowest = validLoss;
                best = model.state_dict().ToDictionary(p => p.Key, p => p.Value.detach().clone().MoveToOuterDisposeScope());
            }
            epochDone?.Invoke(history[^1]);
        }
        if (best is not null) model.load_state_dict(best);
        return history;
    }

    /// <summary>The model's probabilities, dropout off, all clips as one batch.</summary>
    /// <param name="features">[N, …] float32.</param>
    /// <returns>[N] probabilities.</returns>
    public Tensor Probabilities(Tensor features)
    {
        using var _ = no_grad();
        model.eval();
        return model.call(features);
    }

    private double TrainEpoch(Tensor x, Tensor y, optim.Optimizer optimizer, int epoch)
    {
        model.train();
        long count = x.shape[0], size = settings.BatchSize ?? count;
        Tensor? order = settings.BatchSize is null ? null : randperm(count);
        double sum = 0;
        for (long start = 0; start < count; start += size)
        {
            using var scope = NewDisposeScope();
            Tensor? batch = order?.narrow(0, start, Math.Min(size, count - start));
            optimizer.zero_grad();
            Tensor probabilities = model.call(batch is null ? x : x.index_select(0, batch));
            // libtorch refuses to take the loss of what is no number; the clearer words are ours.
            if (!double.IsFinite(probabilities.sum().item<float>()))
                throw new HitSongException($"The network answers with what is no number in epoch {epoch}, batch {start / size + 1}: a lower learning rate than {settings.LearningRate} may help.");
            Tensor loss = nn.functional.binary_cross_entropy(probabilities, batch is null ? y : y.index_select(0, batch));
            loss.backward();
            optimizer.step();
            sum += loss.item<float>() * Math.Min(size, count - start);
        }
        return sum / count;
    }
}
