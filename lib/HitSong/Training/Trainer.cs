using System.Diagnostics;
using HitSong.Corpus;
using HitSong.Models;
using HitSong.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Training;

/// <summary>
/// Trains a network and asks it. One that answers with [N] gives the probability of class 1 and is trained with binary
/// cross entropy; one that answers with [N, C] gives logits and is trained with cross entropy.
/// </summary>
/// <param name="model">[N, …] features → [N] probabilities or [N, C] logits.</param>
/// <param name="settings">How it is trained.</param>
/// <example><code>
/// using static TorchSharp.torch;
/// using var clips = randn(64, 2);
/// int[] labels = [.. Enumerable.Range(0, 64).Select(i => clips[i, 0].item&lt;float>() > 0 ? 1 : 0)];
/// var trainer = new Trainer(nn.Linear(2, 2), new TrainingSettings { Epochs = 3, BatchSize = 16 });
/// var split = Split.Random(64, testShare: 0.25, validationShare: 0.25, seed: 42);
/// trainer.Fit(Examples.Of(clips), labels, split).Count // 3
/// </code></example>
public sealed class Trainer(nn.Module<Tensor, Tensor> model, TrainingSettings settings)
{
    private readonly Device device = DeviceOf(settings);

    /// <summary>
    /// Trains the model and leaves the kept weights in it. Initial weights are the caller's; dropout follows libtorch's
    /// global generator (<see cref="manual_seed"/>), the order of batches and augmentation follow a generator of their
    /// own with the same seed. The next batch is made on another thread while one trains.
    /// </summary>
    /// <param name="examples">All items.</param>
    /// <param name="labels">[items] their classes, 0…C − 1.</param>
    /// <param name="split">
    /// Which items train and which validate. Where none validate, the training loss stands for the validation loss.
    /// </param>
    /// <param name="folder">
    /// Where the state after each epoch is kept. A training that finds one there goes on from it, to the same numbers,
    /// also where that one was to end after fewer epochs; the caller removes it when it wants it no more. Null: none is
    /// kept.
    /// </param>
    /// <param name="epochDone">
    /// Told each epoch's metrics; where a training goes on, those of the epochs before first.
    /// </param>
    /// <param name="cancellation">Ends the training after the current epoch; the weights so far are kept.</param>
    /// <returns>The metrics of all epochs, those before it went on included.</returns>
    /// <exception cref="DivergenceException">
    /// The loss is no number. The best weights so far are in the model, or where those are not kept
    /// (<see cref="TrainingSettings.KeepBest"/>) those of the last whole epoch, if there is a
    /// <paramref name="folder"/>, which keeps the state of that epoch.</exception>
    /// <exception cref="HitSongException">
    /// The folder holds the state of another training, or cannot be written; labels or settings that this model cannot
    /// have.
    /// </exception>
    public IReadOnlyList<EpochMetrics> Fit(
        Examples examples,
        IReadOnlyList<int> labels,
        Split split,
        string? folder = null,
        Action<EpochMetrics>? epochDone = null,
        CancellationToken cancellation = default
    )
    {
        SetUp();
        using DisposeScope all = NewDisposeScope();
        ulong seed = (ulong)initial_seed();
        (int classes, long bytes) = Check(examples, labels, split);
        using OptimizerHelper optimizer = NewOptimizer();
        double[] rates = [.. optimizer.ParamGroups.Select(group => group.LearningRate)];
        double[]? weights = settings.ClassWeights ? ClassWeights(labels, split, Math.Max(2, classes)) : null;
        using Loss loss = new(classes, weights, settings.LabelSmoothing, device);

        TrainingState? state = folder is null
            ? null
            : new(folder, model, optimizer, settings, labels, split, (long)seed);
        List<EpochMetrics> history = [];
        Dictionary<string, Tensor>? best = null;
        if (state?.Load() is var (before, kept))
            (history, best) = (before, kept);
        LearningRateSchedule rate = new(
            settings,
            optimizer,
            rates,
            BatchCount(split.Train),
            [.. history.Select(Watched)]
        );
        foreach (EpochMetrics epoch in history)
            epochDone?.Invoke(epoch);
        try
        {
            using DataLoader feed = new(
                Plan(examples, labels, split, classes, seed, history.Count + 1),
                settings.Threads,
                bytes * BatchSize(split.Train)
            );
            while (
                history.Count < settings.Epochs
                && !HasStalled(settings, history)
                && !cancellation.IsCancellationRequested
            )
            {
                long start = Stopwatch.GetTimestamp();
                int epoch = history.Count + 1;
                // A GPU's generator has a state that cannot be kept, but can be seeded.
                if (device.type == DeviceType.CUDA)
                    manual_seed((long)(new SeededRandom(seed, "dropout", epoch).Next() >> 1));
                model.train();
                (double trainLoss, double trainAccuracy) = Pass(feed, split.Train, loss, epoch, optimizer, rate);
                model.eval();
                (double validationLoss, double validationAccuracy) = Pass(feed, split.Validation, loss, epoch);
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                history.Add(
                    new(epoch, trainLoss, trainAccuracy, validationLoss, validationAccuracy, rate.Last)
                    {
                        Seconds = seconds,
                        Waiting = feed.Waited.TotalSeconds / seconds,
                    }
                );
                rate.EpochDone(Watched(history[^1]));
                if (settings.KeepBest && Best(history) == history.Count - 1)
                {
                    foreach (Tensor old in best?.Values ?? Enumerable.Empty<Tensor>())
                        old.Dispose();
                    best = TrainingState.Weights(model);
                }
                state?.Save(history, best);
                epochDone?.Invoke(history[^1]);
            }
        }
        catch (DivergenceException) when (best is null)
        {
            state?.Load();
            throw;
        }
        finally
        {
            // Also where the loss is no number: the best weights are better than what it left.
            if (best is not null)
                model.load_state_dict(best);
        }
        return history;
    }

    /// <summary>
    /// What the model says of items, dropout off, in batches (in one, where <see cref="TrainingSettings.BatchSize"/> is
    /// null).
    /// </summary>
    /// <param name="examples">All items.</param>
    /// <param name="items">Which are asked about.</param>
    /// <returns>[items][classes] probabilities; of a network that answers with [N], 1 − p and p.</returns>
    /// <exception cref="HitSongException">An answer that is no number.</exception>
    public double[][] Probabilities(Examples examples, IReadOnlyList<int> items)
    {
        SetUp();
        using IDisposable mode = no_grad();
        model.to(device);
        model.eval();
        using DataLoader feed = new(
            Batches(items).Select(batch => Make(examples, batch)),
            settings.Threads,
            long.MaxValue
        );
        List<double[]> probabilities = new(items.Count);
        while (probabilities.Count < items.Count)
        {
            using DisposeScope scope = NewDisposeScope();
            using Batch batch = feed.Take();
            Tensor answer = model.call(batch.Values.to(device));
            bool isBinary = answer.dim() == 1;
            float[] values = Values(
                isBinary ? answer : answer.softmax(1),
                () =>
                    $"about one of the items {probabilities.Count} to "
                    + $"{probabilities.Count + batch.Count - 1} that it was asked about"
            );
            foreach (float[] row in values.Chunk(values.Length / batch.Count))
                probabilities.Add(isBinary ? [1 - (double)row[0], row[0]] : [.. row.Select(p => (double)p)]);
        }
        return [.. probabilities];
    }

    // One pass over items, training where there is an optimizer; the mean loss and the share that were right.
    private (double Loss, double Accuracy) Pass(
        DataLoader feed,
        IReadOnlyList<int> items,
        Loss criterion,
        int epoch,
        optim.Optimizer? optimizer = null,
        LearningRateSchedule? rate = null
    )
    {
        using IDisposable mode = set_grad_enabled(optimizer is not null);
        Parameter[] parameters = [.. model.parameters().Where(parameter => parameter.requires_grad)];
        int right = 0,
            batches = BatchCount(items);
        double sum = 0;
        for (int number = 1; number <= batches; number++)
        {
            using DisposeScope scope = NewDisposeScope();
            using Batch batch = feed.Take();
            string Where() =>
                optimizer is null
                    ? $"in epoch {epoch}, batch {number} of the validation"
                    : $"in epoch {epoch}, step {(epoch - 1) * (long)batches + number}, batch {number}";
            optimizer?.zero_grad();
            bool isAway = device.type != DeviceType.CPU;
            Tensor answer = model.call(isAway ? batch.Values.to(device) : batch.Values);
            // libtorch refuses to take the loss of what is no number; the clearer words are ours.
            float[] values = Values(answer, Where);
            Tensor loss = criterion.Of(answer, isAway ? batch.Labels!.to(device) : batch.Labels!);
            double value = loss.item<float>();
            if (!double.IsFinite(value))
                throw NotANumber("The loss is no number", Where());
            if (optimizer is not null)
            {
                loss.backward();
                if (settings.GradientClip is double clip)
                    nn.utils.clip_grad_norm_(parameters, clip);
                optimizer.step();
                rate!.StepDone();
            }
            sum += value * batch.Count;
            right += Right(values, batch);
        }
        return (sum / items.Count, (double)right / items.Count);
    }

    // Every epoch's training and validation batches, one after the other. Each epoch's order and each batch's
    // augmentation are streams of their own: who goes on later finds the same.
    private IEnumerable<Batch> Plan(
        Examples examples,
        IReadOnlyList<int> labels,
        Split split,
        int classes,
        ulong seed,
        int firstEpoch
    )
    {
        for (int epoch = firstEpoch; epoch <= settings.Epochs; epoch++)
        {
            IReadOnlyList<int> order = settings.BatchSize is null
                ? split.Train
                :
                [
                    .. new SeededRandom(seed, "batches", epoch)
                        .Permutation(split.Train.Count)
                        .Select(i => split.Train[i]),
                ];
            SeededRandom random = new(seed, "augmentation", epoch);
            foreach (IReadOnlyList<int> items in Batches(order))
                yield return Make(examples, items, labels, classes, random);
            foreach (IReadOnlyList<int> items in Batches(split.Validation))
                yield return Make(examples, items, labels, classes);
        }
    }

    private Batch Make(
        Examples examples,
        IReadOnlyList<int> items,
        IReadOnlyList<int>? labels = null,
        int classes = 0,
        SeededRandom? random = null
    )
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values =
            random is not null && settings.Waveform is not null
                ? examples.Altered!(items, random)
                : examples.Batch(items);
        Tensor? targets =
            labels is null ? null
            : classes == 0 ? tensor(items.Select(i => (float)labels[i]).ToArray())
            : tensor(items.Select(i => (long)labels[i]).ToArray());
        if (random is not null && settings.SpecAugment is { } mask)
        {
            if (values.dim() != 3)
                throw new HitSongException(
                    "SpecAugment masks batches of [N, bands, frames], and these are "
                        + $"[{string.Join(", ", values.shape)}]: train without it."
                );
            values = mask.Apply(values, random);
        }
        if (random is not null && settings.Mixup is { } mixup)
            (values, targets) = mixup.Apply(
                values,
                classes == 0 ? targets! : nn.functional.one_hot(targets!, classes).to(ScalarType.Float32),
                random
            );
        return new(values.DetachFromDisposeScope(), targets?.DetachFromDisposeScope(), items.Count);
    }

    private IEnumerable<IReadOnlyList<int>> Batches(IReadOnlyList<int> items)
    {
        int[] all = [.. items];
        int size = BatchSize(all),
            count = BatchCount(all);
        for (int batch = 0; batch < count; batch++)
            yield return new ArraySegment<int>(all, batch * size, batch < count - 1 ? size : all.Length - batch * size);
    }

    // Of one item by itself batch normalization knows no variance: where it would be the last batch, it joins the one
    // before.
    private int BatchCount(IReadOnlyList<int> items)
    {
        int size = BatchSize(items),
            count = (items.Count + size - 1) / size;
        return count > 1 && items.Count % size == 1 && model.modules().Any(module => module is BatchNorm1d)
            ? count - 1
            : count;
    }

    private int BatchSize(IReadOnlyList<int> items) => settings.BatchSize ?? Math.Max(1, items.Count);

    // The number of classes, 0 for a network that gives one probability; and the bytes of an item.
    private (int Classes, long Bytes) Check(Examples examples, IReadOnlyList<int> labels, Split split)
    {
        if (device.type == DeviceType.CUDA && !cuda.is_available())
            throw new HitSongException(
                $"Device is {settings.Device}, and this machine has no GPU that libtorch can use: set Device to cpu."
            );
        if (device.type != DeviceType.CUDA && settings.TensorFloat32)
            throw new HitSongException(
                $"TensorFloat32 needs a GPU, and Device is {settings.Device}: set Device to cuda, or "
                    + "TensorFloat32 to false."
            );
        if (labels.Count != examples.Count)
            throw new HitSongException($"There are {labels.Count} labels for {examples.Count} items.");
        if (split.Train.Count == 0)
            throw new HitSongException("The split has no item that trains.");
        if (settings.Waveform is not null && examples.Altered is null)
            throw new HitSongException(
                "Waveform asks for altered copies of the training clips, and these examples have none: train without "
                    + "it, or on a Dataset's."
            );
        if (settings.Schedule == Schedule.OneCycle && settings.WarmUpEpochs > 0)
            throw new HitSongException("OneCycle rises by itself: set WarmUpEpochs to 0.");
        model.to(device);
        model.eval();
        using IDisposable mode = no_grad();
        using Tensor one = examples.Batch([split.Train[0]]),
            answer = model.call(one.to(device));
        int classes = answer.shape switch
        {
            [_] => 0,
            [_, var c] => (int)c,
            var shape => throw new HitSongException(
                $"The network answers with [{string.Join(", ", shape)}]; [N] probabilities or [N, "
                    + "classes] logits can be trained."
            ),
        };
        int most = Math.Max(2, classes);
        foreach (int item in split.Train.Concat(split.Validation))
            if (labels[item] < 0 || labels[item] >= most)
                throw new HitSongException(
                    $"Item {item} has the label {labels[item]}, and the network has the classes 0 to {most - 1}."
                );
        return (classes, Math.Max(1, one.numel() * one.element_size()));
    }

    // What libtorch has one of for the whole process.
    private void SetUp()
    {
        set_num_threads(settings.Threads);
        if (device.type == DeviceType.CUDA)
            backends.cuda.matmul.allow_tf32 = backends.cudnn.allow_tf32 = settings.TensorFloat32;
    }

    private static Device DeviceOf(TrainingSettings settings)
    {
        try
        {
            return new(settings.Device);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new HitSongException($"There is no device {settings.Device}: set Device to cpu, cuda or cuda:1.", e);
        }
    }

    private OptimizerHelper NewOptimizer()
    {
        Parameter[] trained = [.. model.parameters().Where(parameter => parameter.requires_grad)];
        if (trained.Length == 0)
            throw new HitSongException("Every parameter is frozen: leave one out of Model.Freeze.");
        // The last rate that names a parameter is the first of these.
        var own = (settings.Rates ?? [])
            .Reverse()
            .SelectMany(rate => NamedParameters.Of(model, rate.Parameters, "Training.Rates"), (of, p) => (of.Rate, p))
            .DistinctBy(own => own.p.Handle)
            .ToDictionary(own => own.p.Handle, own => own.Rate);
        Parameter[] others = [.. trained.Where(parameter => !own.ContainsKey(parameter.Handle))];
        double decay = settings.WeightDecay ?? (settings.Optimizer == Optimizer.AdamW ? 0.01 : 0);
        OptimizerHelper optimizer = settings.Optimizer switch
        {
            Optimizer.Sgd when settings.Momentum > 0 => optim.SGD(
                others,
                settings.LearningRate,
                settings.Momentum,
                weight_decay: decay
            ),
            Optimizer.Sgd => new FusedSgd(others, settings.LearningRate, decay),
            Optimizer.Adam => new FusedAdam(others, settings.LearningRate, decay, settings.Epsilon),
            Optimizer.AdamW => new FusedAdamW(others, settings.LearningRate, decay, settings.Epsilon),
            _ => optim.RMSProp(others, settings.LearningRate, eps: settings.Epsilon, weight_decay: decay),
        };
        var groups = trained.Where(parameter => own.ContainsKey(parameter.Handle)).GroupBy(p => own[p.Handle]);
        foreach (var alike in groups)
            optimizer.add_param_group(Group([.. alike], alike.Key));
        return optimizer;
    }

    private ParamGroup Group(Parameter[] parameters, double rate) =>
        settings.Optimizer switch
        {
            Optimizer.Sgd => new SGD.ParamGroup(parameters, new() { LearningRate = rate }),
            Optimizer.Adam => new Adam.ParamGroup(parameters, new() { LearningRate = rate }),
            Optimizer.AdamW => new AdamW.ParamGroup(parameters, new() { LearningRate = rate }),
            _ => new RMSProp.ParamGroup(parameters, new RMSProp.Options { LearningRate = rate }),
        };

    private static double[] ClassWeights(IReadOnlyList<int> labels, Split split, int classes)
    {
        int[] counts = new int[classes];
        foreach (int item in split.Train)
            counts[labels[item]]++;
        // A class that never trains has no frequency, and no loss to weigh.
        return [.. counts.Select(count => count == 0 ? 0 : (double)split.Train.Count / (classes * (long)count))];
    }

    private static float[] Values(Tensor answer, Func<string> where)
    {
        using Tensor detached = answer.detach(),
            onCpu = detached.cpu(),
            contiguous = onCpu.contiguous();
        float[] values = contiguous.data<float>().ToArray();
        return values.All(float.IsFinite)
            ? values
            : throw NotANumber("The network answers with what is no number", where());
    }

    private static DivergenceException NotANumber(string what, string where) =>
        new($"{what} {where}. A lower learning rate or a GradientClip may help, if no value of the features is NaN.");

    // Where labels are shares, the largest is the label.
    private static int Right(float[] answers, Batch batch)
    {
        int width = answers.Length / batch.Count,
            right = 0;
        Tensor labels = batch.Labels!;
        long[]? classes = labels.dtype == ScalarType.Int64 ? labels.data<long>().ToArray() : null;
        float[]? shares = classes is null ? labels.data<float>().ToArray() : null;
        for (int i = 0; i < batch.Count; i++)
            if (Class(answers, i) == (classes is null ? Class(shares!, i) : classes[i]))
                right++;
        return right;

        long Class(float[] values, int row)
        {
            if (width == 1)
                return values[row] >= 0.5f ? 1 : 0;
            int largest = 0;
            for (int c = 1; c < width; c++)
                if (values[row * width + c] > values[row * width + largest])
                    largest = c;
            return largest;
        }
    }

    private static double Watched(EpochMetrics epoch) =>
        double.IsNaN(epoch.ValidationLoss) ? epoch.TrainLoss : epoch.ValidationLoss;

    private static int Best(IReadOnlyList<EpochMetrics> history) =>
        history.Index().MinBy(epoch => Watched(epoch.Item)).Index;

    /// <summary>Whether a training stops because its loss has not fallen for long enough.</summary>
    internal static bool HasStalled(TrainingSettings settings, IReadOnlyList<EpochMetrics> history) =>
        settings.Patience is int patience && history.Count > 0 && history.Count - 1 - Best(history) >= patience;
}
