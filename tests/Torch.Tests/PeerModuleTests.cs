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
        for seed, (expression, sizes, call) in enumerate(json.loads(sys.argv[1])):
            torch.manual_seed(seed)
            module = eval(expression) if expression.startswith("nn.") else None
            state = {} if module is None else {n: floats(t) for n, t in module.state_dict().items()}
            inputs = [torch.randn(*size).requires_grad_() for size in sizes]
            def run():
                if call: return eval(call, globals(), {"m": module, "x": inputs})
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

    /// <param name="Call">Python's call of the module m on the inputs x, where it is not m(*x).</param>
    /// <param name="Here">The same call here.</param>
    private sealed record Case(string Python, long[][] Sizes, Func<nn.Module> Make, string? Call = null, Func<nn.Module, Tensor[], Tensor>? Here = null);

    private static Case Of(string python, long[] size, Func<nn.Module> make) => new(python, [size], make);
    private static Case Called<T>(string python, long[][] sizes, Func<T> make, string call, Func<T, Tensor[], Tensor> here) where T : nn.Module => new(python, sizes, make, call, (m, x) => here((T)m, x));
    private static Tensor Unpooled((Tensor output, Tensor indices) pooled, Func<Tensor, Tensor, long[]?, Tensor> unpool) => unpool(pooled.output, pooled.indices, null);
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
        Of("nn.Conv3d(2, 4, 2, stride=2, padding=1, groups=2)", [2, 2, 5, 4, 3], () => nn.Conv3d(2, 4, 2, 2, 1, groups: 2)),
        Of("nn.Conv3d(2, 3, (1, 2, 3), padding='same', padding_mode='circular')", [2, 2, 5, 4, 3], () => nn.Conv3d(2, 3, (1, 2, 3), Padding.Same, padding_mode: PaddingModes.Circular)),
        Of("nn.Conv3d(2, 3, 3, padding='same', bias=False)", [2, 2, 5, 4, 3], () => nn.Conv3d(2, 3, 3, Padding.Same, bias: false)),
        Of("nn.ConvTranspose1d(4, 6, 3, 2, 1, 1, groups=2)", [2, 4, 5], () => nn.ConvTranspose1d(4, 6, 3, 2, 1, 1, groups: 2)),
        Of("nn.ConvTranspose3d(2, 3, (1, 2, 3), (2, 1, 2), bias=False)", [2, 2, 3, 4, 2], () => nn.ConvTranspose3d(2, 3, (1, 2, 3), (2, 1, 2), bias: false)),
        Called("nn.MaxUnpool1d(2)", [[2, 3, 8]], () => nn.MaxUnpool1d(2), "m(*F.max_pool1d_with_indices(x[0], 2))", (m, x) => Unpooled(nn.MaxPool1d(2).forward_with_indices(x[0]), m.call)),
        Called("nn.MaxUnpool1d(3, 2)", [[3, 8]], () => nn.MaxUnpool1d(3, 2), "m(*F.max_pool1d_with_indices(x[0], 3, 2), [8])", (m, x) => Unpooled(nn.MaxPool1d(3, 2).forward_with_indices(x[0]), (t, i, _) => m.call(t, i, [8]))),
        Called("nn.MaxUnpool2d(2)", [[2, 3, 6, 4]], () => nn.MaxUnpool2d(2), "m(*F.max_pool2d_with_indices(x[0], 2))", (m, x) => Unpooled(nn.MaxPool2d(2).forward_with_indices(x[0]), m.call)),
        Called("nn.MaxUnpool2d((3, 2), (2, 2), (1, 0))", [[2, 3, 7, 5]], () => nn.MaxUnpool2d((3, 2), (2, 2), (1, 0)), "m(*F.max_pool2d_with_indices(x[0], (3, 2), (2, 2), (1, 0)), (7, 5))", (m, x) => Unpooled(nn.MaxPool2d((3, 2), (2, 2), (1, 0)).forward_with_indices(x[0]), (t, i, _) => m.call(t, i, [7, 5]))),
        Called("nn.MaxUnpool3d(2, 1)", [[2, 2, 3, 4, 3]], () => nn.MaxUnpool3d(2, 1), "m(*F.max_pool3d_with_indices(x[0], 2, 1))", (m, x) => Unpooled(nn.MaxPool3d(2, 1).forward_with_indices(x[0]), m.call)),
        Called("nn.ConvTranspose3d(2, 3, 2, 2)", [[2, 2, 2, 2, 2]], () => nn.ConvTranspose3d(2, 3, 2, 2), "m(x[0], (5, 4, 5))", (m, x) => m.forward(x[0], [5, 4, 5])),
        Of("nn.BatchNorm3d(3)", [4, 3, 2, 5, 2], () => nn.BatchNorm3d(3)),
        Of("nn.InstanceNorm1d(3)", [4, 3, 5], () => nn.InstanceNorm1d(3)),
        Of("nn.InstanceNorm2d(3, affine=True, track_running_stats=True, momentum=0.3)", [4, 3, 5, 2], () => nn.InstanceNorm2d(3, affine: true, track_running_stats: true, momentum: 0.3)),
        Of("nn.InstanceNorm2d(3, eps=1e-3)", [3, 5, 2], () => nn.InstanceNorm2d(3, 1e-3)),
        Of("nn.InstanceNorm3d(3)", [4, 3, 5, 2, 2], () => nn.InstanceNorm3d(3)),
        Of("nn.LocalResponseNorm(3, 0.1, 0.5, 2)", [2, 5, 3, 2], () => nn.LocalResponseNorm(3, 0.1, 0.5, 2)),
        Of("nn.LocalResponseNorm(2, 0.1)", [2, 5, 3], () => nn.LocalResponseNorm(2, 0.1)),
        Of("nn.Dropout3d(0.3)", [4, 5, 2, 2, 2], () => nn.Dropout3d(0.3)),
        Of("nn.AlphaDropout(0.3)", [4, 5], () => nn.AlphaDropout(0.3)),
        Of("nn.FeatureAlphaDropout(0.3)", [4, 5, 2, 2], () => nn.FeatureAlphaDropout(0.3)),
        Two("nn.Bilinear(5, 5, 3)", [4, 5], () => nn.Bilinear(5, 5, 3)),
        new("nn.Bilinear(5, 2, 3, bias=False)", [[4, 5], [4, 2]], () => nn.Bilinear(5, 2, 3, false)),
        Two("nn.CosineSimilarity()", [4, 5], () => nn.CosineSimilarity()),
        Two("nn.PairwiseDistance(3, keepdim=True)", [4, 5], () => nn.PairwiseDistance(3, keepdim: true)),
        Called("nn.EmbeddingBag(9, 4)", [[5, 3]], () => nn.EmbeddingBag(9, 4), "m((x[0].detach().abs() * 2).long())", (m, x) => m.call(Indices(x[0]))),
        Called("nn.EmbeddingBag(9, 4, mode='sum', padding_idx=1, max_norm=1.5)", [[6], [6]], () => nn.EmbeddingBag(9, 4, 1.5, mode: EmbeddingBagMode.Sum, padding_index: 1), "m((x[0].detach().abs() * 2).long(), torch.tensor([0, 2, 2]), x[1].detach())", (m, x) => m.call(Indices(x[0]), tensor([0L, 2L, 2L]), x[1].detach())),
        Called("nn.EmbeddingBag(9, 4, mode='max', include_last_offset=True)", [[6]], () => nn.EmbeddingBag(9, 4, mode: EmbeddingBagMode.Max, include_last_offset: true), "m((x[0].detach().abs() * 2).long(), torch.tensor([0, 4, 6]))", (m, x) => m.call(Indices(x[0]), tensor([0L, 4L, 6L]))),
        Called("nn.LSTM(5, 4, 2, bidirectional=True, dropout=0.3)", [[7, 3, 5]], () => nn.LSTM(5, 4, 2, bidirectional: true, dropout: 0.3), "torch.cat([m(x[0])[0].flatten(), m(x[0])[1][1].flatten()])", (m, x) => cat([m.call(x[0]).Item1.flatten(), m.call(x[0]).Item3.flatten()])),
        Called("nn.GRU(5, 4, 2, batch_first=True, bias=False)", [[3, 7, 5], [2, 3, 4]], () => nn.GRU(5, 4, 2, false, true), "torch.cat([t.flatten() for t in m(x[0], x[1])])", (m, x) => Joined(m.call(x[0], x[1]))),
        Called("nn.RNN(5, 4, 2, batch_first=True, bidirectional=True, dropout=0.3)", [[3, 7, 5]], () => nn.RNN(5, 4, 2, batchFirst: true, bidirectional: true, dropout: 0.3), "torch.cat([t.flatten() for t in m(x[0])])", (m, x) => Joined(m.call(x[0]))),
        Called("nn.RNN(5, 4, nonlinearity='relu', bias=False)", [[7, 5], [1, 4]], () => nn.RNN(5, 4, nonLinearity: nn.NonLinearities.ReLU, bias: false), "torch.cat([t.flatten() for t in m(x[0], x[1])])", (m, x) => Joined(m.call(x[0], x[1]))),
        Called("nn.LSTMCell(5, 4)", [[3, 5]], () => nn.LSTMCell(5, 4), "torch.cat(m(x[0], m(x[0])))", (m, x) => cat([m.call(x[0], m.call(x[0])).Item1, m.call(x[0], m.call(x[0])).Item2])),
        Called("nn.LSTMCell(5, 4)", [[5], [4]], () => nn.LSTMCell(5, 4), "m(x[0], (x[1], x[1]))[0]", (m, x) => m.call(x[0], (x[1], x[1])).Item1),
        Called("nn.GRUCell(5, 4, bias=False)", [[3, 5], [3, 4]], () => nn.GRUCell(5, 4, false), "m(x[0], x[1]) + m(x[0])", (m, x) => m.call(x[0], x[1]) + m.call(x[0], null)),
        Called("nn.RNNCell(5, 4)", [[5], [4]], () => nn.RNNCell(5, 4), "m(x[0], x[1]) + m(x[0])", (m, x) => m.call(x[0], x[1]) + m.call(x[0], null)),
        Called("nn.RNNCell(5, 4, nonlinearity='relu')", [[3, 5]], () => nn.RNNCell(5, 4, nn.NonLinearities.ReLU), "m(x[0])", (m, x) => m.forward(x[0])),
        Called("nn.Transformer(8, 2, 1, 2, 16)", [[5, 3, 8], [4, 3, 8]], () => nn.Transformer(8, 2, 1, 2, 16), "m(x[0], x[1], tgt_mask=m.generate_square_subsequent_mask(4))", (m, x) => m.call(x[0], x[1], null, full(4, 4, float.NegativeInfinity).triu(1))),
        Two("nn.TransformerDecoderLayer(8, 2, 16, activation='gelu')", [5, 3, 8], () => nn.TransformerDecoderLayer(8, 2, 16, activation: nn.Activations.GELU)),
        Called("nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16), 2)", [[4, 3, 8], [5, 3, 8]], () => nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16), 2), "m(x[0], x[1], memory_key_padding_mask=torch.arange(15).view(3, 5) % 4 == 1)", (m, x) => m.call(x[0], x[1], null, memory_key_padding_mask: arange(15).view(3, 5) % 4 == 1)),
        Called("nn.ChannelShuffle(2)", [[2, 4, 3, 2]], () => nn.ChannelShuffle(2), "m(x[0].detach()) * x[0]", (m, x) => m.call(x[0].detach()) * x[0]),
        Of("nn.RReLU()", [4, 5], () => nn.RReLU()),
        Called("nn.RReLU(0.2, 0.4, inplace=True)", [[4, 5]], () => nn.RReLU(0.2, 0.4, true), "m(x[0] * 2)", (m, x) => m.call(x[0] * 2)),
        Of("nn.Hardshrink(0.3)", [4, 5], () => nn.Hardshrink(0.3)),
        Of("nn.Softshrink(0.3)", [4, 5], () => nn.Softshrink(0.3)),
        Of("nn.Tanhshrink()", [4, 5], () => nn.Tanhshrink()),
        Of("nn.Threshold(0.1, 2)", [4, 5], () => nn.Threshold(0.1, 2)),
        Of("nn.Softmin(1)", [4, 5], () => nn.Softmin(1)),
        Of("nn.Softmax2d()", [2, 4, 5, 3], () => nn.Softmax2d()),
        Of("nn.MaxPool3d(2, padding=1)", [2, 3, 4, 5, 6], () => nn.MaxPool3d(2, padding: 1)),
        Of("nn.AvgPool3d((1, 2, 3), (1, 1, 2))", [2, 3, 4, 5, 6], () => nn.AvgPool3d((1, 2, 3), (1, 1, 2))),
        Of("nn.AdaptiveAvgPool3d((1, 2, 3))", [2, 3, 4, 5, 6], () => nn.AdaptiveAvgPool3d((1, 2, 3))),
        Of("nn.AdaptiveMaxPool3d((1, 2, 3))", [2, 3, 4, 5, 6], () => nn.AdaptiveMaxPool3d([1, 2, 3])),
        Of("nn.LPPool1d(2, 3)", [2, 3, 9], () => nn.LPPool1d(2, 3)),
        Of("nn.LPPool2d(2, (2, 3), stride=(1, 2), ceil_mode=True)", [2, 3, 7, 8], () => nn.LPPool2d(2, [2, 3], [1, 2], true)),
        Of("nn.PixelShuffle(2)", [2, 8, 3, 4], () => nn.PixelShuffle(2)),
        Of("nn.PixelUnshuffle(2)", [2, 2, 6, 4], () => nn.PixelUnshuffle(2)),
        Of("nn.Unfold((2, 3), padding=1, stride=(1, 2))", [2, 3, 5, 4], () => nn.Unfold((2, 3), padding: (1, 1), stride: (1, 2))),
        Of("nn.Fold((4, 5), (2, 3), dilation=1)", [2, 12, 9], () => nn.Fold((4, 5), (2, 3))),
        Of("nn.ConstantPad1d((1, 2), 0.5)", [2, 3, 5], () => nn.ConstantPad1d((1, 2), 0.5)),
        Of("nn.ConstantPad2d(2, 0.5)", [2, 3, 5], () => nn.ConstantPad2d(2, 0.5)),
        Of("nn.ConstantPad3d((1, 2, 3, 0, 1, 1), 0.5)", [2, 3, 4, 5], () => nn.ConstantPad3d((1, 2, 3, 0, 1, 1), 0.5)),
        Of("nn.ReflectionPad1d(2)", [2, 3, 5], () => nn.ReflectionPad1d(2)),
        Of("nn.ReflectionPad2d((1, 2, 0, 1))", [2, 3, 5, 4], () => nn.ReflectionPad2d((1, 2, 0, 1))),
        Of("nn.ReflectionPad3d(1)", [2, 3, 5, 4, 3], () => nn.ReflectionPad3d(1)),
        Of("nn.ReplicationPad1d((1, 2))", [2, 3, 5], () => nn.ReplicationPad1d((1, 2))),
        Of("nn.ReplicationPad2d(2)", [2, 3, 5, 4], () => nn.ReplicationPad2d(2)),
        Of("nn.ReplicationPad3d((1, 2, 0, 1, 1, 1))", [2, 3, 5, 4, 3], () => nn.ReplicationPad3d((1, 2, 0, 1, 1, 1))),
        Of("nn.ZeroPad2d((1, 2, 0, 1))", [2, 3, 5, 4], () => nn.ZeroPad2d((1, 2, 0, 1))),
        Called("nn.CosineEmbeddingLoss(0.1)", [[4, 5], [4, 5], [4]], () => nn.CosineEmbeddingLoss(0.1), "m(x[0], x[1], x[2].detach().sign())", (m, x) => m.call(x[0], x[1], x[2].detach().sign())),
        Called("nn.HingeEmbeddingLoss(0.7, reduction='none')", [[4, 5], [4, 5]], () => nn.HingeEmbeddingLoss(0.7, nn.Reduction.None), "m(x[0], x[1].detach().sign())", (m, x) => m.call(x[0], x[1].detach().sign())),
        Called("nn.SoftMarginLoss()", [[4, 5], [4, 5]], () => nn.SoftMarginLoss(), "m(x[0], x[1].detach().sign())", (m, x) => m.call(x[0], x[1].detach().sign())),
        Called("nn.MultiLabelMarginLoss()", [[2, 4]], () => nn.MultiLabelMarginLoss(), "m(x[0], torch.tensor([[1, 3, -1, 0], [2, -1, 0, 0]]))", (m, x) => m.call(x[0], tensor(new long[,] { { 1, 3, -1, 0 }, { 2, -1, 0, 0 } }))),
        Called("nn.MultiLabelSoftMarginLoss(reduction='sum')", [[4, 5], [4, 5]], () => nn.MultiLabelSoftMarginLoss(reduction: nn.Reduction.Sum), "m(x[0], (x[1].detach() > 0).float())", (m, x) => m.call(x[0], (x[1].detach() > 0).@float())),
        Called("nn.MultiMarginLoss(2, 0.5)", [[4, 5]], () => nn.MultiMarginLoss(2, 0.5), "m(x[0], torch.arange(4))", (m, x) => m.call(x[0], arange(4))),
        Called("nn.PoissonNLLLoss(full=True)", [[4, 5], [4, 5]], () => nn.PoissonNLLLoss(full: true), "m(x[0], (x[1].detach().abs() * 3).floor())", (m, x) => m.call(x[0], (x[1].detach().abs() * 3).floor())),
        Called("nn.GaussianNLLLoss(full=True)", [[4, 5], [4, 5], [4, 5]], () => nn.GaussianNLLLoss(true), "m(x[0], x[1], x[2].abs() - 0.1 * x[2].abs().min())", (m, x) => m.call(x[0], x[1], x[2].abs() - 0.1 * x[2].abs().min())),
        new("nn.TripletMarginLoss(0.7, 3, swap=True)", [[4, 5], [4, 5], [4, 5]], () => nn.TripletMarginLoss(0.7, 3, swap: true)),
        new("nn.TripletMarginWithDistanceLoss(margin=0.7, swap=True, reduction='sum')", [[4, 5], [4, 5], [4, 5]], () => nn.TripletMarginWithDistanceLoss(margin: 0.7, swap: true, reduction: nn.Reduction.Sum)),
        Called("nn.CTCLoss(zero_infinity=True)", [[6, 2, 4]], () => nn.CTCLoss(zero_infinity: true), "m(x[0].log_softmax(2), torch.tensor([[1, 2, 0], [3, 3, 1]]), torch.tensor([6, 5]), torch.tensor([2, 3]))", (m, x) => m.call(x[0].log_softmax(2), tensor(new long[,] { { 1, 2, 0 }, { 3, 3, 1 } }), tensor([6L, 5L]), tensor([2L, 3L]))),
        Called("nn.ParameterList([nn.Parameter(torch.randn(3)) for _ in range(2)])", [[3]], () => nn.ParameterList([.. Enumerable.Range(0, 2).Select(_ => new TorchSharp.Modules.Parameter(randn(3)))]), "m[0] * x[0] + m[1]", (m, x) => m[0] * x[0] + m[1]),
        Called("nn.ParameterDict({'scale': nn.Parameter(torch.randn(3)), 'shift': nn.Parameter(torch.randn(3))})", [[3]], () => nn.ParameterDict(("scale", new(randn(3))), ("shift", new(randn(3)))), "m['scale'] * x[0] + m['shift']", (m, x) => m["scale"] * x[0] + m["shift"]),
    ];

    [Fact]
    public void StartAndComputeAsInPython()
    {
        JsonElement[] answers = [.. JsonDocument.Parse(Python.Run(Peer, JsonSerializer.Serialize(cases.Select(c => new object?[] { c.Python, c.Sizes, c.Call })))).RootElement.EnumerateArray()];
        var failures = new List<string>();
        for (int i = 0; i < cases.Length; i++)
        {
            try { Compare(cases[i], i, answers[i]); }
            catch (Exception e) { failures.Add($"{cases[i].Python}: {e.Message}"); }
        }
        Assert.Empty(failures);
    }

    private static void Compare(Case one, int seed, JsonElement expected)
    {
        using DisposeScope scope = NewDisposeScope();
        Func<nn.Module, Tensor[], Tensor> here = one.Here ?? Call;
        manual_seed(seed);
        using nn.Module module = one.Make();
        Dictionary<string, Tensor> state = module.state_dict();
        Assert.Equal(expected.GetProperty("state").EnumerateObject().Select(p => p.Name), state.Keys);
        foreach (JsonProperty entry in expected.GetProperty("state").EnumerateObject())
            Assert.True(Numbers(entry.Value).SequenceEqual(Values(state[entry.Name])), $"{entry.Name} starts otherwise");
        Tensor[] inputs = [.. one.Sizes.Select(size => randn(size).requires_grad_())];
        Tensor output = here(module, inputs);
        output.pow(3).sum().backward();
        Assert.True(Numbers(expected.GetProperty("shape")).SequenceEqual(output.shape.Select(s => (double)s)), $"shape [{string.Join(", ", output.shape)}]");
        AssertClose("output", expected.GetProperty("out"), output);
        foreach ((JsonElement grad, Tensor input) in expected.GetProperty("grads").EnumerateArray().Zip(inputs))
            if (grad.ValueKind != JsonValueKind.Null) AssertClose("gradient", grad, input.grad!);
        AssertAll("gradient of parameter", expected.GetProperty("parameters"), module.parameters().Select(p => p.grad!));
        AssertAll("buffer", expected.GetProperty("buffers"), module.buffers());
        module.eval();
        AssertClose("output after training", expected.GetProperty("eval"), here(module, inputs));
    }

    private static Tensor Call(nn.Module module, Tensor[] x) => module switch
    {
        TorchSharp.Modules.Embedding m => m.call(Indices(x[0])),
        TorchSharp.Modules.MultiheadAttention m when x.Length > 1 => m.call(x[0], x[1], x[1]).Item1,
        TorchSharp.Modules.MultiheadAttention m => cat([m.call(x[0], x[0], x[0]).Item1.flatten(), m.call(x[0], x[0], x[0]).Item2!.flatten()]),
        TorchSharp.Modules.TransformerEncoder m => m.call(x[0]),
        TorchSharp.Modules.TransformerDecoderLayer m => m.call(x[0], x[1]),
        TorchSharp.Modules.NLLLoss m => m.call(x[0].log_softmax(1), arange(4) % 3),
        TorchSharp.Modules.KLDivLoss m => m.call(x[0].log_softmax(1), x[1].log_softmax(1)),
        nn.Module<Tensor, Tensor> m => m.call(x[0]),
        nn.Module<Tensor, Tensor, Tensor> m => m.call(x[0], x[1]),
        nn.Module<Tensor, Tensor, Tensor, Tensor> m => m.call(x[0], x[1], x[2]),
        _ => throw new NotSupportedException(module.GetName()),
    };

    private static Tensor Indices(Tensor x) => (x.detach().abs() * 2).@long();
    private static Tensor Joined((Tensor, Tensor) pair) => cat([pair.Item1.flatten(), pair.Item2.flatten()]);

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetDouble())];
    private static double[] Values(Tensor tensor) => tensor.detach().to(float64).flatten().data<double>().ToArray();

    private static void AssertAll(string what, JsonElement expected, IEnumerable<Tensor> actual)
    {
        Tensor[] tensors = [.. actual];
        Assert.Equal(expected.GetArrayLength(), tensors.Length);
        for (int i = 0; i < tensors.Length; i++) AssertClose($"{what} {i}", expected[i], tensors[i]);
    }

    private static void AssertClose(string what, JsonElement expected, Tensor actual)
    {
        double[] wanted = Numbers(expected), values = Values(actual);
        Assert.True(wanted.Length == values.Length, $"{what}: {values.Length} values, {wanted.Length} in Python");
        double largest = Math.Max(wanted.Select(Math.Abs).DefaultIfEmpty().Max(), 1e-30);
        for (int i = 0; i < wanted.Length; i++) Assert.True(Math.Abs(wanted[i] - values[i]) <= 1e-6 * largest, $"{what}: {values[i]:R} at {i}, {wanted[i]:R} in Python");
    }
}
