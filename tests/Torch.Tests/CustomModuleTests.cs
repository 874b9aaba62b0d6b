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

    /// <summary>Reads weights as bytes, as programs do that know a file's format themselves.</summary>
    private sealed class FromBytes : nn.Module<Tensor, Tensor>
    {
        private readonly Linear inner = nn.Linear(1, 2, hasBias: false);
        public FromBytes() : base(nameof(FromBytes)) => RegisterComponents();
        public override Tensor forward(Tensor input) => inner.call(input);

        public override nn.Module load(string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
        {
            inner.weight.bytes = File.ReadAllBytes(location);
            return this;
        }
    }

    [Fact]
    public void LoadingIsWhatAClassSays()
    {
        using DisposeScope scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.At("weights"), [.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f)]);
        using var model = new FromBytes();
        nn.Module same = model.load(folder.At("weights"));
        Assert.Same(model, same);
        Assert.Equal([1.5f, -2f], model.call(ones(1, 1)).flatten().data<float>());
        Tensor turned = zeros(2, 2).t();
        turned.bytes = new byte[] { 0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, 128, 64 };
        Assert.Equal([1f, 2, 3, 4], turned.flatten().data<float>());
        Assert.Throws<ArgumentException>(() => turned.bytes = new byte[3]);
    }

    [Fact]
    public void RunningStatisticsAreSet()
    {
        using DisposeScope scope = NewDisposeScope();
        using BatchNorm1d norm = nn.BatchNorm1d(2);
        norm.running_mean = full([2], 3f);
        norm.running_var = full([2], 4f);
        (norm.eps, norm.momentum) = (0, 0.5);
        Assert.Equal([3f, 3], norm.state_dict()["running_mean"].data<float>());
        norm.eval();
        Assert.Equal([-1.5f, 0.5f], norm.call(tensor([0f, 4], [1, 2])).flatten().data<float>());
        norm.train();
        norm.call(tensor([0f, 4, 2, 4], [2, 2]));
        Assert.Equal([2f, 3.5f], norm.running_mean.data<float>());
        Assert.Equal(5, norm.state_dict().Count);
    }

    private sealed class Halving(optim.Optimizer optimizer) : optim.lr_scheduler.LRScheduler(optimizer)
    {
        protected override IEnumerable<double> get_lr() => get_last_lr().Select(rate => rate / 2);
    }

    [Fact]
    public void ASchedulerOfOnesOwnSetsRates()
    {
        using Linear linear = nn.Linear(1, 1);
        using optim.Optimizer optimizer = optim.SGD(linear.parameters(), 0.8);
        var scheduler = new Halving(optimizer);
        scheduler.step();
        scheduler.step();
        Assert.Equal(0.2, optimizer.ParamGroups.Single().LearningRate, 1e-12);
    }

    /// <summary>Layers of which some take the time too.</summary>
    private sealed class Timed(params nn.Module[] modules) : Sequential<Tensor, Tensor, Tensor>(modules)
    {
        public override Tensor forward(Tensor x, Tensor time)
        {
            foreach (nn.Module layer in children())
                x = layer switch { Bilinear both => both.call(x, time), nn.Module<Tensor, Tensor> one => one.call(x), _ => x };
            return x;
        }
    }

    [Fact]
    public void ASequentialOfOnesOwn()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Timed(nn.Linear(3, 2), nn.Bilinear(2, 1, 4), nn.Tanh());
        Assert.Equal([5, 4], model.call(randn(5, 3), randn(5, 1)).shape);
        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias"], model.state_dict().Keys);
        Assert.IsType<Tanh>(model[2]);
    }
}
