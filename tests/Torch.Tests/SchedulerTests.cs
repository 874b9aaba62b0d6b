using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.PyBridge;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace Tests;

/// <summary>Learning rates, and the momentum of OneCycleLR, step by step as in Python.</summary>
public class SchedulerTests
{
    private const string Peer = """
        import sys, json, warnings, torch
        from torch.optim.lr_scheduler import *
        warnings.simplefilter("ignore")
        answers = []
        for expression in json.loads(sys.argv[1]):
            o = torch.optim.Adam([{"params": [torch.nn.Parameter(torch.zeros(1))]}, {"params": [torch.nn.Parameter(torch.zeros(1))], "lr": 0.02}], lr=0.1)
            s = eval(expression)
            rates = []
            for i in range(20):
                rates += [o.param_groups[0]["lr"], o.param_groups[1]["lr"], o.param_groups[0]["betas"][0]]
                if isinstance(s, ReduceLROnPlateau): s.step(abs(i - 4) * 0.1 + 1)
                elif i < 19: s.step()
            answers.append(rates)
        print(json.dumps(answers))
        """;

    private static readonly (string python, Func<Optimizer, lr_scheduler.LRScheduler> make)[] cases =
    [
        ("StepLR(o, 3, 0.5)", o => lr_scheduler.StepLR(o, 3, 0.5)),
        ("MultiStepLR(o, [2, 7, 7], 0.3)", o => lr_scheduler.MultiStepLR(o, [2, 7, 7], 0.3)),
        ("ExponentialLR(o, 0.9)", o => lr_scheduler.ExponentialLR(o, 0.9)),
        ("LambdaLR(o, lambda e: 1 / (1 + e))", o => lr_scheduler.LambdaLR(o, e => 1.0 / (1 + e))),
        ("LambdaLR(o, [lambda e: 0.9 ** e, lambda e: 1 + e])", o => new lr_scheduler.impl.LambdaLR(o, [e => Math.Pow(0.9, e), e => 1 + e])),
        ("MultiplicativeLR(o, [lambda e: 0.9, lambda e: 1 + 0.1 * e])", o => new lr_scheduler.impl.MultiplicativeLR(o, [_ => 0.9, e => 1 + 0.1 * e])),
        ("LinearLR(o, 0.2, 1.0, 5)", o => lr_scheduler.LinearLR(o, 0.2, 1, 5)),
        ("ConstantLR(o, 0.25, 6)", o => lr_scheduler.ConstantLR(o, 0.25, 6)),
        ("PolynomialLR(o, 7, 2)", o => lr_scheduler.PolynomialLR(o, 7, 2)),
        ("MultiplicativeLR(o, lambda e: 1 - 1 / (1 + e))", o => lr_scheduler.MultiplicativeLR(o, e => 1 - 1.0 / (1 + e))),
        ("CyclicLR(o, 0.01, 0.3, 3, 5, 'triangular2', cycle_momentum=False)", o => lr_scheduler.CyclicLR(o, 0.01, 0.3, 3, 5, lr_scheduler.impl.CyclicLR.Mode.Triangular2, cycle_momentum: false)),
        ("CyclicLR(o, 0.01, 0.3, 4, mode='exp_range', gamma=0.9, cycle_momentum=False)", o => lr_scheduler.CyclicLR(o, 0.01, 0.3, 4, mode: lr_scheduler.impl.CyclicLR.Mode.ExpRange, gamma: 0.9, cycle_momentum: false)),
        ("ChainedScheduler([ConstantLR(o, 0.1, 4), ExponentialLR(o, 0.9)])", o => lr_scheduler.ChainedLR([lr_scheduler.ConstantLR(o, 0.1, 4), lr_scheduler.ExponentialLR(o, 0.9)])),
        ("SequentialLR(o, [LinearLR(o, 0.1, 1.0, 4), ExponentialLR(o, 0.9), StepLR(o, 2, 0.5)], [4, 11])", o => lr_scheduler.SequentialLR(o, [lr_scheduler.LinearLR(o, 0.1, 1, 4), lr_scheduler.ExponentialLR(o, 0.9), lr_scheduler.StepLR(o, 2, 0.5)], [4, 11])),
        ("CosineAnnealingLR(o, 8, 0.001)", o => lr_scheduler.CosineAnnealingLR(o, 8, 0.001)),
        ("OneCycleLR(o, 0.5, total_steps=20)", o => lr_scheduler.OneCycleLR(o, 0.5, total_steps: 20)),
        ("OneCycleLR(o, 0.5, epochs=4, steps_per_epoch=5, anneal_strategy='linear', three_phase=True, cycle_momentum=False)",
            o => lr_scheduler.OneCycleLR(o, 0.5, epochs: 4, steps_per_epoch: 5, anneal_strategy: lr_scheduler.impl.OneCycleLR.AnnealStrategy.Linear, three_phase: true, cycle_momentum: false)),
        ("ReduceLROnPlateau(o, patience=2, factor=0.5, cooldown=1, min_lr=[0.01, 0.001])", o => lr_scheduler.ReduceLROnPlateau(o, patience: 2, factor: 0.5, cooldown: 1, min_lr: [0.01, 0.001])),
        ("ReduceLROnPlateau(o, 'max', threshold=0.05, threshold_mode='abs', patience=1)", o => lr_scheduler.ReduceLROnPlateau(o, "max", threshold: 0.05, threshold_mode: "abs", patience: 1)),
    ];

    [Fact]
    public void FollowPythons()
    {
        double[][] answers = JsonSerializer.Deserialize<double[][]>(Python.Run(Peer, JsonSerializer.Serialize(cases.Select(c => c.python))))!;
        for (int c = 0; c < cases.Length; c++)
        {
            using DisposeScope scope = NewDisposeScope();
            using Adam optimizer = optim.Adam([new Adam.ParamGroup([new Parameter(zeros(1))], new Adam.Options()), new Adam.ParamGroup([new Parameter(zeros(1))], lr: 0.02)], 0.1);
            ILearningRateController[] groups = [.. optimizer.ParamGroups];
            lr_scheduler.LRScheduler scheduler = cases[c].make(optimizer);
            for (int i = 0; i < 20; i++)
            {
                double[] actual = [groups[0].LearningRate, groups[1].LearningRate, ((IBetas)groups[0]).Betas.Item1];
                for (int k = 0; k < 3; k++)
                    Assert.True(Math.Abs(answers[c][3 * i + k] - actual[k]) < 1e-12, $"{cases[c].python}, step {i}: {string.Join(", ", actual)}, in Python {string.Join(", ", answers[c][(3 * i)..(3 * i + 3)])}");
                if (scheduler is lr_scheduler.impl.ReduceLROnPlateau) scheduler.step(Math.Abs(i - 4) * 0.1 + 1);
                else if (i < 19) scheduler.step();
            }
        }
    }

    /// <summary>In both languages a scheduler goes on where another stopped by the optimizer's saved state and the number of steps taken.</summary>
    private const string Resumed = """
        import sys, json, torch
        from torch.optim.lr_scheduler import *
        answers = []
        for i, expression in enumerate(json.loads(sys.argv[1])):
            o = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
            o.load_state_dict(torch.load(f"{sys.argv[2]}/{i}"))
            s = eval(expression)
            rates = []
            for _ in range(12):
                rates.append(o.param_groups[0]["lr"])
                o.step(); s.step()
            answers.append(rates)
        print(json.dumps(answers))
        """;

    [Fact]
    public void GoOnFromTheOptimizersSavedState()
    {
        (string python, Func<Optimizer, int, lr_scheduler.LRScheduler> make)[] kinds =
        [
            ("StepLR(o, 3, 0.5", (o, last) => lr_scheduler.StepLR(o, 3, 0.5, last)),
            ("StepLR(o, 30, 0.5", (o, last) => lr_scheduler.StepLR(o, 30, 0.5, last)),
            ("MultiStepLR(o, [2, 9, 11], 0.3", (o, last) => lr_scheduler.MultiStepLR(o, [2, 9, 11], 0.3, last)),
            ("CosineAnnealingLR(o, 15, 0.001", (o, last) => lr_scheduler.CosineAnnealingLR(o, 15, 0.001, last)),
            ("LinearLR(o, 0.2, 1.0, 10", (o, last) => lr_scheduler.LinearLR(o, 0.2, 1, 10, last)),
            ("LambdaLR(o, lambda e: 1 / (1 + e)", (o, last) => lr_scheduler.LambdaLR(o, e => 1.0 / (1 + e), last)),
        ];
        using TemporaryFolder folder = new();
        using DisposeScope scope = NewDisposeScope();
        const int Steps = 7;
        double[][] expected = [.. kinds.Select((kind, i) =>
        {
            using Adam whole = optim.Adam([new Parameter(zeros(1))], 0.1), native = optim.Adam([new Parameter(zeros(1))], 0.3), bridged = optim.Adam([new Parameter(zeros(1))], 0.3);
            lr_scheduler.LRScheduler scheduler = kind.make(whole, -1);
            for (int step = 0; step < Steps; step++) scheduler.step();
            whole.save_state_dict(folder.At("native"));
            whole.save_py(folder.At($"{i}"));
            native.load_state_dict(folder.At("native"));
            bridged.load_py(folder.At($"{i}"));
            lr_scheduler.LRScheduler[] resumed = [kind.make(native, Steps), kind.make(bridged, Steps)];
            return Enumerable.Range(0, 12).Select(_ =>
            {
                scheduler.step();
                double rate = scheduler.get_last_lr().Single();
                Assert.All(resumed, other => Assert.Equal(rate, other.get_last_lr().Single()));
                foreach (lr_scheduler.LRScheduler other in resumed) other.step();
                return rate;
            }).ToArray();
        })];
        double[][] python = JsonSerializer.Deserialize<double[][]>(Python.Run(Resumed, JsonSerializer.Serialize(kinds.Select(k => $"{k.python}, last_epoch={Steps})")), folder.Path))!;
        for (int i = 0; i < kinds.Length; i++)
            foreach ((double e, double a) in python[i].Zip(expected[i])) Assert.Equal(e, a, 1e-12);
    }
}
