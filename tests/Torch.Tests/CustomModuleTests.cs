using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tests;

/// <summary>What programs written for TorchSharp do with modules of their own.</summary>
public class CustomModuleTests
{
    /// <summary>Never calls RegisterComponents, which the module that takes it in does for it.</summary>
    private sealed class Silent : nn.Module<Tensor, Tensor>
    {
        private readonly Linear inner = nn.Linear(2, 2);
        private readonly Tensor scale = ones(1);
        public Silent() : base(nameof(Silent)) { }
        public override Tensor forward(Tensor input) => inner.call(input) * scale;
    }

    private class Base : nn.Module<Tensor, Tensor>
    {
        private readonly Linear hidden = nn.Linear(2, 2);

        protected Base(string name) : base(name) => RegisterComponents();

        public override Tensor forward(Tensor input) => hidden.call(input);
    }

    private sealed class Derived : Base
    {
        private readonly Linear early = nn.Linear(2, 1);
        private readonly Linear late;
        private readonly Silent silent = new();
        public Tensor Beside = zeros(1);

        public Derived() : base(nameof(Derived))
        {
            late = nn.Linear(1, 1);
            _internal_buffers.Remove(nameof(Beside));
            RegisterComponents();
            _internal_buffers.Remove(nameof(Beside));
        }

        public override Tensor forward(Tensor input) => late.call(early.call(silent.call(base.forward(input))));

        protected override nn.Module _to(ScalarType dtype, bool non_blocking)
        {
            Beside = Beside.to(dtype);
            return base._to(dtype, non_blocking);
        }

        public void Clear()
        {
            ClearModules();
            register_parameter("own", nn.Parameter(ones(3)));
            register_parameter("own", null);
            register_module("silent", silent);
            register_module("silent", null);
        }
    }

    [Fact]
    public void FieldsOfBaseClassesAndOfSilentModulesAreFound()
    {
        using var model = new Derived();
        // Base's own constructor finds what has a value by then: fields with initializers.
        Assert.Equal(["hidden.weight", "hidden.bias", "early.weight", "early.bias", "silent.scale", "silent.inner.weight", "silent.inner.bias", "late.weight", "late.bias"], model.state_dict().Keys);
        Assert.Equal(9 - 1, model.parameters().Count());
        using var list = nn.ModuleList<nn.Module<Tensor, Tensor>>(new Silent());
        Assert.Equal(["0.scale", "0.inner.weight", "0.inner.bias"], list.state_dict().Keys);
        using Sequential sequence = nn.Sequential(("a", new Silent()));
        Assert.Equal(3, sequence.state_dict().Count);
    }

    [Fact]
    public void AClassOfOnesOwnSaysWhatMovingMeans()
    {
        using var model = new Derived();
        using var outer = nn.ModuleList<nn.Module<Tensor, Tensor>>(model);
        Assert.Same(model, model.to(CPU).to("cpu"));
        outer.to(float64);
        Assert.Equal(float64, model.Beside.dtype);
        Assert.All(model.state_dict().Values, t => Assert.Equal(float64, t.dtype));
        model.to(zeros(1));
        Assert.All(model.parameters(), p => Assert.Equal(float32, p.dtype));
        model.Clear();
        Assert.Empty(model.state_dict());
    }

    [Fact]
    public void TwoModulesShareAWeight()
    {
        using DisposeScope scope = NewDisposeScope();
        using Embedding embedding = nn.Embedding(5, 3);
        using Linear decoder = nn.Linear(3, 5);
        decoder.weight = embedding.weight;
        using Sequential model = nn.Sequential(("encoder", embedding), ("decoder", decoder));
        Assert.Equal(["encoder.weight", "decoder.weight", "decoder.bias"], model.state_dict().Keys);
        Assert.Equal(2, model.parameters().Count());
        model.call(tensor(new long[] { 1, 2 })).sum().backward();
        Assert.Same(embedding.weight, decoder.weight);
        Assert.NotNull(embedding.weight.grad);
        model.to(float64);
        Assert.Equal(float64, decoder.weight.dtype);
        Assert.Equal([2, 5], model.call(tensor(new long[] { 1, 2 })).shape);

        using LayerNorm norm = nn.LayerNorm(3);
        norm.bias = null;
        Assert.Equal(["weight"], norm.state_dict().Keys);
        norm.weight = nn.Parameter(full([3], 2f));
        Assert.Equal(2f, norm.state_dict()["weight"].sum().item<float>() / 3);
        norm.bias = nn.Parameter(ones(3));
        Assert.Equal(["weight", "bias"], norm.state_dict().Keys);
        Assert.Equal([1f, 1, 1], norm.call(full([1, 3], 7f)).flatten().data<float>().Select(v => MathF.Round(v, 5)));
    }
}
