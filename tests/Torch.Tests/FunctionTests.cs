using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests;

/// <summary>Functions with a backward of their own, jacobians and the search for anomalies, against Python's.</summary>
public class FunctionTests
{
    /// <summary>x·wᵀ + b, with its gradients written out.</summary>
    private sealed class LinearFunction : autograd.SingleTensorFunction<LinearFunction>
    {
        public override string Name => nameof(LinearFunction);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, weight, bias) = ((Tensor)vars[0], (Tensor)vars[1], vars.Length > 2 ? (Tensor)vars[2] : null);
            ctx.save_for_backward([x, weight, bias!]);
            Tensor result = x.mm(weight.t());
            return bias is null ? result : result + bias;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            List<Tensor> saved = ctx.get_saved_variables();
            return [grad_output.mm(saved[1]), grad_output.t().mm(saved[0]), saved[2].IsInvalid ? null! : grad_output.sum(dim: 0)];
        }
    }

    /// <summary>x·factor and x + factor, of which the second is never asked for a gradient where it is marked.</summary>
    private sealed class Both : autograd.MultiTensorFunction<Both>
    {
        public static int Zeros;
        public override string Name => nameof(Both);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, factor) = ((Tensor)vars[0], (double)vars[1]);
            ctx.save_data("factor", factor);
            return [x * factor, x + factor];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            if (grad_outputs[1].count_nonzero().item<long>() == 0) Zeros++;
            return [grad_outputs[0] * (double)ctx.get_data("factor") + grad_outputs[1], null!];
        }
    }

    private sealed class Failing : autograd.SingleTensorFunction<Failing>
    {
        public override string Name => nameof(Failing);
        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => (Tensor)vars[0] * 2;
        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => throw new FormatException("no such gradient");
    }

    private sealed class TooFew : autograd.SingleTensorFunction<TooFew>
    {
        public override string Name => nameof(TooFew);
        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => (Tensor)vars[0] * (Tensor)vars[1];
        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => [grad_output];
    }

    [Theory, InlineData(true), InlineData(false)]
    public void AFunctionsOwnGradientsAreThoseOfTheOperators(bool biased)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(1);
        Tensor[] tensors = [randn(2, 3, requires_grad: true), randn(4, 3, requires_grad: true), randn(4, requires_grad: true)];
        Tensor[] own = biased ? tensors : tensors[..2];
        Tensor result = LinearFunction.apply(own);
        Tensor expected = nn.functional.linear(tensors[0], tensors[1], biased ? tensors[2] : null);
        Assert.True(result.allclose(expected) && !result.is_leaf && result.requires_grad);
        IList<Tensor> grads = autograd.grad([(expected.tanh() * 3).sum()], own);
        GC.Collect();
        (result.tanh() * 3).sum().backward();
        foreach ((Tensor tensor, Tensor grad) in own.Zip(grads)) Assert.True(tensor.grad!.allclose(grad));
        // A second derivative goes through the backward that was written here.
        Tensor twice = autograd.grad([LinearFunction.apply(own).pow(2).sum()], [own[0]], create_graph: true)[0];
        Assert.True(autograd.grad([twice.pow(2).sum()], [own[1]])[0].allclose(
            autograd.grad([autograd.grad([nn.functional.linear(own[0], own[1], biased ? own[2] : null).pow(2).sum()], [own[0]], create_graph: true)[0].pow(2).sum()], [own[1]])[0]));
        using (no_grad()) Assert.False(LinearFunction.apply(own).requires_grad);
        Assert.False(LinearFunction.apply(randn(2, 3), randn(4, 3)).requires_grad);
    }

    [Fact]
    public void SeveralResultsAndPlainArguments()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(3, requires_grad: true);
        List<Tensor> results = Both.apply(x, 2.5);
        (results[0].sum() + results[1].sum() * 2).backward();
        Assert.Equal([4.5f, 4.5f, 4.5f], x.grad!.data<float>());
        int zeros = Both.Zeros;
        Both.apply(x, 2.0)[0].sum().backward();
        Assert.Equal(zeros + 1, Both.Zeros);
        Assert.Equal([6.5f, 6.5f, 6.5f], x.grad!.data<float>());
    }

    [Fact]
    public void AFailureNamesTheFunction()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2, requires_grad: true);
        Assert.Contains("Failing: backward failed: FormatException: no such gradient", Assert.Throws<ExternalException>(() => Failing.apply(x).sum().backward()).Message);
        Assert.Contains("TooFew: backward failed: InvalidOperationException: it returned 1 gradients for 2 arguments", Assert.Throws<ExternalException>(() => TooFew.apply(x, x).sum().backward()).Message);
        x.sum().backward();
        Assert.Equal([1f, 1], x.grad!.data<float>());
    }

    [Fact]
    public void AGraphThatIsDroppedReleasesItsCalls()
    {
        WeakReference Dropped()
        {
            var marker = new object();
            using DisposeScope scope = NewDisposeScope();
            Tensor x = ones(2, requires_grad: true);
            Keeping.Marker = marker;
            Keeping.apply(x);
            Keeping.Marker = null;
            return new WeakReference(marker);
        }
        WeakReference marker = Dropped();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(marker.IsAlive);
    }

    /// <summary>Keeps a result of its own and an object.</summary>
    private sealed class Keeping : autograd.SingleTensorFunction<Keeping>
    {
        public static object? Marker;
        public override string Name => nameof(Keeping);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            Tensor result = ((Tensor)vars[0]).exp();
            ctx.save_for_backward([result]);
            ctx.save_data("marker", Marker!);
            return result;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => [grad_output * ctx.get_saved_variables()[0]];
    }

    [Fact]
    public void JacobiansAreThoseOfPython()
    {
        using DisposeScope scope = NewDisposeScope();
        double[][] expected = JsonSerializer.Deserialize<double[][]>(Python.Run("""
            import torch, json
            from torch.autograd.functional import jacobian
            x, y = torch.arange(1., 5.).reshape(2, 2), torch.arange(2., 4.)
            one = jacobian(lambda t: t.exp().sum(1), x)
            two = jacobian(lambda a, b: (a @ b, b * 2), (x, y))
            assert one.shape == (2, 2, 2)
            print(json.dumps([t.flatten().tolist() for t in (one, *two[0], *two[1])]))
            """))!;
        Tensor x = arange(1f, 5f).reshape(2, 2), y = arange(2f, 4f);
        Tensor one = autograd.functional.jacobian(t => t.exp().sum(1), x);
        Assert.Equal([2, 2, 2], one.shape);
        Tensor[] all = [one, .. autograd.functional.jacobian((Tensor[] t) => new[] { t[0].mv(t[1]), t[1] * 2 }, [x, y])];
        Assert.Equal(expected.Length, all.Length);
        for (int i = 0; i < all.Length; i++)
            foreach ((double e, float a) in expected[i].Zip(all[i].flatten().data<float>())) Assert.Equal(e, a, 1e-5 * Math.Max(1, Math.Abs(e)));
    }

    [Fact]
    public void AnAnomalyIsFound()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = zeros(2, requires_grad: true);
        (x / x).sum().backward();
        using (autograd.detect_anomaly())
        {
            Assert.True(AnomalyMode.IsEnabled && AnomalyMode.ShouldCheckNaN);
            Assert.Contains("DivBackward0", Assert.Throws<ExternalException>(() => (x / x).sum().backward()).Message);
            using (autograd.set_detect_anomaly(false)) (x / x).sum().backward();
            Assert.True(AnomalyMode.IsEnabled);
        }
        Assert.False(AnomalyMode.IsEnabled);
        Tensor y = ones(2, requires_grad: true);
        autograd.backward(y * 2, torch.tensor([1f, 3]));
        Assert.Equal([2f, 6], y.grad!.data<float>());
    }
}
