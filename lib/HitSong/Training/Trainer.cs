using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Training;

/// <summary>Trains a network that tells classes apart, and asks it.</summary>
/// <param name="model">[N, …] → probabilities of class 1, [N], or logits, [N, classes].</param>
/// <param name="settings">How it is trained.</param>
public sealed class Trainer(nn.Module<Tensor, Tensor> model, TrainingSettings settings)
{
    /// <summary>Trains the model and leaves the kept weights in it.</summary>
    public IReadOnlyList<EpochMetrics> Fit(Examples examples, IReadOnlyList<int> labels, Corpus.Split split, string? folder = null, Action<EpochMetrics>? epochDone = null, CancellationToken cancellation = default)
    {
        set_num_threads(settings.Threads);
        using var all = NewDisposeScope();
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
            double trainLoss = TrainEpoch(examples, labels, split.Train, optimizer, epoch);
            double[][] probabilities = Probabilities(examples, split.Validation);
            double validLoss = split.Validation.Zip(probabilities, (i, p) => -Math.Log(Math.Max(p[labels[i]], 1e-12))).DefaultIfEmpty(double.NaN).Average();
            double accuracy = split.Validation.Zip(probabilities, (i, p) => Array.IndexOf(p, p.Max()) == labels[i] ? 1.0 : 0).DefaultIfEmpty(double.NaN).Average();
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

    /// <summary>The model's probabilities of each class, dropout off.</summary>
    public double[][] Probabilities(Examples examples, IReadOnlyList<int> items)
    {
        using var _ = no_grad();
        model.eval();
        return [.. items.Chunk(settings.BatchSize ?? Math.Max(1, items.Count)).SelectMany(batch =>
        {
            using var scope = NewDisposeScope();
            Tensor output = model.call(examples.Batch(batch));
            if (output.dim() == 1) return output.data<float>().ToArray().Select(p => new[] { 1.0 - p, p });
            float[] rows = output.softmax(1).data<float>().ToArray();
            return rows.Chunk((int)output.shape[1]).Select(row => Array.ConvertAll(row, p => (double)p));
        })];
    }

    private double TrainEpoch(Examples examples, IReadOnlyList<int> labels, IReadOnlyList<int> items, optim.Optimizer optimizer, int epoch)
    {
        model.train();
        int size = settings.BatchSize ?? items.Count;
        int[] order = settings.BatchSize is null ? [.. items] : [.. randperm(items.Count).data<long>().ToArray().Select(i => items[(int)i])];
        double sum = 0;
        foreach (int[] batch in order.Chunk(size))
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            Tensor output = model.call(examples.Batch(batch));
            if (!double.IsFinite(output.sum().item<float>()))
                throw new HitSongException($"The network answers with what is no number in epoch {epoch}: a lower learning rate than {settings.LearningRate} may help.");
            Tensor loss = output.dim() == 1
                ? nn.functional.binary_cross_entropy(output, tensor(Array.ConvertAll(batch, i => (float)labels[i])))
                : nn.functional.cross_entropy(output, tensor(Array.ConvertAll(batch, i => (long)labels[i])));
            loss.backward();
            optimizer.step();
            sum += loss.item<float>() * batch.Length;
        }
        return sum / items.Count;
    }
}
