using System.Globalization;
using System.Text.Json;
using HitSong.Corpus;
using HitSong.Models;
using HitSong.Training;
using Tests;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Tests.Training;

/// <summary>
/// Every setting of the loss, the optimizer and the schedule against the same training written out in PyTorch: losses
/// and learning rates of 50 steps, validated after each.
/// </summary>
[Collection(DefaultGenerator.Name)]
public class PeerTrainingTests
{
    private const string Peer = """
        import os, sys, json
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        import torch
        from torch import nn
        torch.set_num_threads(1)
        S = torch.optim.lr_scheduler
        O = torch.optim
        answers = []
        for case in json.loads(sys.argv[1]):
            binary, epochs, lr = case["classes"] == 0, 50, case["rate"]
            torch.manual_seed(3)
            x, y = torch.randn(60, 6), (torch.rand(60) * torch.rand(60) * max(2, case["classes"])).long()
            layers = [nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, case["classes"] or 1)]
            if binary: layers += [nn.Flatten(0), nn.Sigmoid()]
            model = nn.Sequential(*layers)
            decay = {} if case["decay"] is None else {"weight_decay": case["decay"]}
            optimizers = {"Sgd": O.SGD, "Adam": O.Adam, "AdamW": O.AdamW, "RmsProp": O.RMSprop}
            small = {} if case["optimizer"] == "Sgd" else {"eps": case["epsilon"]}
            if case["momentum"]: small["momentum"] = case["momentum"]
            # Later rates before earlier ones; a name in ours is a part of the name in Python.
            groups, free = {}, []
            for name, p in model.named_parameters():
                if name.startswith("2" if case["frozen"] else "none"): p.requires_grad = False; continue
                own = [r for pattern, r in case["rates"] if name.startswith(pattern)]
                (groups.setdefault(own[-1], []) if own else free).append(p)
            groups = [{"params": free}] + [{"params": p, "lr": r} for r, p in groups.items()]
            optimizer = optimizers[case["optimizer"]](groups, lr=lr, **decay, **small)
            top = [lr] + [g["lr"] for g in groups[1:]]
            cycled = case["optimizer"].startswith("Adam")
            schedules = {
                "Constant": lambda: [],
                "Cosine": lambda: [S.CosineAnnealingLR(optimizer, epochs)],
                "OneCycle": lambda: [S.OneCycleLR(optimizer, top, total_steps=epochs, cycle_momentum=cycled)],
                "Step": lambda: [S.StepLR(optimizer, 4, 0.5)],
                "ReduceOnPlateau": lambda: [S.ReduceLROnPlateau(optimizer, factor=0.5, patience=4)],
            }[case["schedule"]]()
            if case["warm"]: schedules.append(S.LinearLR(optimizer, 1 / (case["warm"] + 1), 1, case["warm"]))
            counts = torch.bincount(y[:40], minlength=max(2, case["classes"]))
            weights = 40 / (len(counts) * counts.float()) if case["weighted"] else None
            def criterion(answer, target):
                smoothing = case["smoothing"]
                if not binary:
                    return nn.functional.cross_entropy(answer, target, weight=weights, label_smoothing=smoothing)
                smoothed = target.float() * (1 - smoothing) + smoothing / 2
                weight = None if weights is None else weights[target]
                return nn.functional.binary_cross_entropy(answer, smoothed, weight=weight)
            rows = []
            for epoch in range(epochs):
                optimizer.zero_grad()
                loss = criterion(model(x[:40]), y[:40])
                loss.backward()
                if case["clip"]: nn.utils.clip_grad_norm_(model.parameters(), case["clip"])
                optimizer.step()
                rate = optimizer.param_groups[0]["lr"]
                with torch.no_grad():
                    validation = criterion(model(x[40:]), y[40:]).item()
                    answer = model(x[40:])
                    right = ((answer >= 0.5).long() if binary else answer.argmax(1)) == y[40:]
                rows.append([loss.item(), validation, right.float().mean().item(), rate])
                for s in schedules: s.step(validation) if isinstance(s, S.ReduceLROnPlateau) else s.step()
            answers.append(rows)
        print(json.dumps(answers))
        """;

    private static readonly TrainingSettings OwnRates = new()
    {
        LearningRate = 0.001,
        Rates = [new("0", 0.02), new("0.bi?s", 0.005)],
    };

    private static readonly (string Name, int Classes, TrainingSettings Settings)[] Cases =
    [
        ("plain", 0, new() { LearningRate = 0.01 }),
        (
            "clip",
            3,
            new()
            {
                Optimizer = Optimizer.Sgd,
                LearningRate = 0.5,
                GradientClip = 0.05,
            }
        ),
        ("cosine", 3, new() { LearningRate = 0.02, Schedule = Schedule.Cosine }),
        (
            "cosine, warmed up",
            0,
            new()
            {
                Optimizer = Optimizer.Sgd,
                LearningRate = 0.5,
                Schedule = Schedule.Cosine,
                WarmUpEpochs = 5,
            }
        ),
        (
            "one cycle, AdamW",
            4,
            new()
            {
                Optimizer = Optimizer.AdamW,
                LearningRate = 0.05,
                Schedule = Schedule.OneCycle,
            }
        ),
        ("one cycle, Adam", 0, new() { LearningRate = 0.05, Schedule = Schedule.OneCycle }),
        (
            "one cycle, SGD",
            3,
            new()
            {
                Optimizer = Optimizer.Sgd,
                LearningRate = 0.5,
                Schedule = Schedule.OneCycle,
            }
        ),
        (
            "step",
            3,
            new()
            {
                Optimizer = Optimizer.RmsProp,
                LearningRate = 0.005,
                Schedule = Schedule.Step,
                ScheduleEpochs = 4,
                ScheduleFactor = 0.5,
            }
        ),
        (
            "plateau",
            3,
            new()
            {
                LearningRate = 0.1,
                Schedule = Schedule.ReduceOnPlateau,
                ScheduleEpochs = 4,
                ScheduleFactor = 0.5,
            }
        ),
        // Large enough to be seen in the losses.
        ("ε, Adam", 0, new() { LearningRate = 0.01, Epsilon = 0.01 }),
        (
            "ε, AdamW",
            3,
            new()
            {
                Optimizer = Optimizer.AdamW,
                LearningRate = 0.01,
                Epsilon = 0.01,
            }
        ),
        (
            "ε, RMSprop",
            3,
            new()
            {
                Optimizer = Optimizer.RmsProp,
                LearningRate = 0.01,
                Epsilon = 0.01,
            }
        ),
        (
            "momentum",
            3,
            new()
            {
                Optimizer = Optimizer.Sgd,
                LearningRate = 0.1,
                Momentum = 0.9,
                WeightDecay = 0.01,
            }
        ),
        ("own rates, Adam", 3, OwnRates with { LearningRate = 0.01 }),
        ("own rates, AdamW, one cycle", 3, OwnRates with { Optimizer = Optimizer.AdamW, Schedule = Schedule.OneCycle }),
        (
            "own rates, SGD, cosine, warmed up",
            3,
            OwnRates with
            {
                Optimizer = Optimizer.Sgd,
                Schedule = Schedule.Cosine,
                WarmUpEpochs = 5,
            }
        ),
        (
            "own rates, momentum, step",
            3,
            OwnRates with
            {
                Optimizer = Optimizer.Sgd,
                Momentum = 0.5,
                Schedule = Schedule.Step,
                ScheduleEpochs = 4,
                ScheduleFactor = 0.5,
            }
        ),
        (
            "own rates, RMSprop, plateau",
            3,
            OwnRates with
            {
                Optimizer = Optimizer.RmsProp,
                Schedule = Schedule.ReduceOnPlateau,
                ScheduleEpochs = 4,
                ScheduleFactor = 0.5,
            }
        ),
        ("frozen, own rates, clipped", 3, OwnRates with { LearningRate = 0.01, Momentum = 0.9, GradientClip = 0.05 }),
        ("class weights", 3, new() { LearningRate = 0.02, ClassWeights = true }),
        ("class weights, binary", 0, new() { LearningRate = 0.02, ClassWeights = true }),
        ("label smoothing", 4, new() { LearningRate = 0.02, LabelSmoothing = 0.1 }),
        (
            "label smoothing, binary, weighted",
            0,
            new()
            {
                LearningRate = 0.02,
                LabelSmoothing = 0.2,
                ClassWeights = true,
            }
        ),
        ("decay, Adam", 3, new() { LearningRate = 0.02, WeightDecay = 0.1 }),
        (
            "decay, AdamW",
            0,
            new()
            {
                Optimizer = Optimizer.AdamW,
                LearningRate = 0.02,
                WeightDecay = 0.1,
            }
        ),
        (
            "decay, SGD",
            3,
            new()
            {
                Optimizer = Optimizer.Sgd,
                LearningRate = 0.2,
                WeightDecay = 0.1,
            }
        ),
        (
            "decay, RMSprop",
            0,
            new()
            {
                Optimizer = Optimizer.RmsProp,
                LearningRate = 0.01,
                WeightDecay = 0.1,
            }
        ),
    ];

    [Fact]
    public void Every_setting_trains_as_in_Python()
    {
        var told = Cases.Select(c => new
        {
            classes = c.Classes,
            rate = c.Settings.LearningRate,
            optimizer = c.Settings.Optimizer.ToString(),
            schedule = c.Settings.Schedule.ToString(),
            decay = c.Settings.WeightDecay,
            epsilon = c.Settings.Epsilon,
            warm = c.Settings.WarmUpEpochs,
            weighted = c.Settings.ClassWeights,
            smoothing = c.Settings.LabelSmoothing,
            clip = c.Settings.GradientClip,
            momentum = c.Settings.Optimizer == Optimizer.Sgd ? c.Settings.Momentum : 0,
            frozen = IsFrozen(c.Name),
            rates = (c.Settings.Rates ?? []).Select(own => new object[] { own.Parameters.Replace('?', 'a'), own.Rate }),
        });
        string described = JsonSerializer.Serialize(told);
        double[][][] peer = JsonSerializer.Deserialize<double[][][]>(Python.Run(Peer, described))!;
        foreach (var ((name, classes, settings), expected) in Cases.Zip(peer))
        {
            using DisposeScope scope = NewDisposeScope();
            manual_seed(3);
            Tensor x = randn(60, 6),
                y = (rand(60) * rand(60) * Math.Max(2, classes)).to(int64);
            using nn.Module<Tensor, Tensor> model =
                classes > 0
                    ? nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, classes))
                    : nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1), nn.Flatten(0), nn.Sigmoid());
            if (IsFrozen(name))
                foreach (Parameter frozen in NamedParameters.Of(model, "2", "Model.Freeze"))
                    frozen.requires_grad = false;
            IReadOnlyList<EpochMetrics> history = new Trainer(
                model,
                settings with
                {
                    Epochs = 50,
                    BatchSize = null,
                }
            ).Fit(
                Examples.Of(x),
                [.. y.data<long>().Select(l => (int)l)],
                new Split([.. Enumerable.Range(0, 40)], [.. Enumerable.Range(40, 20)], [])
            );
            Assert.Equal(50, history.Count);
            foreach (var (epoch, row) in history.Zip(expected))
            {
                string what = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: {epoch}, and in Python {string.Join(", ", row)}"
                );
                Assert.True(
                    Math.Abs(epoch.TrainLoss - row[0]) <= 1e-5 && Math.Abs(epoch.ValidationLoss - row[1]) <= 1e-5,
                    what
                );
                Assert.True(
                    Math.Abs(epoch.ValidationAccuracy - row[2]) < 1e-6
                        && Math.Abs(epoch.LearningRate - row[3]) <= 1e-12,
                    what
                );
            }
        }
    }

    private static bool IsFrozen(string name) => name.StartsWith("frozen", StringComparison.Ordinal);
}
