using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tests;

public class ModuleTests
{
    private sealed class Net : nn.Module<Tensor, Tensor>
    {
        private readonly Linear first = nn.Linear(3, 4);
        private readonly Sequential rest = nn.Sequential(nn.ReLU(), nn.Dropout(0.2), nn.Linear(4, 2, hasBias: false));
        [TorchSharp.Utils.ComponentName(Name = "scale")]
        private readonly Parameter factor = nn.Parameter(ones(2));
        private readonly Tensor offset = zeros(2);

        public Net() : base(nameof(Net)) => RegisterComponents();

        public override Tensor forward(Tensor input) => rest.call(first.call(input)) * factor + offset;
    }

    [Fact]
    public void ATransformersLayersAreOfTheTypeOfTheOneCopied()
    {
        using DisposeScope scope = NewDisposeScope();
        TransformerEncoderLayer encoding = nn.TransformerEncoderLayer(4, 2, 8, 0).to(float64);
        TransformerDecoderLayer decoding = nn.TransformerDecoderLayer(4, 2, 8, 0).to(float64);
        Tensor x = randn(3, 1, 4, float64);
        Assert.True(nn.TransformerEncoder(encoding, 1).call(x).Equals(encoding.call(x)));
        Assert.True(nn.TransformerDecoder(decoding, 1).call(x, x).Equals(decoding.call(x, x)));
    }

    [Fact]
    public void ParametersOutliveTheScopeTheyWereMadeIn()
    {
        using ParameterList list = nn.ParameterList();
        using ParameterDict dictionary = nn.ParameterDict();
        using (NewDisposeScope())
        {
            list.append(new Parameter(ones(1)));
            list[0] = new Parameter(ones(2));
            list.Insert(0, new Parameter(ones(3)));
            dictionary["a"] = new Parameter(ones(1));
            dictionary["a"] = new Parameter(ones(4));
        }
        Assert.Equal([3L, 2, 4], list.parameters().Concat(dictionary.parameters()).Select(p => p.numel()));
    }

    [Fact]
    public void AModuleIsNoPartOfItself()
    {
        using Sequential inner = nn.Sequential(), outer = nn.Sequential(inner);
        ModuleList<nn.Module> list = nn.ModuleList<nn.Module>(nn.ReLU());
        Assert.Contains("part of itself", Assert.Throws<ArgumentException>(() => inner.append(inner)).Message);
        Assert.Contains("part of itself", Assert.Throws<ArgumentException>(() => inner.append(outer)).Message);
        Assert.Contains("part of itself", Assert.Throws<ArgumentException>(() => list[0] = list).Message);
        Assert.Empty(outer.parameters());
    }

    /// <summary>As in Python, to draw no numbers is nothing to complain about.</summary>
    [Fact]
    public void LayersMayHaveNoInputs()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal([0f, 0, 0], nn.Linear(0, 3).call(ones(1, 0)).data<float>().ToArray());
        Assert.Equal([3L, 0, 2, 2], nn.Conv2d(0, 3, 2).weight.shape);
        Assert.Equal([0L, 3], nn.init.orthogonal_(nn.init.kaiming_normal_(zeros(0, 3))).shape);
    }

    [Fact]
    public void ComponentsAreRegisteredUnderTheirNames()
    {
        using var net = new Net();
        Assert.Equal(["scale", "first.weight", "first.bias", "rest.2.weight"], net.named_parameters().Select(p => p.name));
        Assert.Equal(["offset"], net.named_buffers().Select(b => b.name));
        Assert.Equal(["first", "rest", "rest.0", "rest.1", "rest.2"], net.named_modules().Select(m => m.name));
        Assert.Equal(["scale", "offset", "first.weight", "first.bias", "rest.2.weight"], net.state_dict().Keys);
        Assert.True(net.has_parameter("rest.2.weight"));
        net.eval();
        Assert.All(net.modules(), m => Assert.False(m.training));
        Assert.Equal(1, net.children().OfType<Sequential>().Single().modules().Count(m => m is Dropout));
    }

    [Fact]
    public void ListsAndDictionariesOfModulesRegisterTheirItems()
    {
        using DisposeScope scope = NewDisposeScope();
        using ModuleList<Linear> list = nn.ModuleList(nn.Linear(2, 2), nn.Linear(2, 3));
        list.Insert(1, nn.Linear(2, 2, hasBias: false));
        Assert.Equal(["0.weight", "0.bias", "1.weight", "2.weight", "2.bias"], list.named_parameters().Select(p => p.name));
        Assert.Equal([4, 3], list.Aggregate(ones(4, 2), (x, step) => step.call(x)).shape);
        list.RemoveAt(0);
        Assert.Equal(["0.weight", "1.weight", "1.bias"], list.named_parameters().Select(p => p.name));

        using ModuleDict<nn.Module<Tensor, Tensor>> named = nn.ModuleDict<nn.Module<Tensor, Tensor>>(("first", nn.Linear(2, 2)), ("last", nn.ReLU()));
        named.Add("more", nn.Linear(2, 1));
        Assert.Equal(["first", "last", "more"], named.Keys);
        Assert.Equal(["first.weight", "first.bias", "more.weight", "more.bias"], named.state_dict().Keys);
        Assert.Equal([4, 1], named["more"].call(named["last"].call(named["first"].call(ones(4, 2)))).shape);
        Assert.True(named.Remove("first"));
        Assert.Equal(["more.weight", "more.bias"], named.state_dict().Keys);
    }

    [Fact]
    public void ListsOfParametersFollowTheirItems()
    {
        using DisposeScope scope = NewDisposeScope();
        using ParameterList list = nn.ParameterList(new Parameter(zeros(1)), new Parameter(ones(2)));
        list.Insert(0, new Parameter(ones(3)));
        Assert.Equal([3, 1, 2], list.state_dict().Values.Select(v => v.numel()));
        list.RemoveAt(1);
        Assert.Equal(["0", "1"], list.named_parameters().Select(p => p.name));
        using ParameterDict named = nn.ParameterDict(("a", new Parameter(zeros(1))));
        named["b"] = new Parameter(ones(2));
        Assert.Equal(["a", "b"], named.state_dict().Keys);
        Assert.Contains("'b' already", Assert.Throws<InvalidOperationException>(() => named.Add("b", new Parameter(zeros(1)))).Message);
        named.Remove("a");
        Assert.Equal(["b"], named.named_parameters().Select(p => p.name));
    }

    [Fact]
    public void ApplyReachesEveryModuleAndGradientsAreCut()
    {
        using DisposeScope scope = NewDisposeScope();
        using var net = new Net();
        var seen = new List<string>();
        net.apply(module => seen.Add(module.GetName()));
        Assert.Equal(["Dropout", "Linear", "Linear", "Net", "ReLU", "Sequential"], seen.Order());
        (net.call(ones(4, 3)) * 100).sum().backward();
        nn.utils.clip_grad_value_(net.parameters(), 0.5);
        Assert.All(net.parameters(), p => Assert.InRange(p.grad!.abs().max().item<float>(), 0, 0.5f));
        Tensor vector = nn.utils.parameters_to_vector(net.parameters());
        Assert.Equal(net.parameters().Sum(p => p.numel()), vector.numel());
        nn.utils.vector_to_parameters(arange(vector.numel()).to(float32), net.parameters());
        Assert.Equal(Enumerable.Range(0, (int)vector.numel()).Select(i => (float)i), net.parameters().SelectMany(p => p.data<float>().ToArray()));
    }

    [Fact]
    public void HooksSeeAndChangeWhatGoesInAndComesOut()
    {
        using DisposeScope scope = NewDisposeScope();
        using Sequential net = nn.Sequential(nn.Linear(3, 2), nn.ReLU());
        var first = (Linear)net[0];
        Tensor x = randn(4, 3), plain = net.call(x);
        var seen = new List<string>();
        var remover = first.register_forward_hook((module, input, output) =>
        {
            seen.Add($"{module.GetName()} [{string.Join(", ", input.shape)}] [{string.Join(", ", output.shape)}]");
            return null!;
        });
        first.register_forward_pre_hook(module => seen.Add("before"));
        Assert.True(net.call(x).Equals(plain));
        Assert.Equal(["before", "Linear [4, 3] [4, 2]"], seen);
        remover.remove();
        _ = first.forward(x);
        _ = first.call(x);
        Assert.Equal(["before", "Linear [4, 3] [4, 2]", "before"], seen);
        first.register_forward_pre_hook((_, input) => input * 2);
        first.register_forward_hook((_, _, output) => output + 1);
        Assert.True(net.call(x).Equals((first.forward(x * 2) + 1).relu()));

        using LSTM lstm = nn.LSTM(3, 2);
        Tensor steps = randn(5, 1, 3), state = randn(1, 1, 2);
        lstm.register_forward_pre_hook((_, input, _) => (input, (state, state)));
        Assert.True(lstm.call(steps).Item1.Equals(lstm.forward(steps, (state, state)).Item1));
    }

    private sealed class Answered() : Sequential<Tensor, Tensor, Tensor>(nn.LSTM(3, 4), nn.Bilinear(4, 2, 1))
    {
        public override Tensor forward(Tensor song, Tensor listener) => ((Bilinear)this[1]).call(((LSTM)this[0]).call(song).Item1[-1], listener);
    }

    [Fact]
    public void ASequenceOfAnyModulesIsSpelledOut()
    {
        using DisposeScope scope = NewDisposeScope();
        using var net = new Answered();
        Assert.Equal([5, 1], net.call(randn(7, 5, 3), randn(5, 2)).shape);
        net.append("scale", nn.Linear(1, 1)).append(nn.ReLU());
        Assert.Equal(["0", "1", "scale", "3"], net.named_children().Select(c => c.name));
        Assert.Equal((4, "1.bias"), (net.Count, net.named_parameters().Select(p => p.name).ElementAt(5)));
    }

    [Fact]
    public void StateIsCopiedOrRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        using Net net = new(), other = new();
        other.load_state_dict(net.state_dict());
        Assert.All(net.state_dict(), s => Assert.True(s.Value.Equals(other.state_dict()[s.Key])));

        Dictionary<string, Tensor> state = net.state_dict();
        state.Remove("scale");
        state["more"] = ones(1);
        state["first.bias"] = ones(5);
        string message = Assert.Throws<InvalidOperationException>(() => other.load_state_dict(state)).Message;
        Assert.Contains("missing: scale", message);
        Assert.Contains("unexpected: more", message);
        Assert.Contains("first.bias has the shape [4] in the module and [5]", message);
        (IList<string> missing, IList<string> unexpected) = other.load_state_dict(state, strict: false, skip: ["first.bias"]);
        Assert.Equal("scale", Assert.Single(missing));
        Assert.Equal("more", Assert.Single(unexpected));
    }

    [Fact]
    public void MovingKeepsTheParametersThemselves()
    {
        using DisposeScope scope = NewDisposeScope();
        using var net = new Net();
        Parameter[] parameters = [.. net.parameters()];
        net.call(ones(1, 3)).sum().backward();
        net.to(float64);
        Assert.Equal(parameters, net.parameters());
        Assert.All(parameters, p => Assert.Equal((float64, float64), (p.dtype, p.grad!.dtype)));
        Assert.Equal(float64, net.call(ones(1, 3, float64)).dtype);
        net.zero_grad();
        Assert.All(parameters, p => Assert.True(p.grad is null));
    }

    [Theory]
    [InlineData("LSTM", "3, 4", false)]
    [InlineData("LSTM", "3, 4, 2, batch_first=True, bidirectional=True, dropout=0.3", true)]
    [InlineData("GRU", "3, 4, 2, bidirectional=True, dropout=0.3", false)]
    [InlineData("GRU", "3, 4, bias=False, batch_first=True", true)]
    public void RecurrentNetworksStartAndComputeAsInPython(string kind, string arguments, bool batchFirst)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement peer = JsonDocument.Parse(Python.Run($$"""
            import torch, json
            torch.manual_seed(3)
            m = torch.nn.{{kind}}({{arguments}})
            x, single = torch.randn(5, 2, 3), torch.randn(6, 3)
            out, state = m(x)
            last = state if torch.is_tensor(state) else torch.cat(state)
            out.sum().backward()
            print(json.dumps({"names": [n for n, _ in m.named_parameters()], "weights": [p.flatten().tolist() for p in m.parameters()], "out": out.flatten().tolist(),
                "last": last.flatten().tolist(), "grads": [p.grad.flatten().tolist() for p in m.parameters()], "single": m(single)[0].flatten().tolist()}))
            """)).RootElement;
        manual_seed(3);
        bool bidirectional = arguments.Contains("bidirectional"), bias = !arguments.Contains("bias=False");
        long layers = arguments.StartsWith("3, 4, 2") ? 2 : 1;
        double dropout = arguments.Contains("dropout") ? 0.3 : 0;
        nn.Module module = kind == "LSTM" ? nn.LSTM(3, 4, layers, bias, batchFirst, dropout, bidirectional) : nn.GRU(3, 4, layers, bias, batchFirst, dropout, bidirectional);
        Assert.Equal(peer.GetProperty("names").Deserialize<string[]>(), module.named_parameters().Select(p => p.name));
        AssertEqual(peer.GetProperty("weights"), module.parameters());
        Tensor x = randn(5, 2, 3), single = randn(6, 3);
        (Tensor output, Tensor last) = Run(x);
        output.sum().backward();
        Tensor single_output = Run(single).output;
        AssertEqual(peer.GetProperty("out"), output);
        AssertEqual(peer.GetProperty("last"), last);
        AssertEqual(peer.GetProperty("grads"), module.parameters().Select(p => p.grad!));
        AssertEqual(peer.GetProperty("single"), single_output);

        (Tensor output, Tensor last) Run(Tensor input)
        {
            if (module is GRU gru) return gru.call(input);
            (Tensor output, Tensor h, Tensor c) = ((LSTM)module).call(input);
            return (output, cat([h, c]));
        }
    }

    private static readonly (string python, Func<Sequential, optim.Optimizer> make)[] optimizers =
    [
        ("SGD(p, lr=0.1)", m => optim.SGD(m.parameters(), 0.1)),
        ("SGD(p, lr=0.1, momentum=0.9, dampening=0.1, weight_decay=0.01)", m => optim.SGD(m.named_parameters(), 0.1, 0.9, 0.1, 0.01)),
        ("SGD(p, lr=0.1, momentum=0.9, nesterov=True)", m => optim.SGD([new SGD.ParamGroup(m.parameters(), new SGD.Options())], 0.1, 0.9, nesterov: true)),
        ("Adam(p)", m => optim.Adam(m.parameters())),
        ("Adagrad(p)", m => optim.Adagrad(m.parameters())),
        ("Adagrad(p, lr=0.1, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.2)", m => optim.Adagrad(m.parameters(), 0.1, 0.1, 0.1, 0.2)),
        ("Adadelta(p)", m => optim.Adadelta(m.parameters())),
        ("Adadelta(p, lr=0.5, rho=0.8, weight_decay=0.1, maximize=True)", m => optim.Adadelta(m.named_parameters(), 0.5, 0.8, weight_decay: 0.1, maximize: true)),
        ("Adamax(p)", m => optim.Adamax(m.parameters())),
        ("Adamax(p, lr=0.01, betas=(0.8, 0.9), weight_decay=0.1)", m => optim.Adamax([new Adamax.ParamGroup(m.parameters(), new Adamax.Options())], 0.01, 0.8, 0.9, weight_decay: 0.1)),
        ("RAdam(p)", m => optim.RAdam(m.parameters())),
        ("RAdam(p, lr=0.01, betas=(0.8, 0.9), weight_decay=0.1)", m => optim.RAdam(m.parameters(), 0.01, 0.8, 0.9, weight_decay: 0.1)),
        ("NAdam(p)", m => optim.NAdam(m.parameters())),
        ("NAdam(p, lr=0.01, betas=(0.8, 0.9), weight_decay=0.1, momentum_decay=0.1)", m => optim.NAdam(m.named_parameters(), 0.01, 0.8, 0.9, weight_decay: 0.1, momentum_decay: 0.1)),
        ("ASGD(p, lr=0.001)", m => optim.ASGD(m.parameters())),
        ("ASGD(p, lr=0.1, lambd=0.01, alpha=0.5, t0=5, weight_decay=0.1)", m => optim.ASGD([new ASGD.ParamGroup(m.parameters(), new ASGD.Options())], 0.1, 0.01, 0.5, 5, 0.1)),
        ("Rprop(p)", m => optim.Rprop(m.parameters())),
        ("Rprop(p, lr=0.1, etas=(0.4, 1.3), step_sizes=(0.01, 0.5), maximize=True)", m => optim.Rprop(m.parameters(), 0.1, 0.4, 1.3, 0.01, 0.5, true)),
        ("Adam([{'params': [*m[0].parameters()], 'lr': 0.05}, {'params': [*m[2].parameters()], 'weight_decay': 0.1}], lr=0.01)",
            m => optim.Adam(new Adam.ParamGroup[] { new() { Parameters = m.children().First().parameters(), Options = new() { LearningRate = 0.05 } }, new() { Parameters = m.children().Last().parameters(), Options = new() { weight_decay = 0.1 } } }, 0.01)),
        ("SGD([{'params': [*m[0].parameters()], 'momentum': 0.9}, {'params': [*m[2].parameters()]}], lr=0.1)",
            m => optim.SGD(new SGD.ParamGroup[] { new() { Parameters = m.children().First().parameters(), Options = new() { momentum = 0.9 } }, new() { Parameters = m.children().Last().parameters() } }, 0.1)),
        ("SGD(p, lr=0.1, maximize=True) clipped", m => optim.SGD(m.parameters(), 0.1, maximize: true)),
        ("Adam(p, weight_decay=0.1)", m => optim.Adam(m.parameters(), weight_decay: 0.1)),
        ("AdamW(p, lr=0.01)", m => optim.AdamW(m.parameters(), 0.01)),
        ("AdamW(p, lr=0.01, amsgrad=True)", m => optim.AdamW(m.parameters(), 0.01, amsgrad: true)),
        ("RMSprop(p)", m => optim.RMSProp(m.parameters())),
        ("RMSprop(p, lr=0.02, alpha=0.9, weight_decay=0.1, momentum=0.5, centered=True)", m => optim.RMSProp(m.parameters(), 0.02, 0.9, weight_decay: 0.1, momentum: 0.5, centered: true)),
        ("Adam(p, lr=0.01, betas=(0.8, 0.9), eps=1e-6, weight_decay=0.1, amsgrad=True)", m => optim.Adam(m.parameters(), 0.01, 0.8, 0.9, 1e-6, 0.1, amsgrad: true)),
    ];

    [Fact]
    public void OptimizersTakePythonsSteps()
    {
        JsonElement[] answers = [.. JsonDocument.Parse(Python.Run("""
            import sys, torch, json
            answers = []
            for expression in json.loads(sys.argv[1]):
                torch.manual_seed(5)
                m = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
                x, y = torch.randn(10, 6), torch.randint(0, 3, (10,))
                p = m.parameters()
                o = eval("torch.optim." + expression.replace(" clipped", ""))
                losses, norms = [], []
                for i in range(20):
                    o.zero_grad()
                    loss = torch.nn.functional.cross_entropy(m(x), y)
                    loss.backward()
                    norms.append(torch.nn.utils.clip_grad_norm_(m.parameters(), 0.05).item() if expression.endswith(" clipped") else 0)
                    o.step()
                    losses.append(loss.item())
                answers.append({"losses": losses, "norms": norms})
            print(json.dumps(answers))
            """, JsonSerializer.Serialize(optimizers.Select(o => o.python)))).RootElement.EnumerateArray()];
        foreach (((string python, Func<Sequential, optim.Optimizer> make), JsonElement peer) in optimizers.Zip(answers))
        {
            using DisposeScope scope = NewDisposeScope();
            manual_seed(5);
            using Sequential model = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 3));
            Tensor x = randn(10, 6), y = randint(0, 3, [10]);
            using optim.Optimizer optimizer = make(model);
            for (int i = 0; i < 20; i++)
            {
                optimizer.zero_grad();
                Tensor loss = nn.functional.cross_entropy(model.call(x), y);
                loss.backward();
                if (python.EndsWith(" clipped")) Assert.Equal(peer.GetProperty("norms")[i].GetDouble(), nn.utils.clip_grad_norm_(model.parameters(), 0.05), 1e-6);
                optimizer.step();
                double expected = peer.GetProperty("losses")[i].GetDouble(), actual = loss.item<double>();
                Assert.True(Math.Abs(expected - actual) < 1e-6, $"{python}: a loss of {actual} in step {i}, {expected} in Python");
            }
        }
    }

    [Theory, InlineData(1.0, 20, 100), InlineData(0.3, 7, 2)]
    public void LbfgsTakesPythonsSteps(double lr, int iterations, int history)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] expected = JsonSerializer.Deserialize<double[]>(Python.Run($"""
            import torch, json
            torch.manual_seed(5)
            m = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)).double()
            x, y = torch.randn(10, 6).double(), torch.randn(10, 1).double()
            o = torch.optim.LBFGS(m.parameters(), lr={lr}, max_iter={iterations}, tolerance_grad=1e-5, history_size={history})
            losses = []
            def closure():
                o.zero_grad()
                loss = (m(x) - y).square().mean()
                loss.backward()
                losses.append(loss.item())
                return loss
            for i in range(3): o.step(closure)
            print(json.dumps(losses))
            """))!;
        manual_seed(5);
        using Sequential model = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 1)).to(float64);
        Tensor x = randn(10, 6).to(float64), y = randn(10, 1).to(float64);
        using LBFGS optimizer = optim.LBFGS(model.parameters(), lr, iterations, history_size: history);
        var losses = new List<double>();
        for (int i = 0; i < 3; i++)
        {
            int before = losses.Count;
            using Tensor first = optimizer.step(() =>
            {
                optimizer.zero_grad();
                Tensor loss = (model.call(x) - y).square().mean();
                loss.backward();
                losses.Add(loss.item<double>());
                return loss;
            });
            Assert.Equal(losses[before], first.item<double>());
        }
        Assert.Equal(expected.Length, losses.Count);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], losses[i], 1e-9);
        Assert.True(losses[^1] < losses[0] / 2);
        Assert.Throws<ArgumentNullException>(() => ((optim.Optimizer)optimizer).step());
        Assert.Throws<NotSupportedException>(() => optimizer.add_param_group(new SGD.ParamGroup(model.parameters(), new SGD.Options())));
        Assert.Equal(lr, optimizer.ParamGroups.Single().LearningRate);
    }

    private static void AssertEqual(JsonElement expected, IEnumerable<Tensor> actual)
    {
        Tensor[] tensors = [.. actual];
        Assert.Equal(expected.GetArrayLength(), tensors.Length);
        for (int i = 0; i < tensors.Length; i++) AssertEqual(expected[i], tensors[i]);
    }

    private static void AssertEqual(JsonElement expected, Tensor actual) =>
        Assert.Equal(expected.EnumerateArray().Select(v => (float)v.GetDouble()), actual.detach().flatten().data<float>());
}
