using HitSong.Corpus;
using HitSong.Models;
using HitSong.Training;
using Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Tests.Training;

[Collection(DefaultGenerator.Name)]
public class TrainerTests
{
    private sealed class Logistic : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> fc = nn.Linear(2, 1);

        public Logistic()
            : base(nameof(Logistic)) => RegisterComponents();

        public override Tensor forward(Tensor x) => fc.call(x).sigmoid().squeeze(1);
    }

    // Classes apart along x + y: a logistic regression separates them.
    private static (Examples Examples, int[] Labels, Split Split) Separable()
    {
        var random = new Random(3);
        float[] x = [.. Enumerable.Range(0, 400).Select(_ => (float)(random.NextDouble() * 2 - 1))];
        int[] y = [.. Enumerable.Range(0, 200).Select(i => x[2 * i] + x[2 * i + 1] > 0 ? 1 : 0)];
        return (Examples.Of(tensor(x, [200, 2])), y, Split.Random(200, 0.25, 0.2, 1));
    }

    [Fact]
    public void A_model_learns_what_can_be_learnt()
    {
        var (examples, labels, split) = Separable();
        manual_seed(1);
        using var model = new Logistic();
        var history = new Trainer(model, new() { Epochs = 60, LearningRate = 0.05 }).Fit(examples, labels, split);
        Assert.Equal(60, history.Count);
        Assert.True(history[^1].ValidationAccuracy > 0.9, $"{history[^1]}");
        Assert.True(history[^1].TrainLoss < history[0].TrainLoss);
    }

    [Fact]
    public void The_weights_of_the_lowest_validation_loss_are_kept()
    {
        var (examples, labels, split) = Separable();
        manual_seed(1);
        using var model = new Logistic();
        // A step size at which the loss rises and falls.
        var trainer = new Trainer(
            model,
            new()
            {
                Epochs = 20,
                LearningRate = 20,
                KeepBest = true,
            }
        );
        var history = trainer.Fit(examples, labels, split);
        double loss = trainer
            .Probabilities(examples, split.Validation)
            .Zip(split.Validation, (p, item) => -Math.Log(p[labels[item]]))
            .Average();
        Assert.Equal(history.Min(e => e.ValidationLoss), loss, 1e-5);
    }

    [Fact]
    public void An_item_that_would_be_a_batch_by_itself_joins_the_one_before_where_batches_are_normalized()
    {
        var (examples, labels, split) = Separable();
        using var model = nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 2));
        var history = new Trainer(
            model,
            new()
            {
                Epochs = 2,
                BatchSize = split.Train.Count - 1,
                KeepBest = false,
            }
        ).Fit(examples, labels, split);
        Assert.All(history, epoch => Assert.True(double.IsFinite(epoch.TrainLoss)));
        Assert.Equal(2, model.state_dict()["0.num_batches_tracked"].item<long>());
    }

    [Fact]
    public void The_same_seed_gives_the_same_metrics_to_the_bit()
    {
        var (examples, labels, split) = Separable();
        IReadOnlyList<EpochMetrics> Fit()
        {
            manual_seed(5);
            using var model = new Logistic();
            return new Trainer(model, new() { Epochs = 5 }).Fit(examples, labels, split);
        }
        Assert.Equal(Fit(), Fit());
    }

    [Fact]
    public void What_is_frozen_stays_and_a_name_that_nothing_has_is_refused_with_those_that_there_are()
    {
        HipHopMlpSettings settings = new() { Units = [4, 3], Freeze = ["layers.1", "layers.*.bias"] };
        manual_seed(2);
        using nn.Module<Tensor, Tensor> model = settings.Create(2, 1, 2);
        string[] before = Bits(model);
        var (examples, labels, split) = Separable();
        new Trainer(model, new() { Epochs = 1, KeepBest = false }).Fit(examples, labels, split);
        Assert.Equal(
            ["layers.3.weight", "layers.5.weight"],
            model
                .named_parameters()
                .Zip(before.Zip(Bits(model)))
                .Where(p => p.Second.First != p.Second.Second)
                .Select(p => p.First.name)
        );

        string all =
            "It has layers.1.weight, layers.1.bias, layers.3.weight, layers.3.bias, layers.5.weight, layers.5.bias.";
        Assert.Contains(all, Refused(() => (settings with { Freeze = ["layer1"] }).Create(2, 1, 2)));
        TrainingSettings unknown = new() { Rates = [new("layers.1", 0.1), new("fc.*", 0.1)] };
        Assert.Contains(
            $"Training.Rates names fc.*, and HipHopMlp has no such parameter. {all}",
            Refused(() => new Trainer(model, unknown).Fit(examples, labels, split))
        );
        using nn.Module<Tensor, Tensor> frozen = (settings with { Freeze = ["*"] }).Create(2, 1, 2);
        Assert.Contains(
            "Every parameter is frozen",
            Refused(() => new Trainer(frozen, new()).Fit(examples, labels, split))
        );

        static string[] Bits(nn.Module model) =>
            [.. model.parameters().Select(parameter => Convert.ToHexString(parameter.detach().bytes))];

        static string Refused(Action action) => Assert.Throws<HitSongException>(action).Message;
    }

    [Fact]
    public void A_cancelled_training_ends_after_its_epoch_and_keeps_it()
    {
        var (examples, labels, split) = Separable();
        using var model = new Logistic();
        using var cancel = new CancellationTokenSource();
        var history = new Trainer(model, new() { Epochs = 50 }).Fit(
            examples,
            labels,
            split,
            epochDone: e =>
            {
                if (e.Epoch == 3)
                    cancel.Cancel();
            },
            cancellation: cancel.Token
        );
        Assert.Equal(3, history.Count);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_and_says_where()
    {
        var (examples, labels, split) = Separable();
        using var model = new Logistic();
        var trainer = new Trainer(model, new() { Epochs = 3 });
        var error = Assert.Throws<DivergenceException>(() =>
            trainer.Fit(new(200, items => full([items.Count, 2], float.NaN)), labels, split)
        );
        Assert.Contains("epoch 1, step 1, batch 1", error.Message);
    }

    [Fact]
    public void A_network_of_logits_learns_classes_and_answers_with_probabilities_in_any_order()
    {
        manual_seed(1);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn(300, 2);
        float[] flat = x.data<float>().ToArray();
        int[] labels =
        [
            .. Enumerable
                .Range(0, 300)
                .Select(i =>
                    flat[2 * i] > 0.4f ? 2
                    : flat[2 * i + 1] > 0 ? 1
                    : 0
                ),
        ];
        Split split = Split.Random(300, 0.25, 0.2, 1);
        using nn.Module<Tensor, Tensor> model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 3));
        var trainer = new Trainer(model, new() { Epochs = 60, LearningRate = 0.02 });
        EpochMetrics last = trainer.Fit(Examples.Of(x), labels, split)[^1];
        Assert.True(last.ValidationAccuracy > 0.9 && last.TrainAccuracy > 0.9, $"{last}");
        double[][] test = trainer.Probabilities(Examples.Of(x), split.Test),
            reversed = trainer.Probabilities(Examples.Of(x), [.. split.Test.Reverse()]);
        Assert.All(test, p => Assert.Equal(1, p.Sum(), 1e-5));
        Assert.True(
            test.Zip(split.Test, (p, item) => Array.IndexOf(p, p.Max()) == labels[item]).Average(right => right ? 1 : 0)
                > 0.85
        );
        foreach (var (one, other) in test.Zip(reversed.Reverse()))
            Assert.Equal(one[1], other[1], 1e-6);
    }

    [Fact]
    public void What_cannot_be_trained_is_said_before_it_begins()
    {
        var (examples, labels, split) = Separable();
        using var model = new Logistic();
        string Message(TrainingSettings settings, int[]? other = null) =>
            Assert
                .Throws<HitSongException>(() => new Trainer(model, settings).Fit(examples, other ?? labels, split))
                .Message;
        Assert.Contains("has the label 7", Message(new(), [.. labels.Select(_ => 7)]));
        Assert.Contains("3 labels for 200 items", Message(new(), [0, 1, 1]));
        Assert.Contains("no device tpu", Message(new() { Device = "tpu" }));
        Assert.Contains("WarmUpEpochs", Message(new() { Schedule = Schedule.OneCycle, WarmUpEpochs = 2 }));
        Assert.Contains("altered copies", Message(new() { Waveform = new() }));
        Assert.Contains("SpecAugment", Message(new() { SpecAugment = new() }));
        Assert.Contains("needs a GPU", Message(new() { TensorFloat32 = true }));
        if (!cuda.is_available())
            Assert.Contains("no GPU", Message(new() { Device = "cuda" }));
    }
}
