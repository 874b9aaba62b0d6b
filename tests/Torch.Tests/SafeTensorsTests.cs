using System.Buffers.Binary;
using System.Text;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace Tests;

public sealed class SafeTensorsTests : IDisposable
{
    /// <summary>The format in a few lines of numpy: read and write.</summary>
    private const string Format = """
        import sys, json, struct, numpy as np
        types = {"F32": np.float32, "F64": np.float64, "I64": np.int64}
        def read(path):
            data = open(path, "rb").read()
            length = struct.unpack("<Q", data[:8])[0]
            header, body = json.loads(data[8:8 + length]), data[8 + length:]
            return {n: np.frombuffer(body[e["data_offsets"][0]:e["data_offsets"][1]], types[e["dtype"]]).reshape(e["shape"]) for n, e in header.items()}
        def write(path, arrays):
            header, body = {"__metadata__": {"format": "pt"}}, b""
            for name, array in arrays.items():
                dtype = [k for k, v in types.items() if v == array.dtype][0]
                header[name] = {"dtype": dtype, "shape": array.shape, "data_offsets": [len(body), len(body) + array.nbytes]}
                body += array.tobytes()
            text = json.dumps(header).encode()
            open(path, "wb").write(struct.pack("<Q", len(text)) + text + body)
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("safetensors").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void GoToPythonAndBack()
    {
        using DisposeScope scope = NewDisposeScope();
        string mine = Path.Combine(folder, "mine"), theirs = Path.Combine(folder, "theirs");
        using Sequential model = Model(), other = Model();
        model.save_safetensors(mine);
        Assert.Equal([mine], Directory.GetFiles(folder));
        Python.Run(Format + """

            arrays = read(sys.argv[1])
            assert {n: a.shape for n, a in arrays.items()} == {"0.weight": (4, 3), "0.bias": (4,), "1.weight": (2, 4), "1.bias": (2,)}, arrays
            write(sys.argv[2], {n: a * 2 for n, a in arrays.items()})
            """, mine, theirs);
        var loaded = new Dictionary<string, bool>();
        other.load_safetensors(theirs, loadedParameters: loaded);
        Assert.All(model.state_dict(), s => Assert.True((s.Value * 2).Equals(other.state_dict()[s.Key])));
        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias"], loaded.Where(l => l.Value).Select(l => l.Key));
    }

    [Fact]
    public void EveryTypeComesBack()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ScalarType type in new[] { float16, bfloat16, float32, float64, uint8, int8, int16, int32, int64, torch.@bool })
        {
            Holder from = new(arange(6).reshape(2, 3).to(type).t()), to = new(zeros(3, 2, type));
            var stream = new MemoryStream();
            from.save_safetensors(stream, leaveOpen: true);
            stream.Position = 0;
            to.load_safetensors(stream);
            Assert.True(from.value.Equals(to.value), $"{type}");
        }
    }

    [Fact]
    public void WhatDoesNotFitIsNamed()
    {
        using Sequential model = Model(), wider = nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 2)), longer = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2), nn.Linear(2, 2));
        string path = Path.Combine(folder, "model");
        model.save_safetensors(path);
        Assert.Contains("0.weight has the shape [5, 3] in the module and [4, 3]", Assert.Throws<InvalidOperationException>(() => wider.load_safetensors(path)).Message);
        Assert.Contains("missing: 2.weight, 2.bias", Assert.Throws<InvalidOperationException>(() => longer.load_safetensors(path)).Message);
        longer.load_safetensors(path, strict: false);
        longer.save_safetensors(path);
        Assert.Contains("unexpected: 2.weight, 2.bias", Assert.Throws<InvalidOperationException>(() => model.load_safetensors(path)).Message);
        model.load_safetensors(path, skip: ["2.weight", "2.bias"]);
    }

    [Theory]
    [InlineData("{", "header")]
    [InlineData("[]", "no JSON object")]
    [InlineData("""{"a":1}""", "header")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", "lies at")]
    [InlineData("""{"a":{"dtype":null,"shape":[1],"data_offsets":[0,4]}}""", "type null")]
    [InlineData("""{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}""", "F99")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "[-1]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "takes 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""", "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""", "header")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "starts at byte 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "named a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}""", "takes 4000000000 bytes|take 4000000000 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[[[[1]]]]],"data_offsets":[0,4]}}""", "header")]
    public void AHostileHeaderIsRefused(string header, string part)
    {
        byte[] text = Encoding.UTF8.GetBytes(header), file = new byte[8 + text.Length + 8];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, 8);
        using Sequential model = Model();
        string message = Assert.Throws<InvalidDataException>(() => model.load_safetensors(new MemoryStream(file))).Message;
        Assert.Contains(part.Split('|'), p => message.Contains(p));
    }

    [Fact]
    public void ADamagedFileIsRefusedOrLoadedAndNeverMore()
    {
        using Sequential model = Model();
        var stream = new MemoryStream();
        model.save_safetensors(stream, leaveOpen: true);
        byte[] sound = stream.ToArray();
        var random = new Random(1);
        for (int i = 0; i < 2_000; i++)
        {
            byte[] damaged = [.. sound[..(i % 2 == 0 ? random.Next(sound.Length) : sound.Length)]];
            for (int changes = random.Next(4); changes > 0 && damaged.Length > 0; changes--) damaged[random.Next(Math.Min(damaged.Length, 400))] = (byte)random.Next(256);
            try
            {
                model.load_safetensors(new MemoryStream(damaged));
            }
            catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
            {
            }
        }
        byte[] huge = [.. BitConverter.GetBytes(ulong.MaxValue), .. sound[8..]];
        Assert.Contains("header", Assert.Throws<InvalidDataException>(() => model.load_safetensors(new MemoryStream(huge))).Message);
    }

    private static Sequential Model() => nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2));

    private sealed class Holder : nn.Module<Tensor, Tensor>
    {
        public readonly Tensor value;

        public Holder(Tensor value) : base(nameof(Holder))
        {
            this.value = value;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => input;
    }
}
