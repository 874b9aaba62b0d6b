using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tests;

/// <summary>What libtorch refuses arrives as an exception with its message, and the process goes on.</summary>
public class ErrorTests
{
    [Fact]
    public void LibtorchsMessagesArrive()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2, 3), y = ones(4, 5);
        Throws("size of tensor a (3) must match the size of tensor b (5)", () => x + y);
        Throws("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)", () => x.matmul(y));
        Throws("shape '[7]' is invalid for input of size 6", () => x.view(7));
        Throws("index 2 is out of bounds for dimension 0 with size 2", () => x[tensor([2L])]);
        Throws("index 5 out of range", () => x[5]);
        Throws("Dimension out of range", () => x.sum(4));
        Throws("Dimension out of range", () => tensor(x.size(2)));
        Throws("expected scalar type Long", () => nn.functional.cross_entropy(x, ones(2)));
        Throws("Target 9 is out of bounds", () => nn.functional.cross_entropy(x, tensor([9L, 0L])));
        Throws("all elements of input should be between 0 and 1", () => nn.functional.binary_cross_entropy(x * 2, ones(2, 3)));
        Throws("slice step must be positive", () => x[TensorIndex.Slice(step: -1)]);
        Throws("negative dimension", () => zeros(-1));
        Throws("must have the same dtype", () => nn.LSTM(4, 2).call(ones(3, 1, 4, float64)).Item1);
        Throws("Only Tensors of floating point", () => ones(2, dtype: int64).requires_grad_());
        Throws("does not require grad", () => { x.sum().backward(); return x; });
        Throws("expected input[1, 2, 4, 4] to have 3 channels", () => nn.Conv2d(3, 4, 3).call(ones(1, 2, 4, 4)));
        Throws("index out of range", () => nn.Embedding(3, 2).call(tensor([7L])));
        Throws("Given normalized_shape=[4]", () => nn.LayerNorm(4).call(ones(2, 3)));
        Throws("singular", () => linalg.inv(zeros(2, 2)));
        Throws("backward through the graph a second time", () =>
        {
            Tensor loss = ones(2).requires_grad_().exp().sum();
            loss.backward();
            loss.backward();
            return loss;
        });
        Throws("modified by an inplace operation", () =>
        {
            Tensor leaf = ones(2).requires_grad_(), middle = leaf * 2;
            Tensor squares = middle.pow(2).sum();
            middle.add_(1);
            squares.backward();
            return leaf;
        });
        Assert.Equal(6, x.sum().item<float>());
    }

    [Fact]
    public void ADisposedTensorSaysSo()
    {
        Tensor x = ones(2), y = ones(2);
        x.Dispose();
        x.Dispose();
        Assert.True(x.IsInvalid);
        Assert.Contains("disposed", Assert.Throws<InvalidOperationException>(() => x + y).Message);
        Assert.Contains("disposed", Assert.Throws<InvalidOperationException>(() => y + x).Message);
        Assert.Contains("disposed", Assert.Throws<InvalidOperationException>(() => cat([y, x])).Message);
        Assert.Contains("disposed", Assert.Throws<InvalidOperationException>(() => x.shape).Message);
        Assert.Contains("disposed", x.ToString());
    }

    [Fact]
    public void WrongUseOfTheManagedSideSaysWhat()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2, 3);
        Assert.Contains("Float32", Assert.Throws<InvalidOperationException>(() => x.data<double>()).Message);
        Assert.Contains("[2, 3]", Assert.Throws<InvalidOperationException>(() => x.item<float>()).Message);
        Assert.Contains("dimension 2", Assert.Throws<IndexOutOfRangeException>(() => x[0, 0, 0]).Message);
        Assert.Throws<IndexOutOfRangeException>(() => x.data<float>()[2, 0]);
        Assert.Contains("[2, 2]", Assert.Throws<ArgumentException>(() => tensor([1f, 2f, 3f], [2, 2])).Message);
        Assert.Contains("4 features, and its input has the shape [3, 1, 5]", Assert.Throws<ArgumentException>(() => nn.LSTM(4, 2).call(ones(3, 1, 5))).Message);
        Assert.Contains("BatchNorm2d takes 4 dimensions, and its input has the shape [2, 3]", Assert.Throws<ArgumentException>(() => nn.BatchNorm2d(3).call(x)).Message);
        Assert.Contains("more than one value of each channel in training, and its input has the shape [1, 3]", Assert.Throws<ArgumentException>(() => nn.BatchNorm1d(3).call(ones(1, 3))).Message);
        Assert.Contains("shape [4, 1], and it has [4]", Assert.Throws<ArgumentException>(() => nn.functional.binary_cross_entropy_with_logits(ones(4, 1), ones(4))).Message);
        Assert.Contains("shape [4, 1], and it has [4]", Assert.Throws<ArgumentException>(() => nn.BCELoss().call(ones(4, 1), ones(4))).Message);
        Assert.Contains("more than one value of each channel in training, and its input has the shape [2, 3, 1]", Assert.Throws<ArgumentException>(() => nn.InstanceNorm1d(3).call(ones(2, 3, 1))).Message);
        Assert.Contains("7 features can't be cut into 2 heads", Assert.Throws<ArgumentException>(() => nn.MultiheadAttention(7, 2)).Message);
        Assert.Contains("99 is no element type", Assert.Throws<ArgumentException>(() => x.to((ScalarType)99)).Message);
        Assert.Contains("-5 is no element type", Assert.Throws<ArgumentException>(() => promote_types((ScalarType)(-5), float32)).Message);
        Assert.Contains("are not in an array of 12 bytes", Assert.Throws<ArgumentException>(() => frombuffer(new float[3], float32, (1L << 62) + 1)).Message);
        Assert.Contains("gpu", Assert.Throws<ArgumentException>(() => x.to("gpu")).Message);
        if (!cuda.is_available()) Assert.Throws<ExternalException>(() => x.cuda());
    }

    /// <summary>Each of these read foreign memory, ended the process or gave numbers of another shape than Python's exception.</summary>
    [Fact]
    public void WhatLibtorchDoesNotCheckIsChecked()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(3, 1, 4), h = zeros(1, 1, 2), wide = zeros(1, 5, 2), probabilities = zeros(5, 1, 3).log_softmax(2), two = tensor([2L]), five = tensor([5L]);
        nn.utils.rnn.PackedSequence packed = nn.utils.rnn.pack_padded_sequence(ones(3, 2, 4), tensor([3L, 1]));
        Refused("shape [1, 1, 2], and the one given has [1, 5, 2]", () => nn.LSTM(4, 2).call(x, (wide, wide)));
        Refused("shape [1, 1, 2], and the one given has [1, 1, 7]", () => nn.LSTM(4, 2).call(x, (h, zeros(1, 1, 7))));
        Refused("shape [1, 2], and the one given has [1, 1, 2]", () => nn.LSTM(4, 2).call(ones(3, 4), (h, h)));
        Refused("shape [2, 1, 2], and the one given has [1, 1, 2]", () => nn.LSTM(4, 2, bidirectional: true).call(x, (h, h)));
        Refused("shape [1, 1, 2], and the one given has [1, 5, 2]", () => nn.GRU(4, 2).call(x, wide));
        Refused("shape [1, 1, 2], and the one given has [1, 5, 2]", () => nn.RNN(4, 2).call(x, wide));
        Refused("shape [1, 2, 2], and the one given has [1, 5, 2]", () => nn.LSTM(4, 2).call(packed, (wide, wide)));
        Refused("shape [1, 2, 2], and the one given has [1, 1, 2]", () => nn.GRU(4, 2).call(packed, h));
        Refused("9 steps, and the input has 3", () => nn.utils.rnn.pack_padded_sequence(ones(3, 2, 4), tensor([9L, 1])));
        Refused("targets from 0 to 2, and these lie from 1 to 200000000", () => nn.functional.ctc_loss(probabilities, tensor([1, 200_000_000], 1, 2), tensor([5]), tensor([2])));
        Refused("input lengths from 0 to 5, and these lie from -5 to -5", () => nn.functional.ctc_loss(probabilities, tensor([1L, 2], 1, 2), -five, two));
        Refused("target lengths from 0 to 2, and these lie from 5 to 5", () => nn.functional.ctc_loss(probabilities, tensor([1L, 2], 1, 2), five, five));
        Refused("from 0 to 2; these lie from 1 to 100000000", () => searchsorted(ones(3), ones(3), sorter: tensor([100_000_000L, 1, 2])));
        Throws("shape '[3, 2, 2]' is invalid for input of size 24", () => nn.MultiheadAttention(4, 2).call(x, ones(3, 2, 4), ones(3, 2, 4)).Item1);
        Assert.Throws<ArgumentOutOfRangeException>(() => set_num_threads(int.MaxValue));
        Assert.Throws<NotSupportedException>(() => nn.functional.interpolate(ones(3), [2]));
        Refused("Antialiasing", () => nn.functional.interpolate(ones(1, 1, 2, 2), [1, 1], antialias: true));
        Refused("align_corners", () => nn.functional.interpolate(ones(1, 1, 2, 2), [1, 1], align_corners: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Device(DeviceType.CUDA, 300));
        // What stands behind a target's end is nobody's business.
        Tensor targets = tensor([1L, 2, 1, -1], 2, 2), both = zeros(5, 2, 3).log_softmax(2);
        Assert.Equal(nn.functional.ctc_loss(both, tensor([1L, 2, 1, 0], 2, 2), tensor([5L, 5]), tensor([2L, 1])).item<float>(), nn.functional.ctc_loss(both, targets, tensor([5L, 5]), tensor([2L, 1])).item<float>());

        static void Refused(string part, Func<object> action) => Assert.Contains(part, Assert.Throws<ArgumentException>(() => { action(); }).Message);
    }

    /// <summary>A sparse gradient has no elements in a row, and a conjugate has its base's until it is read.</summary>
    [Fact]
    public void MemoryThatHoldsNoElementsIsNotRead()
    {
        using DisposeScope scope = NewDisposeScope();
        using Embedding embedding = nn.Embedding(4, 2, sparse: true);
        embedding.call(tensor([1L])).sum().backward();
        Tensor sparse = embedding.weight.grad!, conjugate = tensor([(1f, 2f)]).conj();
        Assert.Contains("sparse", Assert.Throws<InvalidOperationException>(() => sparse.data<float>()).Message);
        Assert.Contains("sparse", Assert.Throws<InvalidOperationException>(() => sparse.bytes.Length).Message);
        Assert.Contains("no strides", Assert.Throws<InvalidOperationException>(() => sparse.stride()).Message);
        Assert.Throws<InvalidOperationException>(() => sparse.Save(new MemoryStream()));
        Assert.Contains("resolve_conj()", Assert.Throws<InvalidOperationException>(() => conjugate.data<(float, float)>()).Message);
        Assert.Contains("resolve_neg()", Assert.Throws<InvalidOperationException>(() => conjugate.imag.data<float>()).Message);
        Assert.Equal((1, -2), conjugate.resolve_conj().data<(float, float)>()[0]);
        Assert.Equal(-2, conjugate.imag.resolve_neg().data<float>()[0]);
        var saved = new MemoryStream();
        conjugate.Save(saved);
        conjugate.imag.Save(saved);
        saved.Position = 0;
        Assert.Equal((1, -2), Tensor.Load(saved).data<(float, float)>()[0]);
        Assert.Equal(-2, Tensor.Load(saved).data<float>()[0]);
    }

    /// <summary>In Python F.gaussian_nll_loss([[1, 2], [3, 5]], 0, [1, 4]) is 2.0340735912323: the variance is each row's.</summary>
    [Fact]
    public void AVarianceOfEachRowIsNoneOfEachColumn()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = tensor([1f, 2, 3, 5], [2, 2]), target = zeros(2, 2), variance = tensor([1f, 4]);
        Assert.Equal(2.0340736f, nn.functional.gaussian_nll_loss(input, target, variance).item<float>(), 1e-6f);
        Assert.Equal(2.0340736f, nn.functional.gaussian_nll_loss(input, target, variance.unsqueeze(1)).item<float>(), 1e-6f);
        Assert.Contains("[2, 2] can't have the shape [1, 2]", Assert.Throws<ArgumentException>(() => nn.functional.gaussian_nll_loss(input, target, ones(1, 2))).Message);
        Assert.Contains("not below 0", Assert.Throws<ArgumentException>(() => nn.functional.gaussian_nll_loss(input, target, -variance)).Message);
    }

    [Fact]
    public void TheLeastIntegerDividedByMinusOneIsRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor([1L, long.MinValue]), minus = tensor([-1L]), small = tensor([int.MinValue, 3]);
        foreach (Func<Tensor> division in new Func<Tensor>[]
        {
            () => x.floor_divide(minus), () => x.remainder(minus), () => x.fmod(minus), () => x.div(minus, RoundingMode.trunc), () => x % -1, () => x.clone().remainder_(-1),
            () => x.clone().div_(minus, RoundingMode.floor), () => small % -1, () => small.fmod(-1), () => small.floor_divide(tensor([-1])),
        }) Throws("divided by -1", division);
        Assert.Equal([int.MaxValue + 1L, -3], small.floor_divide(minus).data<long>().ToArray());
        Assert.Equal([0L, 0], x.remainder(tensor([-1L, 1])).data<long>().ToArray());
        Assert.Equal([-0.5, -1.5], tensor([0.5, 1.5]).div(-1).data<double>().ToArray());
    }

    private static void Throws(string part, Func<Tensor> action) => Assert.Contains(part, Assert.Throws<ExternalException>(() => action()).Message);
}
