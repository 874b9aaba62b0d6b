using HitSong.Corpus;
using HitSong.Models;
using HitSong.Training;
using Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Tests.Training;

/// <summary>A training that was cut off goes on to the same numbers, and only as itself.</summary>
[Collection(DefaultGenerator.Name)]
public class ResumeTests
{
    private sealed class Cut : Exception;

    private static readonly TrainingSettings Everything = new()
    {
        Epochs = 5,
        BatchSize = 6,
        Optimizer = Optimizer.AdamW,
        Schedule = Schedule.OneCycle,
        GradientClip = 1,
        ClassWeights = true,
        LabelSmoothing = 0.1,
        Waveform = new(),
        SpecAugment = new(1, 4, 1, 4),
        Mixup = new(0.4),
        LearningRate = 0.01,
    };

    public static TheoryData<string> Trainings => ["lstm", "convolutions", "plateau"];

    private static (Func<nn.Module<Tensor, Tensor>> Make, Examples Examples, TrainingSettings Settings) Of(
        string training
    )
    {
        manual_seed(11);
        TrainingSettings everythingButAugmentation = Everything with
        {
            Waveform = null,
            Mixup = null,
            SpecAugment = null,
            Optimizer = Optimizer.Sgd,
        };
        TrainingSettings onPlateau = new()
        {
            Epochs = 8,
            BatchSize = 7,
            LearningRate = 0.5,
            Schedule = Schedule.ReduceOnPlateau,
            ScheduleEpochs = 1,
            WarmUpEpochs = 2,
            KeepBest = false,
        };
        return training switch
        {
            "lstm" => (
                () => new TikTokLstm(batchFirst: true, openRelu: true),
                Examples.Of(randn(30, 44, 13)),
                everythingButAugmentation
            ),
            "convolutions" => (Convolutions, WithAltered(Examples.Of(randn(30, 16, 20))), Everything),
            _ => (() => nn.Sequential(nn.Flatten(), nn.Linear(20, 3)), Examples.Of(randn(30, 4, 5)), onPlateau),
        };

        static Examples WithAltered(Examples examples) =>
            examples with
            {
                Altered = (items, random) => examples.Batch(items) * random.Uniform(0.5, 2),
            };

        static nn.Module<Tensor, Tensor> Convolutions() =>
            nn.Sequential(
                nn.Unflatten(1, [1, 16]),
                nn.Conv2d(1, 4, 3),
                nn.BatchNorm2d(4),
                nn.ReLU(),
                nn.Dropout(0.5),
                nn.Flatten(),
                nn.Linear(4 * 14 * 18, 3)
            );
    }

    private static readonly Split Sides = new([.. Enumerable.Range(0, 20)], [.. Enumerable.Range(20, 10)], []);

    private static int[] Labels(int classes) => [.. Enumerable.Range(0, 30).Select(i => i * i % classes)];

    // The history and the bits of all weights.
    private static (IReadOnlyList<EpochMetrics> History, string Weights) Fit(
        string training,
        string? folder,
        Action<EpochMetrics>? epochDone = null
    )
    {
        var (make, examples, settings) = Of(training);
        manual_seed(5);
        using nn.Module<Tensor, Tensor> model = make();
        IReadOnlyList<EpochMetrics> history = new Trainer(model, settings).Fit(
            examples,
            Labels(training == "lstm" ? 2 : 3),
            Sides,
            folder,
            epochDone
        );
        return (
            history,
            string.Concat(model.state_dict().Select(s => Convert.ToHexString(s.Value.detach().contiguous().bytes)))
        );
    }

    [Theory]
    [MemberData(nameof(Trainings))]
    public void Cut_off_after_any_epoch_it_goes_on_to_the_same_numbers(string training)
    {
        var whole = Fit(training, null);
        for (int cut = 1; cut <= whole.History.Count; cut++)
        {
            using TemporaryFolder folder = new();
            Assert.Throws<Cut>(() =>
                Fit(
                    training,
                    folder.At("state"),
                    e =>
                    {
                        if (e.Epoch == cut)
                            throw new Cut();
                    }
                )
            );
            // Cut off within an epoch, what was drawn from the generator since is no part of the state.
            _ = randn(7);
            List<int> told = [];
            var resumed = Fit(training, folder.At("state"), e => told.Add(e.Epoch));
            Assert.Equal(whole.History, resumed.History);
            Assert.Equal(whole.Weights, resumed.Weights);
            Assert.Equal(Enumerable.Range(1, whole.History.Count), told);
        }
    }

    [Fact]
    public void More_epochs_and_more_patience_go_on_where_fewer_ended()
    {
        using TemporaryFolder folder = new();
        TrainingSettings twelve = new()
        {
            Epochs = 12,
            BatchSize = 7,
            LearningRate = 0.3,
            Patience = 3,
        };
        var whole = Fit(twelve, null);
        Assert.InRange(whole.Count, 4, 11);
        Fit(twelve with { Epochs = 2, Patience = 1 }, folder.Path);
        Assert.Equal(whole, Fit(twelve, folder.Path));
        // Who wants it to end earlier than it has, or has it scheduled to, gets another training.
        Assert.Contains("Patience is 3 there and 2 here", Refused(twelve with { Patience = 2 }));
        Assert.Contains($"{whole.Count} are done there and 3 wanted here", Refused(twelve with { Epochs = 3 }));
        Assert.Contains("Schedule", Refused(twelve with { Schedule = Schedule.Cosine }));
        using TemporaryFolder scheduled = new();
        Fit(twelve with { Epochs = 2, Schedule = Schedule.Cosine }, scheduled.Path);
        Assert.Contains(
            "Epochs is 2 there and 12 here",
            Assert
                .Throws<HitSongException>(() => Fit(twelve with { Schedule = Schedule.Cosine }, scheduled.Path))
                .Message
        );

        string Refused(TrainingSettings other) =>
            Assert.Throws<HitSongException>(() => Fit(other, folder.Path)).Message;

        static IReadOnlyList<EpochMetrics> Fit(TrainingSettings settings, string? folder)
        {
            manual_seed(5);
            Examples examples = Examples.Of(randn(30, 4));
            using nn.Module<Tensor, Tensor> model = nn.Sequential(nn.Linear(4, 3));
            return new Trainer(model, settings).Fit(examples, Labels(3), Sides, folder);
        }
    }

    [Fact]
    public void Waiting_and_the_machine_do_not_change_what_is_drawn()
    {
        var (make, examples, settings) = Of("convolutions");
        IReadOnlyList<EpochMetrics> Fit(Examples from)
        {
            manual_seed(5);
            using nn.Module<Tensor, Tensor> model = make();
            return new Trainer(model, settings).Fit(from, Labels(3), Sides);
        }
        IReadOnlyList<EpochMetrics> fast = Fit(examples),
            slow = Fit(
                examples with
                {
                    Batch = items =>
                    {
                        Thread.Sleep(5);
                        return examples.Batch(items);
                    },
                }
            );
        Assert.Equal(fast, slow);
        Assert.Contains(slow, epoch => epoch.Waiting > 0);
    }

    [Fact]
    public void A_state_of_another_training_is_refused_by_what_differs()
    {
        using TemporaryFolder folder = new();
        Examples examples = Examples.Of(zeros(30, 4));
        void Fit(int width, TrainingSettings settings, int[]? labels = null, int seed = 5)
        {
            manual_seed(seed);
            using nn.Module<Tensor, Tensor> model = nn.Sequential(nn.Linear(4, width));
            new Trainer(model, settings).Fit(examples, labels ?? Labels(3), Sides, folder.Path);
        }
        Fit(3, new() { Epochs = 1 });
        string Message(Action fit) => Assert.Throws<HitSongException>(fit).Message;
        Assert.Contains(
            "0.weight Float32 [3, 4] where this one has 0.weight Float32 [5, 4]",
            Message(() => Fit(5, new() { Epochs = 1 }))
        );
        Assert.Contains(
            "LearningRate is 0.001 there and 0.1 here",
            Message(() => Fit(3, new() { Epochs = 1, LearningRate = 0.1 }))
        );
        Assert.Contains("items, labels or split", Message(() => Fit(3, new() { Epochs = 1 }, Labels(2))));
        Assert.Contains("5 there and 6 here", Message(() => Fit(3, new() { Epochs = 1 }, seed: 6)));
        string path = Assert.Single(Directory.GetFiles(folder.Path));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^20]);
        Assert.Contains("Remove it to begin anew", Message(() => Fit(3, new() { Epochs = 1 })));
    }

    [SkippableFact]
    public void A_full_disk_is_named_and_the_epoch_before_is_kept()
    {
        Skip.IfNot(File.Exists("/dev/full"), "needs /dev/full");
        using TemporaryFolder folder = new();
        using nn.Module<Tensor, Tensor> model = nn.Sequential(nn.Linear(4, 3));
        var trainer = new Trainer(model, new() { Epochs = 2 });
        string partial = folder.At("training.state.partial");
        HitSongException error = Assert.Throws<HitSongException>(() =>
            trainer.Fit(
                Examples.Of(zeros(30, 4)),
                Labels(3),
                Sides,
                folder.Path,
                _ => File.CreateSymbolicLink(partial, "/dev/full")
            )
        );
        Assert.Contains("after epoch 2", error.Message);
        Assert.Contains("make room", error.Message);
        Assert.Equal("training.state", Path.GetFileName(Assert.Single(Directory.GetFiles(folder.Path))));
        Assert.Equal(2, trainer.Fit(Examples.Of(zeros(30, 4)), Labels(3), Sides, folder.Path).Count);
    }

    [Fact]
    public void A_loss_that_is_no_number_leaves_the_best_weights_and_the_last_state()
    {
        using TemporaryFolder folder = new();
        var (make, examples, settings) = Of("lstm");
        manual_seed(5);
        using nn.Module<Tensor, Tensor> model = make();
        int batches = 0;
        // Four batches train and two validate in each epoch: the fifteenth is the third of the third.
        Examples broken = examples with
        {
            Batch = items => ++batches == 1 + 15 ? full([items.Count, 44, 13], float.NaN) : examples.Batch(items),
        };
        var told = new List<EpochMetrics>();
        var error = Assert.Throws<DivergenceException>(() =>
            new Trainer(model, settings).Fit(broken, Labels(2), Sides, folder.Path, told.Add)
        );
        Assert.Contains("epoch 3, step 11, batch 3", error.Message);
        Assert.Equal(2, told.Count);
        double kept = new Trainer(model, settings).Probabilities(examples, Sides.Validation).Sum(p => p[1]);
        Assert.True(double.IsFinite(kept));
        Assert.Equal(Fit("lstm", null).History, Fit("lstm", folder.Path).History);
    }

    [Fact]
    public void It_stops_where_the_validation_loss_falls_no_more()
    {
        manual_seed(5);
        using nn.Module<Tensor, Tensor> model = nn.Sequential(nn.Linear(4, 3));
        // Labels by chance: what is learnt of the training items soon does harm.
        IReadOnlyList<EpochMetrics> history = new Trainer(
            model,
            new()
            {
                Epochs = 200,
                LearningRate = 0.1,
                Patience = 3,
            }
        ).Fit(Examples.Of(randn(30, 4)), Labels(3), Sides);
        int best = history.ToList().FindIndex(e => e.ValidationLoss == history.Min(h => h.ValidationLoss));
        Assert.Equal(best + 1 + 3, history.Count);
        Assert.True(history.Count < 200);
    }
}
