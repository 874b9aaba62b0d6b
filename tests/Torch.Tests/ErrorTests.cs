using System.Runtime.InteropServices;
using TorchSharp;
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
        Assert.Contains("7 features can't be cut into 2 heads", Assert.Throws<ArgumentException>(() => nn.MultiheadAttention(7, 2)).Message);
        Assert.Contains("gpu", Assert.Throws<ArgumentException>(() => x.to("gpu")).Message);
        if (!cuda.is_available()) Assert.Throws<ExternalException>(() => x.cuda());
    }

    private static void Throws(string part, Func<Tensor> action) => Assert.Contains(part, Assert.Throws<ExternalException>(() => action()).Message);
}
