using System.Diagnostics;
using System.Text;
using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace Tests;

/// <summary>Files of torch.save and of TorchSharp: to Python and back, and what damaged or hostile ones do.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("True")]
    [InlineData("False")]
    public void WhatPythonSavedLoads(string zip)
    {
        using DisposeScope scope = NewDisposeScope();
        string path = folder.At("model.pth");
        Python.Run("""
            import sys, torch
            base = torch.arange(24.).reshape(4, 6)
            state = {"transposed": base.t(), "slice": base[1:3, ::2], "same": base, "scalar": torch.tensor(7), "empty": torch.zeros(0, 3)}
            for name in ["float16", "bfloat16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool"]:
                state[name] = torch.arange(3).to(getattr(torch, name))
            torch.save(state, sys.argv[1], _use_new_zipfile_serialization=sys.argv[2] == "True")
            """, path, zip);
        Tensor expected = arange(24).to(float32).reshape(4, 6);
        var holder = new Holder(new()
        {
            ["transposed"] = zeros(6, 4), ["slice"] = zeros(2, 3), ["same"] = zeros(4, 6), ["scalar"] = zeros([], int64), ["empty"] = zeros(0, 3),
            ["float16"] = zeros(3, float16), ["bfloat16"] = zeros(3, bfloat16), ["float32"] = zeros(3), ["float64"] = zeros(3, float64), ["uint8"] = zeros(3, uint8),
            ["int8"] = zeros(3, int8), ["int16"] = zeros(3, int16), ["int32"] = zeros(3, int32), ["int64"] = zeros(3, int64), ["bool"] = zeros(3, torch.@bool),
        });
        var loaded = new Dictionary<string, bool>();
        holder.load_py(path, loadedParameters: loaded);
        Assert.All(loaded.Values, Assert.True);
        Dictionary<string, Tensor> state = holder.state_dict();
        Assert.True(state["transposed"].Equals(expected.t()));
        Assert.True(state["slice"].Equals(expected[1..3, TensorIndex.Slice(step: 2)]));
        Assert.Equal(7, state["scalar"].item<long>());
        foreach ((string name, Tensor value) in state.Skip(5)) Assert.True(value.Equals(arange(3).to(value.dtype)), name);
    }

    [Fact]
    public void WhatIsSavedHereLoadsInPython()
    {
        using DisposeScope scope = NewDisposeScope();
        string path = folder.At("model.pth");
        Tensor shared = arange(12).to(float32).reshape(3, 4);
        new Holder(new() { ["a"] = shared, ["b"] = shared.t(), ["half"] = ones(2, float16), ["brain"] = ones(2, bfloat16), ["n"] = tensor(1L << 40), ["bits"] = tensor(new[] { true, false }), ["none"] = zeros(0) }).save_py(path);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
        Python.Run("""
            import sys, torch
            s = torch.load(sys.argv[1], weights_only=True)
            assert list(s) == ["a", "b", "half", "brain", "n", "bits", "none"], list(s)
            assert torch.equal(s["a"], torch.arange(12.).reshape(3, 4)) and torch.equal(s["b"], s["a"].t())
            assert s["a"].storage().data_ptr() == s["b"].storage().data_ptr()
            assert s["half"].dtype == torch.float16 and s["brain"].dtype == torch.bfloat16 and s["n"].item() == 2 ** 40 and s["bits"].tolist() == [True, False] and s["none"].shape == (0,)
            """, path);
    }

    private static readonly (string python, Func<Sequential, OptimizerHelper> make)[] optimizers =
    [
        ("SGD(p, lr=0.05, momentum=0.9)", m => optim.SGD(m.parameters(), 0.5, 0.1)),
        ("Adam(p, lr=0.01, weight_decay=0.1)", m => optim.Adam(m.parameters())),
        ("AdamW(p, lr=0.01, amsgrad=True)", m => optim.AdamW(m.parameters(), amsgrad: true)),
        ("Adagrad(p, lr=0.1, initial_accumulator_value=0.2)", m => optim.Adagrad(m.parameters())),
        ("Adadelta(p, lr=0.7, rho=0.8)", m => optim.Adadelta(m.parameters())),
        ("Adamax(p, lr=0.01)", m => optim.Adamax(m.parameters())),
        ("RAdam(p, lr=0.01, betas=(0.8, 0.9))", m => optim.RAdam(m.parameters())),
        ("NAdam(p, lr=0.01, momentum_decay=0.1)", m => optim.NAdam(m.parameters())),
        ("ASGD(p, lr=0.1, lambd=0.01, t0=3)", m => optim.ASGD(m.parameters())),
        ("Rprop(p, lr=0.02, step_sizes=(1e-4, 1))", m => optim.Rprop(m.parameters())),
        ("RMSprop(p, lr=0.01, momentum=0.5, centered=True)", m => optim.RMSProp(m.parameters(), momentum: 0.1, centered: true)),
    ];

    [Fact]
    public void ATrainingGoesOnInTheOtherLanguage()
    {
        using DisposeScope scope = NewDisposeScope();
        const string Peer = """
            import sys, json, torch
            answers = []
            for i, expression in enumerate(json.loads(sys.argv[2])):
                torch.manual_seed(2)
                m = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Tanh(), torch.nn.Linear(6, 1))
                x = torch.randn(8, 4)
                p = m.parameters()
                o = eval("torch.optim." + expression)
                def train(steps):
                    losses = []
                    for _ in range(steps):
                        o.zero_grad()
                        loss = (m(x) - 1).square().mean()
                        loss.backward()
                        o.step()
                        losses.append(loss.item())
                    return losses
                path = f"{sys.argv[1]}/{i}"
                if len(sys.argv) > 3:
                    m.load_state_dict(torch.load(path + ".ours.pth", weights_only=True)); o.load_state_dict(torch.load(path + ".ours.opt"))
                    answers.append(train(5))
                else:
                    losses = train(5)
                    torch.save(m.state_dict(), path + ".pth"); torch.save(o.state_dict(), path + ".opt")
                    answers.append(losses + train(10))
            print(json.dumps(answers))
            """;
        string expressions = JsonSerializer.Serialize(optimizers.Select(o => o.python));
        double[][] uninterrupted = JsonSerializer.Deserialize<double[][]>(Python.Run(Peer, folder.Path, expressions))!;
        for (int i = 0; i < optimizers.Length; i++)
        {
            manual_seed(2);
            using Sequential model = Model();
            Tensor x = randn(8, 4);
            using OptimizerHelper first = optimizers[i].make(model), second = optimizers[i].make(model), third = optimizers[i].make(model);
            first.load_py(folder.At($"{i}.opt"));
            model.load_py(folder.At($"{i}.pth"));
            AssertLosses(uninterrupted[i][5..10], Train(model, first, x));
            first.save_py(folder.At($"{i}.ours.opt"));
            model.save_py(folder.At($"{i}.ours.pth"));
            first.save_state_dict(folder.At("native"));
            second.load_state_dict(folder.At("native"));
            third.load_state_dict(second.state_dict());
            AssertLosses(uninterrupted[i][10..], Train(model, third, x));
        }
        double[][] goneOn = JsonSerializer.Deserialize<double[][]>(Python.Run(Peer, folder.Path, expressions, "go on"))!;
        for (int i = 0; i < optimizers.Length; i++) AssertLosses(uninterrupted[i][10..], goneOn[i]);

        static double[] Train(Sequential model, optim.Optimizer optimizer, Tensor x)
        {
            double[] losses = new double[5];
            for (int i = 0; i < losses.Length; i++)
            {
                optimizer.zero_grad();
                Tensor loss = (model.call(x) - 1).square().mean();
                loss.backward();
                optimizer.step();
                losses[i] = loss.item<double>();
            }
            return losses;
        }

        static void AssertLosses(double[] expected, double[] actual)
        {
            foreach ((double e, double a) in expected.Zip(actual)) Assert.Equal(e, a, 1e-6);
        }
    }

    [Fact]
    public void TorchSharpsOwnFormatComesBack()
    {
        using DisposeScope scope = NewDisposeScope();
        using Sequential model = Model(), other = Model();
        string path = folder.At("model.dat");
        model.save(path);
        // Its head, as TorchSharp writes it: 4 entries; "0.weight", float32 (6), 2 dimensions, [6, 4].
        Assert.Equal([4, 8, .. "0.weight"u8, 6, 2, 6, 4], File.ReadAllBytes(path)[..14]);
        var loaded = new Dictionary<string, bool>();
        other.load(path, loadedParameters: loaded);
        Assert.Equal(4, loaded.Count(l => l.Value));
        Assert.All(model.state_dict(), s => Assert.True(s.Value.Equals(other.state_dict()[s.Key])));
        model.save(path, skip: ["0.bias"]);
        Assert.Contains("missing: 0.bias", Assert.Throws<InvalidOperationException>(() => other.load(path)).Message);
        Assert.Throws<InvalidDataException>(() => other.load(new MemoryStream(File.ReadAllBytes(path)[..40])));
    }

    [Fact]
    public void OneTensorComesBack()
    {
        using DisposeScope scope = NewDisposeScope();
        string path = folder.At("tensor.dat");
        foreach (ScalarType type in new[] { float16, bfloat16, float32, float64, uint8, int8, int16, int32, int64, torch.@bool })
        {
            Tensor from = arange(6).reshape(2, 3).to(type).t();
            save(from, path);
            Assert.True(load(path).Equals(from), $"{type}");
        }
        // As TorchSharp writes it: float32 (6), 1 dimension, [2], and the elements.
        tensor(new[] { 1f, -2 }).save(path);
        byte[] bytes = File.ReadAllBytes(path);
        Assert.Equal([6, 1, 2, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], bytes);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
        for (int length = 0; length < bytes.Length; length++) Assert.Throws<InvalidDataException>(() => Tensor.Load(new MemoryStream(bytes[..length])));
    }

    [Fact]
    public void NothingIsExecuted()
    {
        string path = folder.At("hostile.pth"), witness = folder.At("witness");
        foreach (string zip in new[] { "True", "False" })
        {
            Python.Run("""
                import sys, os, torch
                class Hostile:
                    def __reduce__(self): return os.system, (f"touch {sys.argv[2]}",)
                torch.save({"0.weight": Hostile()}, sys.argv[1], _use_new_zipfile_serialization=sys.argv[3] == "True")
                """, path, witness, zip);
            using Sequential model = Model();
            Assert.Contains("posix.system", Assert.Throws<InvalidDataException>(() => model.load_py(path)).Message);
            Assert.False(File.Exists(witness));
        }
    }

    [Fact]
    public void WhatDoesNotFitIsNamed()
    {
        string path = folder.At("model.pth");
        using Sequential model = Model(), wider = nn.Sequential(nn.Linear(4, 7), nn.Tanh(), nn.Linear(7, 1)), longer = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 1), nn.Linear(1, 1));
        model.save_py(path);
        Assert.Contains("0.weight has the shape [7, 4] in the module and [6, 4]", Assert.Throws<InvalidOperationException>(() => wider.load_py(path)).Message);
        Assert.Contains("missing: 3.weight, 3.bias", Assert.Throws<InvalidOperationException>(() => longer.load_py(path)).Message);
        longer.load_py(path, strict: false);
        longer.save_py(path);
        Assert.Contains("unexpected: 3.weight, 3.bias", Assert.Throws<InvalidOperationException>(() => model.load_py(path)).Message);
        model.load_py(path, skip: ["3.weight", "3.bias"]);
        using OptimizerHelper two = optim.Adam(model.parameters()), one = optim.Adam(model.parameters().Take(2));
        one.save_py(path);
        Assert.Contains("4 parameters, and those of the file 2", Assert.Throws<InvalidOperationException>(() => two.load_py(path)).Message);
        Assert.Throws<InvalidDataException>(() => model.load_py(path));
    }

    [Fact]
    public void ADamagedFileIsRefusedOrLoadedAndNeverMore()
    {
        using Sequential model = Model();
        string zip = folder.At("zip"), legacy = folder.At("legacy");
        Python.Run("""
            import sys, torch
            s = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Tanh(), torch.nn.Linear(6, 1)).state_dict()
            torch.save(s, sys.argv[1])
            torch.save(s, sys.argv[2], _use_new_zipfile_serialization=False)
            """, zip, legacy);
        var safe = new MemoryStream();
        model.save_safetensors(safe, leaveOpen: true);
        byte[][] sound = [File.ReadAllBytes(zip), File.ReadAllBytes(legacy), safe.ToArray()];
        var random = new Random(1);
        long before = Process.GetCurrentProcess().WorkingSet64, most = 0;
        int loaded = 0;
        for (int i = 0; i < 2_000; i++)
        {
            byte[] from = sound[i % 3];
            byte[] damaged = [.. from[..(i % 5 == 0 ? random.Next(from.Length) : from.Length)]];
            for (int changes = random.Next(1, 5); changes > 0 && damaged.Length > 0; changes--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                if (i % 3 == 2) model.load_safetensors(new MemoryStream(damaged));
                else model.load_py(new MemoryStream(damaged));
                loaded++;
            }
            catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
            {
            }
            if (i % 50 == 0) most = Math.Max(most, Process.GetCurrentProcess().WorkingSet64);
        }
        Assert.InRange(loaded, 1, 1_999);
        Assert.InRange(most - before, long.MinValue, 200 << 20);
    }

    [Theory]
    [InlineData("\u0080\u0002cos\nsystem\nX\u0001\0\0\0aR.", "os.system")]
    [InlineData("\u0080\u0002ctorch\nload\n.", "torch.load")]
    [InlineData("\u0080\u0002}X\u00ff\u00ff\u00ff\u007fa", "does not end")]
    [InlineData("\u0080\u0002i", "opcode 0x69")]
    [InlineData("\u0080\u0002((((t", "does not end")]
    [InlineData("\u0080\u0009N.", "protocol 9")]
    [InlineData("\u0080\u0002h\u0009.", "recalls value 9")]
    [InlineData("\u0080\u0002ctorch._utils\n_rebuild_tensor_v2\n)R.", "calls torch._utils._rebuild_tensor_v2")]
    public void AHostilePickleIsRefused(string pickle, string part)
    {
        using var stream = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        using (Stream content = zip.CreateEntry("archive/data.pkl", System.IO.Compression.CompressionLevel.NoCompression).Open())
            content.Write(Encoding.Latin1.GetBytes(pickle));
        stream.Position = 0;
        using Sequential model = Model();
        Assert.Contains(part, Assert.Throws<InvalidDataException>(() => model.load_py(stream)).Message);
    }

    /// <summary>Lists and tuples that a pickle keeps and copies by a few bytes each would fill the memory.</summary>
    [Theory]
    [InlineData("dictionaries")]
    [InlineData("shapes")]
    public void APickleThatMakesMuchOfLittleIsRefused(string what)
    {
        using var pickle = new MemoryStream();
        pickle.Write([0x80, 2]);
        if (what == "dictionaries")
        {
            pickle.Write("ccollections\nOrderedDict\nq\u0000]("u8);
            for (int i = 0; i < 30_000; i++) pickle.Write([(byte)'M', (byte)i, (byte)(i >> 8), (byte)'N', 0x86]);
            pickle.Write([(byte)'e', 0x85, (byte)'q', 1]);
        }
        else
        {
            pickle.Write("ctorch._utils\n_rebuild_tensor\nq\u0000((X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0000tQK\u0000("u8);
            for (int i = 0; i < 30_000; i++) pickle.Write("K\u0001"u8);
            pickle.Write("tq\u0002h\u0002tq\u0001"u8);
        }
        for (int i = 0; i < 30_000; i++) pickle.Write([(byte)'h', 0, (byte)'h', 1, (byte)'R']);
        pickle.WriteByte((byte)'.');

        using var stream = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            using (Stream content = zip.CreateEntry("archive/data.pkl", System.IO.Compression.CompressionLevel.NoCompression).Open()) content.Write(pickle.ToArray());
            zip.CreateEntry("archive/data/0", System.IO.Compression.CompressionLevel.NoCompression).Open().Dispose();
        }
        stream.Position = 0;
        using Sequential model = Model();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("makes much of little", Assert.Throws<InvalidDataException>(() => model.load_py(stream)).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 << 20);
    }

    [Fact]
    public void ADamagedFileOfOurOwnIsNamedSo()
    {
        using Sequential model = Model();
        byte[] longName = [1, 0xff, 0xff, 0xff, 0xff, 0x0f];
        Assert.Throws<InvalidDataException>(() => model.load(new MemoryStream(longName)));
        using OptimizerHelper optimizer = optim.Adam(model.parameters());
        Assert.Throws<InvalidDataException>(() => optimizer.load_state_dict(new BinaryReader(new MemoryStream(longName[1..]))));
        var random = new Random(2);
        var saved = new MemoryStream();
        model.save(saved);
        for (int i = 0; i < 500; i++)
        {
            byte[] damaged = saved.ToArray();
            damaged[random.Next(60)] = (byte)random.Next(256);
            try
            {
                model.load(new MemoryStream(damaged));
            }
            catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
            {
            }
        }
    }

    private static Sequential Model() => nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 1));

    private sealed class Holder : nn.Module
    {
        public Holder(Dictionary<string, Tensor> values) : base(nameof(Holder))
        {
            foreach ((string name, Tensor value) in values) register_buffer(name, value);
        }
    }
}
