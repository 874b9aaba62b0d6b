using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests;

/// <summary>Modules and losses against Python's, from the same seed: initial weights to the bit, output, gradients and buffers.</summary>
public class PeerModuleTests
{
    private const string Peer = """
        import sys, json, torch
        from torch import nn
        import torch.nn.functional as F
        def floats(t): return t.detach().double().flatten().tolist()
        answers = []
        for seed, (expression, sizes) in enumerate(json.loads(sys.argv[1])):
            torch.manual_seed(seed)
            module = eval(expression) if expression.startswith("nn.") else None
            state = {} if module is None else {n: floats(t) for n, t in module.state_dict().items()}
            inputs = [torch.randn(*size).requires_grad_() for size in sizes]
            def run():
                if module is None: return eval(expression, globals(), {"x": inputs[0], "y": inputs[-1]})
                if isinstance(module, nn.Embedding): return module((inputs[0].detach().abs() * 2).long())
                if isinstance(module, nn.MultiheadAttention): return module(inputs[0], inputs[-1], inputs[-1])[0] if len(inputs) > 1 else torch.cat([t.flatten() for t in module(inputs[0], inputs[0], inputs[0])])
                if isinstance(module, nn.NLLLoss): return module(inputs[0].log_softmax(1), torch.arange(4) % 3)
                if isinstance(module, nn.KLDivLoss): return module(inputs[0].log_softmax(1), inputs[1].log_softmax(1))
                return module(*inputs)
            out = run()
            (out ** 3).sum().backward()
            answer = {"state": state, "shape": list(out.shape), "out": floats(out), "grads": [None if t.grad is None else floats(t.grad) for t in inputs]}
            answer["parameters"] = [] if module is None else [floats(p.grad) for p in module.parameters()]
            answer["buffers"] = [] if module is None else [floats(b) for b in module.buffers()]
            if module is not None:
                module.eval()
                answer["eval"] = floats(run())
            answers.append(answer)
        print(json.dumps(answers))
        """;

    private sealed record Case(string Python, long[][] Sizes, Func<nn.Module> Make);

    private static Case Of(string python, long[] size, Func<nn.Module> make) => new(python, [size], make);
    private static Case Two(string python, long[] size, Func<nn.Module> make) => new(python, [size, size], make);

    private static readonly Case[] cases =
    [
        Of("nn.Linear(5, 3)", [4, 5], () => nn.Linear(5, 3)),
        Of("nn.Conv1d(4, 6, 3, stride=2, padding=1, dilation=2, groups=2)", [2, 4, 11], () => nn.Conv1d(4, 6, 3, 2, 1, 2, groups: 2)),
        Of("nn.Conv1d(4, 6, 4, padding='same', bias=False)", [2, 4, 11], () => nn.Conv1d(4, 6, 4, Padding.Same, bias: false)),
        Of("nn.Conv1d(4, 6, 3, padding=2, padding_mode='circular')", [2, 4, 11], () => nn.Conv1d(4, 6, 3, padding: 2, padding_mode: PaddingModes.Circular)),
        Of("nn.Conv2d(3, 8, 3)", [2, 3, 9, 7], () => nn.Conv2d(3, 8, 3)),
        Of("nn.Conv2d(4, 8, (2, 3), (1, 2), (0, 1), groups=4)", [2, 4, 9, 7], () => nn.Conv2d(4, 8, (2, 3), (1, 2), (0, 1), groups: 4)),
        Of("nn.Conv2d(3, 4, (2, 3), padding='same')", [2, 3, 9, 7], () => nn.Conv2d(3, 4, (2, 3), Padding.Same)),
        Of("nn.Conv2d(3, 4, 3, padding='same', padding_mode='reflect')", [2, 3, 9, 7], () => nn.Conv2d(3, 4, 3, Padding.Same, padding_mode: PaddingModes.Reflect)),
        Of("nn.Conv2d(3, 4, 3, padding=(1, 2), padding_mode='replicate')", [2, 3, 9, 7], () => nn.Conv2d(3, 4, (3, 3), padding: (1, 2), padding_mode: PaddingModes.Replicate)),
        Of("nn.ConvTranspose2d(3, 4, 3, stride=2, padding=1, output_padding=1)", [2, 3, 5, 4], () => nn.ConvTranspose2d(3, 4, 3, 2, 1, 1)),
        Of("nn.ConvTranspose2d(4, 6, (2, 3), (2, 1), groups=2, bias=False)", [2, 4, 5, 4], () => nn.ConvTranspose2d(4, 6, (2, 3), (2, 1), groups: 2, bias: false)),
        Of("nn.BatchNorm1d(5)", [6, 5], () => nn.BatchNorm1d(5)),
        Of("nn.BatchNorm1d(5, momentum=0.3, affine=False)", [6, 5, 4], () => nn.BatchNorm1d(5, momentum: 0.3, affine: false)),
        Of("nn.BatchNorm2d(3, eps=1e-3)", [4, 3, 5, 2], () => nn.BatchNorm2d(3, 1e-3)),
        Of("nn.BatchNorm2d(3, track_running_stats=False)", [4, 3, 5, 2], () => nn.BatchNorm2d(3, track_running_stats: false)),
        Of("nn.LayerNorm(5)", [4, 3, 5], () => nn.LayerNorm(5)),
        Of("nn.LayerNorm((3, 5), elementwise_affine=False)", [4, 3, 5], () => nn.LayerNorm([3, 5], elementwise_affine: false)),
        Of("nn.GroupNorm(2, 6)", [3, 6, 4], () => nn.GroupNorm(2, 6)),
        Of("nn.Embedding(9, 4)", [5, 2], () => nn.Embedding(9, 4)),
        Of("nn.Embedding(9, 4, padding_idx=1, max_norm=1.5)", [5, 2], () => nn.Embedding(9, 4, 1, 1.5)),
        Of("nn.Dropout(0.3)", [4, 5], () => nn.Dropout(0.3)),
        Of("nn.Dropout1d(0.3)", [4, 5, 2], () => nn.Dropout1d(0.3)),
        Of("nn.Dropout2d(0.3)", [4, 5, 2, 2], () => nn.Dropout2d(0.3)),
        Of("nn.MultiheadAttention(8, 2)", [5, 3, 8], () => nn.MultiheadAttention(8, 2)),
        Two("nn.MultiheadAttention(8, 4, dropout=0.2, bias=False, add_zero_attn=True)", [5, 3, 8], () => nn.MultiheadAttention(8, 4, 0.2, false, add_zero_attn: true)),
        new("nn.MultiheadAttention(8, 2, add_bias_kv=True, kdim=6, vdim=6)", [[5, 3, 8], [4, 3, 6]], () => nn.MultiheadAttention(8, 2, add_bias_kv: true, kdim: 6, vdim: 6)),
        Of("nn.TransformerEncoderLayer(8, 2, 16)", [5, 3, 8], () => nn.TransformerEncoderLayer(8, 2, 16)),
        Of("nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, activation='gelu'), 2)", [5, 3, 8], () => nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, activation: nn.Activations.GELU), 2)),
        Of("nn.ReLU()", [4, 5], () => nn.ReLU()),
        Of("nn.ReLU6()", [4, 5], () => nn.ReLU6()),
        Of("nn.ELU(0.7)", [4, 5], () => nn.ELU(0.7)),
        Of("nn.CELU(0.7)", [4, 5], () => nn.CELU(0.7)),
        Of("nn.SELU()", [4, 5], () => nn.SELU()),
        Of("nn.LeakyReLU(0.2)", [4, 5], () => nn.LeakyReLU(0.2)),
        Of("nn.PReLU(3)", [4, 3], () => nn.PReLU(3)),
        Of("nn.GELU()", [4, 5], () => nn.GELU()),
        Of("nn.GELU('tanh')", [4, 5], () => nn.GELU(TorchSharp.Modules.GELU.Approximate.tanh)),
        Of("nn.SiLU()", [4, 5], () => nn.SiLU()),
        Of("nn.Mish()", [4, 5], () => nn.Mish()),
        Of("nn.Sigmoid()", [4, 5], () => nn.Sigmoid()),
        Of("nn.LogSigmoid()", [4, 5], () => nn.LogSigmoid()),
        Of("nn.Tanh()", [4, 5], () => nn.Tanh()),
        Of("nn.Softplus(2, 1)", [4, 5], () => nn.Softplus(2, 1)),
        Of("nn.Softsign()", [4, 5], () => nn.Softsign()),
        Of("nn.Softmax(1)", [4, 5], () => nn.Softmax(1)),
        Of("nn.LogSoftmax(0)", [4, 5], () => nn.LogSoftmax(0)),
        Of("nn.Hardtanh(-0.5, 0.6)", [4, 5], () => nn.Hardtanh(-0.5, 0.6)),
        Of("nn.Hardswish()", [4, 5], () => nn.Hardswish()),
        Of("nn.Hardsigmoid()", [4, 5], () => nn.Hardsigmoid()),
        Of("nn.GLU()", [4, 6], () => nn.GLU()),
        Of("nn.Identity()", [4, 5], () => nn.Identity()),
        Of("nn.Flatten()", [4, 5, 2], () => nn.Flatten()),
        Of("nn.Unflatten(1, (2, 3))", [4, 6], () => nn.Unflatten(1, [2, 3])),
        Of("nn.MaxPool1d(3, 2, 1)", [2, 3, 9], () => nn.MaxPool1d(3, 2, 1)),
        Of("nn.MaxPool2d((2, 4))", [2, 3, 9, 8], () => nn.MaxPool2d((2, 4))),
        Of("nn.MaxPool2d(3, 2, 1, ceil_mode=True)", [2, 3, 9, 8], () => nn.MaxPool2d(3, 2, 1, ceil_mode: true)),
        Of("nn.AvgPool1d(3, 2, 1)", [2, 3, 9], () => nn.AvgPool1d(3, 2, 1)),
        Of("nn.AvgPool2d((2, 3), padding=(1, 1), count_include_pad=False)", [2, 3, 9, 8], () => nn.AvgPool2d((2, 3), padding: (1, 1), count_include_pad: false)),
        Of("nn.AdaptiveAvgPool1d(4)", [2, 3, 9], () => nn.AdaptiveAvgPool1d(4)),
        Of("nn.AdaptiveAvgPool2d((1, 3))", [2, 3, 9, 8], () => nn.AdaptiveAvgPool2d((1, 3))),
        Of("nn.AdaptiveMaxPool1d(4)", [2, 3, 9], () => nn.AdaptiveMaxPool1d(4)),
        Of("nn.AdaptiveMaxPool2d((2, 3))", [2, 3, 9, 8], () => nn.AdaptiveMaxPool2d([2, 3])),
        Of("nn.Upsample(scale_factor=2, mode='bilinear')", [2, 3, 4, 5], () => nn.Upsample(scale_factor: [2], mode: UpsampleMode.Bilinear)),
        Of("nn.Upsample((7,))", [2, 3, 4], () => nn.Upsample([7])),
        Of("nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))", [6, 5], () => nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))),
        Two("nn.MSELoss()", [4, 3], () => nn.MSELoss()),
        Two("nn.L1Loss(reduction='sum')", [4, 3], () => nn.L1Loss(nn.Reduction.Sum)),
        Two("nn.SmoothL1Loss(beta=0.5)", [4, 3], () => nn.SmoothL1Loss(beta: 0.5)),
        Two("nn.HuberLoss(delta=0.5)", [4, 3], () => nn.HuberLoss(0.5)),
        Two("nn.KLDivLoss(log_target=True, reduction='sum')", [4, 3], () => nn.KLDivLoss(true, nn.Reduction.Sum)),
        Of("nn.NLLLoss()", [4, 3], () => nn.NLLLoss()),
        new("nn.MarginRankingLoss(0.3)", [[4], [4], [4]], () => nn.MarginRankingLoss(0.3)),
    ];

    [Fact]
    public void StartAndComputeAsInPython()
    {
        JsonElement[] answers = [.. JsonDocument.Parse(Python.Run(Peer, JsonSerializer.Serialize(cases.Select(c => new object[] { c.Python, c.Sizes })))).RootElement.EnumerateArray()];
        for (int i = 0; i < cases.Length; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            (string python, long[][] sizes, Func<nn.Module> make) = cases[i];
            JsonElement expected = answers[i];
            manual_seed(i);
            using nn.Module module = make();
            Dictionary<string, Tensor> state = module.state_dict();
            Assert.Equal(expected.GetProperty("state").EnumerateObject().Select(p => p.Name), state.Keys);
            foreach (JsonProperty entry in expected.GetProperty("state").EnumerateObject())
                Assert.True(Numbers(entry.Value).SequenceEqual(Values(state[entry.Name])), $"{python}: {entry.Name} starts otherwise");
            Tensor[] inputs = [.. sizes.Select(size => randn(size).requires_grad_())];
            Tensor output = Call(module, inputs);
            output.pow(3).sum().backward();
            Assert.True(Numbers(expected.GetProperty("shape")).SequenceEqual(output.shape.Select(s => (double)s)), $"{python}: shape [{string.Join(", ", output.shape)}]");
            AssertClose(python, expected.GetProperty("out"), output);
            foreach ((JsonElement grad, Tensor input) in expected.GetProperty("grads").EnumerateArray().Zip(inputs))
                if (grad.ValueKind != JsonValueKind.Null) AssertClose("gradient of " + python, grad, input.grad!);
            AssertAll("parameters of " + python, expected.GetProperty("parameters"), module.parameters().Select(p => p.grad!));
            AssertAll("buffers of " + python, expected.GetProperty("buffers"), module.buffers());
            module.eval();
            AssertClose(python + ", eval", expected.GetProperty("eval"), Call(module, inputs));
        }
    }

    private static Tensor Call(nn.Module module, Tensor[] x) => module switch
    {
        TorchSharp.Modules.Embedding m => m.call((x[0].detach().abs() * 2).@long()),
        TorchSharp.Modules.MultiheadAttention m when x.Length > 1 => m.call(x[0], x[1], x[1]).Item1,
        TorchSharp.Modules.MultiheadAttention m => cat([m.call(x[0], x[0], x[0]).Item1.flatten(), m.call(x[0], x[0], x[0]).Item2!.flatten()]),
        TorchSharp.Modules.TransformerEncoder m => m.call(x[0]),
        TorchSharp.Modules.NLLLoss m => m.call(x[0].log_softmax(1), arange(4) % 3),
        TorchSharp.Modules.KLDivLoss m => m.call(x[0].log_softmax(1), x[1].log_softmax(1)),
        nn.Module<Tensor, Tensor> m => m.call(x[0]),
        nn.Module<Tensor, Tensor, Tensor> m => m.call(x[0], x[1]),
        nn.Module<Tensor, Tensor, Tensor, Tensor> m => m.call(x[0], x[1], x[2]),
        _ => throw new NotSupportedException(module.GetName()),
    };

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetDouble())];
    private static double[] Values(Tensor tensor) => tensor.detach().to(float64).flatten().data<double>().ToArray();

    private static void AssertAll(string what, JsonElement expected, IEnumerable<Tensor> actual)
    {
        Tensor[] tensors = [.. actual];
        Assert.Equal(expected.GetArrayLength(), tensors.Length);
        for (int i = 0; i < tensors.Length; i++) AssertClose($"{what}, {i}", expected[i], tensors[i]);
    }

    private static void AssertClose(string what, JsonElement expected, Tensor actual)
    {
        double[] wanted = Numbers(expected), values = Values(actual);
        Assert.True(wanted.Length == values.Length, $"{what}: {values.Length} values, {wanted.Length} in Python");
        double largest = Math.Max(wanted.Select(Math.Abs).DefaultIfEmpty().Max(), 1e-30);
        for (int i = 0; i < wanted.Length; i++) Assert.True(Math.Abs(wanted[i] - values[i]) <= 1e-6 * largest, $"{what}: {values[i]:R} at {i}, {wanted[i]:R} in Python");
    }
}
