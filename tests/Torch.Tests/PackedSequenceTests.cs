using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.utils.rnn;

namespace Tests;

/// <summary>Sequences of different lengths through recurrent networks, as in Python.</summary>
public class PackedSequenceTests
{
    private const string Peer = """
        import sys, json, torch
        from torch.nn.utils.rnn import *
        torch.manual_seed(5)
        net = getattr(torch.nn, sys.argv[1])(3, 4, 2, bidirectional=True)
        x, state = torch.randn(6, 4, 3).requires_grad_(), torch.randn(4, 4, 4)
        packed = pack_padded_sequence(x, torch.tensor([2, 6, 1, 4]), enforce_sorted=False)
        out, last = net(packed, (state, state) if sys.argv[1] == "LSTM" else state)
        padded, lengths = pad_packed_sequence(out, batch_first=True, padding_value=-1, total_length=7)
        last = last if isinstance(last, tuple) else (last,)
        ((padded ** 3).sum() + sum((l ** 2).sum() for l in last)).backward()
        print(json.dumps([t.detach().double().flatten().tolist() for t in (packed.data, packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices, padded, lengths, *last, x.grad, *[p.grad for p in net.parameters()])]))
        """;

    [Theory]
    [InlineData("LSTM")]
    [InlineData("GRU")]
    public void ComputeAsInPython(string kind)
    {
        double[][] expected = JsonSerializer.Deserialize<double[][]>(Python.Run(Peer, kind))!;
        using DisposeScope scope = NewDisposeScope();
        manual_seed(5);
        using nn.Module net = kind == "LSTM" ? nn.LSTM(3, 4, 2, bidirectional: true) : nn.GRU(3, 4, 2, bidirectional: true);
        Tensor x = randn(6, 4, 3).requires_grad_(), state = randn(4, 4, 4);
        PackedSequence packed = pack_padded_sequence(x, tensor(new[] { 2L, 6, 1, 4 }), enforce_sorted: false), output;
        Tensor[] last;
        if (net is LSTM lstm)
        {
            (output, Tensor h, Tensor c) = lstm.call(packed, (state, state));
            last = [h, c];
        }
        else
        {
            (output, Tensor h) = ((GRU)net).call(packed, state);
            last = [h];
        }
        (Tensor padded, Tensor lengths) = pad_packed_sequence(output, batch_first: true, padding_value: -1, total_length: 7);
        last.Aggregate(padded.pow(3).sum(), (loss, l) => loss + l.pow(2).sum()).backward();
        Tensor[] actual = [packed.data, packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices, padded, lengths, .. last, x.grad!, .. net.parameters().Select(p => p.grad!)];
        Assert.Equal([4, 7, 8], padded.shape);
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            double[] values = [.. actual[i].detach().to(float64).contiguous().data<double>()];
            Assert.Equal(expected[i].Length, values.Length);
            foreach ((double e, double a) in expected[i].Zip(values)) Assert.Equal(e, a, 1e-6 * Math.Max(1, Math.Abs(e)));
        }
    }

    [Fact]
    public void SequencesOfAnyLengthArePadded()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] sequences = [tensor(new[] { 1f, 2, 3 }), tensor(new[] { 4f })];
        Assert.True(pad_sequence(sequences, batch_first: true, padding_value: 9).Equals(tensor(new float[,] { { 1, 2, 3 }, { 4, 9, 9 } })));
        PackedSequence packed = pack_sequence(sequences);
        Assert.Equal([1f, 4, 2, 3], packed.data.data<float>());
        Assert.Null(packed.sorted_indices);
        Assert.Contains("3 steps", Assert.Throws<ArgumentException>(() => pad_packed_sequence(packed, total_length: 2)).Message);
        Assert.ThrowsAny<Exception>(() => pack_sequence(sequences.Reverse()));
    }
}
