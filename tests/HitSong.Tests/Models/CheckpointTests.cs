using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using HitSong;
using HitSong.Models;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace Tests;

/// <summary>Weights to Python and back, what PyTorch takes and refuses, what damaged or hostile files do.</summary>
public sealed class CheckpointTests : IDisposable
{
    /// <summary>
    /// safetensors in a few lines of numpy, of which Debian has no package: <c>read(path)</c> and
    /// <c>write(path, arrays, metadata)</c>.
    /// </summary>
    private const string Safetensors = """
        import sys, json, struct, numpy as np
        types = {"F16": np.float16, "F32": np.float32, "F64": np.float64, "I64": np.int64, "BOOL": np.bool_}
        def read(path):
            data = open(path, "rb").read()
            length = struct.unpack("<Q", data[:8])[0]
            header, body = json.loads(data[8:8 + length]), data[8 + length:]
            metadata = header.pop("__metadata__", None)
            end = 0
            for e in header.values():
                begin, end_ = e["data_offsets"]
                assert begin == end and begin % np.dtype(types[e["dtype"]]).itemsize == 0, header
                end = end_
            assert end == len(body) and length % 8 == 0
            def array(e):
                return np.frombuffer(body[slice(*e["data_offsets"])], types[e["dtype"]]).reshape(e["shape"])
            return {n: array(e) for n, e in header.items()}, metadata
        def write(path, arrays, metadata=None):
            header, body = {"__metadata__": metadata} if metadata else {}, b""
            for name, array in arrays.items():
                dtype = [k for k, v in types.items() if v == array.dtype][0]
                offsets = [len(body), len(body) + array.nbytes]
                header[name] = {"dtype": dtype, "shape": array.shape, "data_offsets": offsets}
                body += array.tobytes()
            text = json.dumps(header).encode()
            open(path, "wb").write(struct.pack("<Q", len(text)) + text + body)
        """;

    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void What_python_saved_loads_whatever_its_type_and_strides()
    {
        string path = folder.At("model.pth");
        string[] types = "float16 bfloat16 float32 float64 uint8 int8 int16 int32 int64 bool".Split(' ');
        Python.Run(
            """
            import sys, torch
            base = torch.arange(24.).reshape(4, 6)
            state = {"transposed": base.t(), "slice": base[1:3, ::2], "tail": base[3], "same": base}
            state |= {"scalar": torch.tensor(7), "empty": torch.zeros(0, 3), "whole": torch.arange(3) + 2 ** 40}
            state |= {"expanded": torch.tensor([5.]).expand(2, 3), "parameter": torch.nn.Parameter(torch.ones(2))}
            for name in sys.argv[2:]: state[name] = torch.arange(3).to(getattr(torch, name))
            torch.save(state, sys.argv[1])
            """,
            [path, .. types]
        );
        var model = new Holder(
            new()
            {
                ["transposed"] = zeros(6, 4),
                ["slice"] = zeros(2, 3),
                ["tail"] = zeros(6),
                ["same"] = zeros(4, 6),
                ["scalar"] = zeros([], int64),
                ["empty"] = zeros(0, 3),
                ["expanded"] = zeros(2, 3),
                ["parameter"] = zeros(2),
                ["whole"] = zeros(3, int64),
            },
            types
        );

        Checkpoint.Load(model, path);

        Dictionary<string, Tensor> state = model.state_dict();
        Tensor expected = arange(24).to(float32).reshape(4, 6);
        Assert.True(state["transposed"].Equals(expected.t()));
        Assert.True(state["slice"].Equals(expected[1..3, TensorIndex.Slice(step: 2)]));
        Assert.True(state["tail"].Equals(expected[3]));
        Assert.True(state["same"].Equals(expected));
        Assert.Equal(7, state["scalar"].item<long>());
        Assert.True(state["expanded"].Equals(full(2, 3, 5f)));
        Assert.True(state["parameter"].Equals(ones(2)));
        Assert.Equal(1L << 40, state["whole"][0].item<long>());
        // Each into float32, as copy_ converts.
        Assert.All(
            types,
            name => Assert.Equal(name == "bool" ? [0f, 1, 1] : [0f, 1, 2], state[name].data<float>().ToArray())
        );
    }

    [Theory]
    [InlineData("model.pth")]
    [InlineData("model.safetensors")]
    public void What_is_saved_here_loads_in_python_as_it_is(string name)
    {
        string path = folder.At(name);
        File.WriteAllBytes(path, new byte[100_000]);
        Tensor shared = arange(12).to(float32).reshape(3, 4);
        var model = new Holder(
            new()
            {
                ["n"] = tensor(1L << 40),
                ["a"] = shared,
                ["transposed"] = shared.t(),
                ["rows"] = shared[1..3],
                ["columns"] = shared[.., 1..3],
                ["half"] = ones(2, float16),
                ["bits"] = tensor(new[] { true, false }),
                ["none"] = zeros(0),
                ["alike"] = ones(2, float16),
                ["double"] = ones(1, float64),
            },
            parameters: ["weight"]
        );

        Checkpoint.Save(model, path);

        Assert.Equal([path], Directory.GetFiles(folder.Path));
        Python.Run(
            Safetensors
                + """

                import torch
                if sys.argv[1].endswith(".pth"):
                    state = torch.load(sys.argv[1], weights_only=True)
                    assert not any(v.requires_grad for v in state.values())
                else:
                    arrays, metadata = read(sys.argv[1])
                    assert metadata == {"format": "pt"}, metadata
                    state = {n: torch.from_numpy(a.copy()) for n, a in arrays.items()}
                a = torch.arange(12.).reshape(3, 4)
                expected = {"n": torch.tensor(2 ** 40), "a": a, "transposed": a.t(), "rows": a[1:3]}
                expected |= {"half": torch.ones(2).half(), "alike": torch.ones(2).half(), "columns": a[:, 1:3]}
                expected |= {"bits": torch.tensor([True, False]), "none": torch.zeros(0), "weight": torch.ones(3)}
                expected |= {"double": torch.ones(1).double()}
                assert sorted(state) == sorted(expected), state
                for n, value in expected.items():
                    assert state[n].dtype == value.dtype and torch.equal(state[n], value), n
                """,
            path
        );
        var back = new Holder(
            model.state_dict().Where(s => s.Key != "weight").ToDictionary(s => s.Key, s => zeros_like(s.Value)),
            parameters: ["weight"]
        );
        Checkpoint.Load(back, path);
        Assert.All(model.state_dict(), s => Assert.True(s.Value.Equals(back.state_dict()[s.Key]), s.Key));
    }

    [Fact]
    public void What_was_computed_there_is_computed_here_and_back_again()
    {
        string theirs = folder.At("theirs.pth"),
            ours = folder.At("ours.pth");
        const string Peer = """
            import sys, torch
            from torch import nn
            torch.manual_seed(3)
            m = nn.Sequential(nn.Conv1d(2, 4, 3), nn.BatchNorm1d(4), nn.Flatten(), nn.Linear(24, 2))
            x = torch.arange(48.).reshape(3, 2, 8) / 48
            def answers(): return [round(v, 4) for v in m(x).flatten().tolist()]

            """;
        string expected = Python.Run(
            Peer + "for _ in range(2): m(x)\nm.eval()\ntorch.save(m.state_dict(), sys.argv[1])\nprint(answers())",
            theirs
        );
        using Sequential model = nn.Sequential(nn.Conv1d(2, 4, 3), nn.BatchNorm1d(4), nn.Flatten(), nn.Linear(24, 2));

        Checkpoint.Load(model, theirs);
        Checkpoint.Save(model, ours);

        model.eval();
        Tensor answers = model.call(arange(48).to(float32).reshape(3, 2, 8) / 48);
        Assert.Equal(
            expected.Trim('[', ']', '\n').Split(", ").Select(double.Parse),
            answers.flatten().data<float>().ToArray().Select(v => Math.Round(v, 4)),
            (e, a) => Math.Abs(e - a) < 2e-4
        );
        Assert.Equal(
            expected,
            Python.Run(
                Peer + "m.load_state_dict(torch.load(sys.argv[1], weights_only=True))\nm.eval()\nprint(answers())",
                ours
            )
        );
    }

    [Theory]
    [InlineData("pth")]
    [InlineData("safetensors")]
    public void Requires_grad_stays_as_the_model_has_it(string extension)
    {
        string path = folder.At($"model.{extension}");
        using Sequential from = Model(),
            to = Model();
        foreach (Parameter parameter in from.parameters().Skip(1))
            parameter.requires_grad = false;
        to.get_parameter("1.bias")!.requires_grad = false;
        if (extension == "pth")
            from.save_py(path);
        else
            Checkpoint.Save(from, path);

        Checkpoint.Load(to, path);

        Assert.Equal([true, true, true, false], to.parameters().Select(p => p.requires_grad));
        Assert.All(from.state_dict(), s => Assert.True(s.Value.Equals(to.state_dict()[s.Key])));
    }

    [Theory]
    [InlineData("pth")]
    [InlineData("safetensors")]
    public void What_does_not_fit_is_named_and_nothing_is_copied(string extension)
    {
        string path = folder.At($"model.{extension}"),
            longer = folder.At($"longer.{extension}");
        using Sequential model = Model(),
            wider = nn.Sequential(nn.Linear(4, 7), nn.Linear(7, 1)),
            deeper = nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 1), nn.Linear(1, 1), nn.Linear(1, 1));
        Checkpoint.Save(model, path);
        Checkpoint.Save(deeper, longer);

        Refused(wider, path, "0.weight ([6, 4], here [7, 4]), 0.bias ([6], here [7]), 1.weight ([1, 6], here [1, 7])");
        Refused(deeper, path, "It lacks 2.weight, 2.bias, 3.weight and 1 more.");
        Refused(model, longer, "It has besides 2.weight, 2.bias, 3.weight and 1 more.");
        // PyBridge's own loading spreads this over the four.
        using Linear one = nn.Linear(1, 1),
            four = nn.Linear(4, 4);
        Checkpoint.Save(one, path);
        Refused(four, path, "weight ([1, 1], here [4, 4])");
        Refused(model, folder.At($"none.{extension}"), "There are no weights at ");
    }

    [Theory]
    [InlineData("pth")]
    [InlineData("safetensors")]
    public void What_is_skipped_stays_as_it_is(string extension)
    {
        string path = folder.At($"model.{extension}");
        using Sequential from = Model(),
            to = nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 3)),
            more = nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 1), nn.Linear(1, 1));
        Checkpoint.Save(from, path);
        Tensor kept = to.state_dict()["1.weight"].clone();

        Checkpoint.Load(to, path, "1.weight", "1.bias");
        Checkpoint.Load(more, path, "2.weight", "2.bias");

        Assert.True(to.state_dict()["0.weight"].Equals(from.state_dict()["0.weight"]));
        Assert.True(to.state_dict()["1.weight"].Equals(kept));
        Assert.True(more.state_dict()["1.bias"].Equals(from.state_dict()["1.bias"]));
    }

    [Fact]
    public void A_network_starts_from_torchvisions_weights()
    {
        string path = folder.At("resnet18.pth");
        Python.Run(
            "import sys, torch, torchvision\ntorch.save(torchvision.models.resnet18().state_dict(), sys.argv[1])",
            path
        );

        using nn.Module<Tensor, Tensor> model = new ResNet18Settings { Weights = path }.Create(32, 32, 2);

        Assert.Equal([2, 512], model.state_dict()["fc.weight"].shape);
        Assert.All(model.parameters(), p => Assert.True(p.requires_grad));
        string sum = Python.Run(
            "import sys, torch\nprint(torch.load(sys.argv[1])['layer4.1.conv2.weight'].double().abs().sum().item())",
            path
        );
        Assert.Equal(
            double.Parse(sum),
            model.state_dict()["layer4.1.conv2.weight"].to(float64).abs().sum().item<double>(),
            1e-2
        );
        Refused(() => new HipHopCrnnSettings { Weights = path }.Create(128, 32, 2), path, "is of another model");
    }

    [Theory]
    [InlineData("module.", "pth")]
    [InlineData("module.", "safetensors")]
    [InlineData("_orig_mod.", "pth")]
    public void A_prefix_is_named_with_the_line_that_takes_it_away(string prefix, string extension)
    {
        string path = folder.At($"parallel.{extension}");
        Python.Run(
            Safetensors
                + """

                import torch
                m = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Linear(6, 1))
                s = {sys.argv[2] + n: v for n, v in m.state_dict().items()}
                if sys.argv[1].endswith(".pth"): torch.save(s, sys.argv[1])
                else: write(sys.argv[1], {n: v.numpy() for n, v in s.items()})
                """,
            path,
            prefix
        );
        using Sequential model = Model();
        string message = Refused(model, path, $"names that begin with \"{prefix}\"");
        // Debian has no package of safetensors to run its line with.
        if (extension == "pth")
            Checkpoint.Load(model, Converted(message));
        else
            Assert.Contains(
                "import load_file, save_file; save_file({k.removeprefix(\"module.\"): v for k, v in load_file(",
                message
            );
    }

    [Fact]
    public void A_nested_or_a_legacy_file_is_named_with_the_line_that_converts_it()
    {
        string nested = folder.At("nested.pth"),
            legacy = folder.At("legacy.pt");
        Python.Run(
            """
            import sys, torch
            m = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Linear(6, 1))
            o = torch.optim.Adam(m.parameters(), betas=(0.8, 0.9))
            m(torch.ones(2, 4)).sum().backward()
            o.step()
            training = {"epoch": 3, "loss": 0.5, "big": 2 ** 80, "name": None, "optimizer": o.state_dict()}
            torch.save(training | {"state_dict": m.state_dict()}, sys.argv[1])
            torch.save(m.state_dict(), sys.argv[2], _use_new_zipfile_serialization=False)
            """,
            nested,
            legacy
        );
        using Sequential model = Model();
        Checkpoint.Load(model, Converted(Refused(model, nested, "has its weights under \"state_dict\"")));
        Checkpoint.Load(model, Converted(Refused(model, legacy, "the form that torch.save had before 2020")));
    }

    /// <summary>Whoever pastes a line into a shell must not run what a file's names say.</summary>
    [Fact]
    public void A_hostile_name_stands_in_no_line_for_the_shell()
    {
        string prefix = folder.At("prefix.pth"),
            nested = folder.At("nested.pth");
        Python.Run(
            """
            import sys, torch
            weights = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Linear(6, 1)).state_dict()
            torch.save({"'; touch x; '." + n: v for n, v in weights.items()}, sys.argv[1])
            torch.save({"'; touch x; '": weights}, sys.argv[2])
            """,
            prefix,
            nested
        );
        using Sequential model = Model();
        Assert.DoesNotContain("python3 -c", Refused(model, prefix, "It lacks 0.weight"));
        Assert.DoesNotContain("python3 -c", Refused(model, nested, "is no tensor"));
    }

    [Theory]
    [InlineData("pth")]
    [InlineData("safetensors")]
    public void A_batch_count_may_be_absent_or_of_one_dimension_as_in_pytorch(string extension)
    {
        string absent = folder.At($"absent.{extension}"),
            one = folder.At($"one.{extension}"),
            two = folder.At($"two.{extension}");
        Python.Run(
            Safetensors
                + """

                import torch
                m = torch.nn.BatchNorm1d(3)
                for path, count in zip(sys.argv[1:], [None, torch.tensor([5.]), torch.ones(1, 1)]):
                    s = {n: v for n, v in m.state_dict().items()}
                    if count is None: del s["num_batches_tracked"]
                    else: s["num_batches_tracked"] = count
                    try: m.load_state_dict(dict(s), strict=True); accepted = True
                    except RuntimeError: accepted = False
                    assert accepted == ("two" not in path)
                    if path.endswith(".pth"): torch.save(s, path)
                    else: write(path, {n: v.numpy() for n, v in s.items()})
                """,
            absent,
            one,
            two
        );
        using BatchNorm1d model = nn.BatchNorm1d(3);
        model.call(ones(2, 3));

        Checkpoint.Load(model, one);
        Assert.Equal(5, model.state_dict()["num_batches_tracked"].item<long>());
        Checkpoint.Load(model, absent);
        Assert.Equal(0, model.state_dict()["num_batches_tracked"].item<long>());
        Refused(model, two, "num_batches_tracked ([1, 1], here [])");
    }

    // PyTorch 1.13 itself says which of them its strict load_state_dict takes.
    [Theory]
    [InlineData("1", true)]
    [InlineData("none", true)]
    [InlineData("2", false)]
    public void A_batch_count_may_be_absent_where_the_version_of_the_module_lets_it(string version, bool isTaken)
    {
        string path = folder.At($"version-{version}.pth");
        Python.Run(
            """
            import sys, torch
            from collections import OrderedDict
            path, version, taken = sys.argv[1:]
            m = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3))
            m[1].running_mean.fill_(7)
            s = m.state_dict()
            del s["1.num_batches_tracked"]
            if version == "none": s = OrderedDict(s.items())
            else: s._metadata["1"]["version"] = int(version)
            try: m.load_state_dict(s, strict=True); accepted = True
            except RuntimeError: accepted = False
            assert accepted == (taken == "True")
            torch.save(s, path)
            """,
            path,
            version,
            $"{isTaken}"
        );
        using Sequential model = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3));
        model.call(ones(2, 4));

        if (isTaken)
        {
            Checkpoint.Load(model, path);
            Assert.Equal(0, model.state_dict()["1.num_batches_tracked"].item<long>());
            Assert.Equal(7, model.state_dict()["1.running_mean"][0].item<float>());
        }
        else
        {
            Refused(model, path, "It lacks 1.num_batches_tracked");
        }
    }

    [Fact]
    public void Metadata_goes_both_ways()
    {
        string ours = folder.At("ours.safetensors"),
            theirs = folder.At("theirs.safetensors"),
            none = folder.At("none.safetensors");
        using Sequential model = Model(),
            other = Model();
        Dictionary<string, string> said = new() { ["license"] = "MIT", ["title"] = "Grüße, \"hits\"\n☃" };
        Checkpoint.Save(model, ours, said);
        Python.Run(
            Safetensors
                + """

                arrays, metadata = read(sys.argv[1])
                write(sys.argv[2], arrays, metadata | {"by": "python"})
                write(sys.argv[3], arrays)
                """,
            ours,
            theirs,
            none
        );

        Assert.Equal(said, Checkpoint.Metadata(ours));
        Assert.Equal(new Dictionary<string, string>(said) { ["by"] = "python" }, Checkpoint.Metadata(theirs));
        Assert.Empty(Checkpoint.Metadata(none));
        Checkpoint.Load(other, theirs);
        Assert.All(model.state_dict(), s => Assert.True(s.Value.Equals(other.state_dict()[s.Key])));
        Assert.Contains(
            "no place for metadata",
            Assert.Throws<HitSongException>(() => Checkpoint.Save(model, folder.At("x.pth"), said)).Message
        );
    }

    [Fact]
    public void Nothing_is_executed()
    {
        string hostile = folder.At("hostile.pth"),
            whole = folder.At("whole.pth"),
            numbers = folder.At("numbers.pth"),
            witness = folder.At("witness");
        Python.Run(
            """
            import sys, os, torch, numpy
            class Hostile:
                def __reduce__(self): return os.system, (f"touch {sys.argv[4]}",)
            torch.save({"0.weight": Hostile()}, sys.argv[1])
            torch.save(torch.nn.Linear(4, 6), sys.argv[2])
            torch.save({"0.weight": torch.ones(6, 4), "epoch": 3}, sys.argv[3])
            """,
            hostile,
            whole,
            numbers,
            witness
        );
        using Sequential model = Model();
        Refused(model, hostile, "asks for posix.system, and nothing of it was executed");
        Refused(model, whole, "asks for torch.nn.modules.linear.Linear");
        Refused(model, numbers, "has epoch, which is no tensor");
        Assert.False(File.Exists(witness));
        Python.Run("import sys, torch\ntorch.load(sys.argv[1])", hostile);
        Assert.True(File.Exists(witness), "executed, it would have left a trace");
    }

    [Theory]
    [InlineData("\u0080\u0002cos\nsystem\nX\u0001\0\0\0aR.", "os.system")]
    [InlineData("\u0080\u0002cbuiltins\nset\n.", "builtins.set")]
    [InlineData("\u0080\u0002}X\u00ff\u00ff\u00ff\u007fa", "does not end")]
    [InlineData("\u0080\u0002i", "opcode 0x69")]
    [InlineData("\u0080\u0002((((t", "does not end")]
    [InlineData("\u0080\u0002t", "")]
    [InlineData("\u0080\u0002h\u0009.", "")]
    [InlineData("\u0080\u0002N.", "holds no state dict")]
    [InlineData("\u0080\u0002}K\u0001Ns.", "has 1, which is no tensor")]
    [InlineData("\u0080\u0002}q\u0000X\u0001\0\0\0ah\u0000s.", "has a, which is no tensor")]
    [InlineData("\u0080\u0002ctorch._utils\n_rebuild_tensor_v2\n)R.", "makes no tensor")]
    public void A_hostile_pickle_is_refused(string pickle, string part)
    {
        string path = folder.At("hostile.pth");
        Zip(path, CompressionLevel.NoCompression, ("data.pkl", Encoding.Latin1.GetBytes(pickle)));
        using Sequential model = Model();
        Refused(model, path, part);
    }

    [Fact]
    public void A_view_beyond_its_numbers_is_refused()
    {
        // Two numbers, and what the pickle says of them: shape, strides, offset and how many there are.
        (string View, string? Refusal)[] views =
        [
            ("(2,), (1,), 0, 2", null),
            ("(2,), (0,), 1, 2", null),
            ("(2,), (1,), 1, 2", "reaches beyond the 2 numbers"),
            ("(2,), (2,), 0, 2", "reaches beyond"),
            ("(2,), (-1,), 1, 2", "reaches beyond"),
            ("(2,), (1,), -1, 2", "reaches beyond"),
            ("(2,), (2 ** 62,), 0, 2", "reaches beyond"),
            ("(2,), (1, 1), 0, 2", "reaches beyond"),
            ("(2,), (1,), 0, 3", "said to hold 3 numbers and has 8 bytes"),
            ("(2,), (1,), 0, 2 ** 62 + 2", "said to hold"),
            ("(2,), (1,), 0, 2 ** 64", "does not say where"),
            ("(2,), (1,), 0, -1", "does not say where"),
            ("(2,), (1.0,), 0, 2", "makes no tensor"),
            ("[2], [1], 0, 2", "makes no tensor"),
            ("(2,) * 65, (1,) * 65, 0, 2", "makes no tensor"),
        ];
        Python.Run(
            """
            import sys, pickle, torch
            class Storage: pass
            class Pickler(pickle._Pickler):
                def persistent_id(self, o):
                    return ("storage", torch.FloatStorage, "0", "cpu", count) if isinstance(o, Storage) else None
            for i, view in enumerate(sys.argv[2:]):
                shape, strides, offset, count = eval(view)
                class Tensor:
                    def __reduce__(self):
                        return torch._utils._rebuild_tensor_v2, (Storage(), offset, shape, strides, False, None)
                Pickler(open(f"{sys.argv[1]}/{i}.pkl", "wb"), 2).dump({"value": Tensor()})
            """,
            [folder.Path, .. views.Select(v => v.View)]
        );
        var model = new Holder(new() { ["value"] = ones(2) });
        foreach ((int i, (string view, string? refusal)) in views.Index())
        {
            string path = folder.At($"{i}.pth");
            Zip(
                path,
                CompressionLevel.NoCompression,
                ("data.pkl", File.ReadAllBytes(folder.At($"{i}.pkl"))),
                ("data/0", new byte[8])
            );
            if (refusal is not null)
                Refused(model, path, refusal);
            else
                Checkpoint.Load(model, path);
        }
    }

    /// <summary>PyBridge's files are compressed, and load; what one claims beyond file and model is not read.</summary>
    [Fact]
    public void A_zip_bomb_is_refused()
    {
        string sound = folder.At("sound.pth"),
            bomb = folder.At("bomb.pth"),
            pickles = folder.At("pickles.pth");
        using Linear model = nn.Linear(100, 100);
        model.save_py(sound);
        Checkpoint.Load(model, sound);
        Python.Run(
            """
            import sys, torch, zipfile
            zeros = torch.zeros(30_000_000)
            torch.save({"weight": zeros[:10_000].reshape(100, 100), "bias": zeros[:100]}, sys.argv[1])
            with zipfile.ZipFile(sys.argv[1]) as z: parts = {n: z.read(n) for n in z.namelist()}
            with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
                for n, b in parts.items(): z.writestr(n, b)
            with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED) as z:
                z.writestr("archive/data.pkl", b"}" * 100_000_000)
            """,
            bomb,
            pickles
        );
        Assert.InRange(
            Grown(() => Refused(model, bomb, "its parts are longer than it can be")),
            long.MinValue,
            20 << 20
        );
        Assert.InRange(Grown(() => Refused(model, pickles, "too long for a state dict")), long.MinValue, 20 << 20);
    }

    [Fact]
    public void A_part_that_ends_before_what_it_claims_is_refused()
    {
        string path = folder.At("short.pth");
        Python.Run(
            """
            import sys, torch
            torch.save({"value": torch.ones(1000)}, sys.argv[1])
            data = bytearray(open(sys.argv[1], "rb").read())
            # Of the part's entry in the central directory the compressed size: half of its bytes.
            entry = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
            assert data[entry + 46:].startswith(b"short/data/0"), data[entry:]
            data[entry + 20:entry + 24] = (2000).to_bytes(4, "little")
            open(sys.argv[1], "wb").write(data)
            """,
            path
        );
        var model = new Holder(new() { ["value"] = zeros(1000) });
        Refused(model, path, "past the end of the stream");
    }

    /// <summary>A tuple that a pickle recalls by a few bytes for each of many tensors could fill the memory.</summary>
    [Theory]
    [InlineData(64, "holds no state dict")]
    [InlineData(30_000, "makes no tensor")]
    public void A_pickle_that_makes_much_of_little_takes_little_memory(int dimensions, string refusal)
    {
        const string Storage = "(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuK\u0001tQ";
        StringBuilder pickle = new($"}}ctorch._utils\n_rebuild_tensor_v2\nq\u0000({Storage}K\u0000(");
        pickle.Insert(pickle.Length, "K\u0001", dimensions).Append("tq\u0002h\u0002tq\u0001");
        pickle.Insert(pickle.Length, "h\u0000h\u0001R", 30_000).Append('.');
        string path = folder.At("much.pth");
        Zip(path, CompressionLevel.NoCompression, ("data.pkl", Encoding.Latin1.GetBytes($"{pickle}")));
        using Sequential model = Model();
        long before = GC.GetAllocatedBytesForCurrentThread();

        Refused(model, path, refusal);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 << 20);
    }

    [Theory]
    [InlineData("{", "")]
    [InlineData("[]", "no object")]
    [InlineData("""{"a":1}""", "")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", "does not lie within")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "does not lie within")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "does not lie within")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}""",
        "does not lie within its 8 bytes"
    )]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", "")]
    [InlineData("""{"a":{"dtype":null,"shape":[1],"data_offsets":[0,4]}}""", "")]
    [InlineData("""{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}""", "F99")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "([-1], here [1])")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""", "here [1])")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""", "")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"shape":[1],"data_offsets":[0,4]}}""",
        "two tensors are named a"
    )]
    [InlineData("""{"a":{"dtype":"F32","shape":[[[[[1]]]]],"data_offsets":[0,4]}}""", "")]
    public void A_hostile_header_is_refused(string header, string part)
    {
        string path = folder.At("hostile.safetensors");
        byte[] text = Encoding.UTF8.GetBytes(header),
            file = new byte[8 + text.Length + 8];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, 8);
        File.WriteAllBytes(path, file);
        var model = new Holder(new() { ["a"] = ones(1) });
        Refused(model, path, part);
        BinaryPrimitives.WriteUInt64LittleEndian(file, ulong.MaxValue);
        File.WriteAllBytes(path, file);
        Refused(model, path, "its header is said to be 18446744073709551615 bytes long");
        Assert.Contains(path, Assert.Throws<HitSongException>(() => Checkpoint.Metadata(path)).Message);
    }

    [Theory]
    [InlineData("python.pth")]
    [InlineData("pybridge.pth")]
    [InlineData("legacy.pth")]
    [InlineData("model.safetensors")]
    public void Of_2000_damaged_files_each_loads_or_is_refused_in_little_memory(string name)
    {
        string path = folder.At(name);
        using Sequential model = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Linear(6, 1));
        if (name is "pybridge.pth" or "model.safetensors")
            Checkpoint.Save(model, path);
        else
            Python.Run(
                """
                import sys, torch
                from torch import nn
                m = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Linear(6, 1))
                torch.save(m.state_dict(), sys.argv[1], _use_new_zipfile_serialization="legacy" not in sys.argv[1])
                """,
                path
            );
        byte[] sound = File.ReadAllBytes(path);
        int loaded = 0;
        long most = 0;

        long grown = Grown(() =>
        {
            for (int seed = 0; seed < 2_000; seed++)
            {
                byte[] mutant = Mutant.Of(sound, seed);
                File.WriteAllBytes(path, seed % 10 == 0 ? mutant[..(mutant.Length * (seed % 100) / 100)] : mutant);
                long before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    Checkpoint.Load(model, path);
                    loaded++;
                }
                catch (HitSongException e)
                {
                    Assert.Contains(path, e.Message);
                }
                most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
            }
        });

        Assert.InRange(loaded, name == "legacy.pth" ? 0 : 1, 1_999);
        // Of a file of some kilobytes; most of it are the buffers of zip and JSON.
        Assert.InRange(most, 0, 512 << 10);
        Assert.InRange(grown, long.MinValue, 100 << 20);
    }

    private static Sequential Model() => nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 1));

    /// <summary>Asserts that loading is refused with the path and the words, and leaves the model as it was.</summary>
    private static string Refused(nn.Module model, string path, string words)
    {
        var before = model.state_dict().ToDictionary(s => s.Key, s => s.Value.clone());
        string message = Refused(() => Checkpoint.Load(model, path), path, words);
        Assert.All(model.state_dict(), s => Assert.True(s.Value.Equals(before[s.Key]), s.Key));
        return message;
    }

    private static string Refused(Action load, string path, string words)
    {
        string message = Assert.Throws<HitSongException>(load).Message;
        Assert.Contains(path, message);
        Assert.True(message.Contains(words), message);
        return message;
    }

    /// <summary>Runs the line of Python that ends a message; gives the file that it wrote.</summary>
    private static string Converted(string message)
    {
        string line = message.Split('\n')[^1];
        Assert.Matches("^python3 -c '.*'$", line);
        using Process shell = Process.Start("/bin/sh", ["-c", line.Replace("python3", "/usr/bin/python3")]);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
        return line.Split('"')[^2];
    }

    /// <summary>Bytes by which the process grows meanwhile.</summary>
    private static long Grown(Action action)
    {
        long before = Process.GetCurrentProcess().WorkingSet64;
        action();
        return Process.GetCurrentProcess().WorkingSet64 - before;
    }

    private static void Zip(string path, CompressionLevel level, params (string Name, byte[] Content)[] parts)
    {
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string name, byte[] content) in parts)
        {
            using Stream stream = zip.CreateEntry($"archive/{name}", level).Open();
            stream.Write(content);
        }
    }

    private sealed class Holder : nn.Module
    {
        /// <summary>Buffers, and vectors of three ones as parameters.</summary>
        public Holder(Dictionary<string, Tensor> buffers, params string[] parameters)
            : base(nameof(Holder))
        {
            foreach ((string name, Tensor value) in buffers)
                register_buffer(name, value);
            foreach (string name in parameters)
                register_parameter(name, new Parameter(ones(3)));
        }
    }
}
