using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;
using Style = TorchSharp.TensorStringStyle;

namespace Tests;

public class PrintingTests
{
    private static readonly (string python, Func<Tensor> here)[] cases =
    [
        ("torch.tensor(3.5)", () => tensor(3.5f)),
        ("torch.tensor(7)", () => tensor(7L)),
        ("torch.arange(6.).reshape(2, 3)", () => arange(6.0, dtype: float32).reshape(2, 3)),
        ("torch.arange(24).reshape(2, 3, 4)", () => arange(24).reshape(2, 3, 4)),
        ("torch.tensor([1.5, -2.25, 1e-3])", () => tensor([1.5f, -2.25f, 1e-3f])),
        ("torch.tensor([1e-6, 1.0])", () => tensor([1e-6f, 1f])),
        ("torch.tensor([1e10, 1.0])", () => tensor([1e10f, 1f])),
        ("torch.tensor([float('nan'), float('inf'), -1.0])", () => tensor([float.NaN, float.PositiveInfinity, -1f])),
        ("torch.tensor([float('nan'), 0.5])", () => tensor([float.NaN, 0.5f])),
        ("torch.tensor([True, False])", () => tensor([true, false])),
        ("torch.zeros(0)", () => zeros(0)),
        ("torch.zeros(2, 0, dtype=torch.int32)", () => zeros(2, 0, int32)),
        ("torch.tensor([1, 200, -3], dtype=torch.int16)", () => tensor([(short)1, (short)200, (short)-3])),
        ("torch.tensor([1.5], dtype=torch.float64, requires_grad=True)", () => tensor([1.5]).requires_grad_()),
        ("torch.arange(2000)", () => arange(2000)),
        ("torch.arange(3000.).reshape(50, 60)", () => arange(3000.0, dtype: float32).reshape(50, 60)),
        ("torch.tensor([1 + 2j, -3.5 - 1j, 10])", () => tensor([(1f, 2f), (-3.5f, -1f), (10f, 0f)])),
        ("torch.tensor([[1 + 2j], [3j]], dtype=torch.complex128)", () => tensor(new System.Numerics.Complex[] { new(1, 2), new(0, 3) }, [2, 1])),
        ("torch.tensor(1.5 - 2j)", () => tensor([(1.5f, -2f)])[0]),
        ("torch.tensor([1.5, 2], dtype=torch.float16)", () => tensor([1.5f, 2]).half()),
        ("torch.tensor([1.5, 2], dtype=torch.bfloat16)", () => tensor([1.5f, 2]).bfloat16()),
        ("torch.ones(2, requires_grad=True) * torch.ones(2)", () => ones(2, requires_grad: true) * ones(2)),
        ("torch.ones(2, 2, requires_grad=True).exp().sum(1).double()", () => ones(2, 2, requires_grad: true).exp().sum(1).@double()),
        ("torch.ones(2, 40, requires_grad=True)[1].relu()", () => ones(2, 40, requires_grad: true)[1].relu()),
        ("torch.ones(1).expand(2 ** 40)", () => ones(1).expand(1L << 40)),
        ("torch.arange(40) / 7", () => arange(40) / 7),
    ];

    [Fact]
    public void ReadsAsInPython()
    {
        string script = "import torch, json\nprint(json.dumps([str(t) for t in [" + string.Join(", ", cases.Select(c => c.python)) + "]]))";
        string[] expected = JsonSerializer.Deserialize<string[]>(Python.Run(script))!;
        for (int i = 0; i < cases.Length; i++)
        {
            using Tensor tensor = cases[i].here();
            Assert.Equal(expected[i], tensor.ToString());
        }
    }

    private static readonly float[] eight = [0, 3.141f, 6.2834f, 3.14152f, 6.28e-06f, -13.141529f, 0.01f, 4713.14f];

    /// <summary>What TorchSharp's own tests (TestTorchTensor.cs) expect.</summary>
    public static TheoryData<string, string, Style> Styled => new()
    {
        { "scalar", "[], type = Float32, device = cpu, value = 3.14", Style.Julia },
        { "zeros", "[4], type = Float32, device = cpu\n 0 0 0 0\n", Style.Julia },
        { "complex", "[4], type = ComplexFloat32, device = cpu\n 0 1+4.86i 2+9.72i 3+14.58i\n", Style.Julia },
        { "matrix", "[2x4], type = Float32, device = cpu\n        0   3.141 6.2834 3.1415\n 6.28e-06 -13.142   0.01 4713.1\n", Style.Julia },
        { "cube", "[2x2x4], type = Float32, device = cpu\n[0,..,..] =\n        0   3.141 6.2834 3.1415\n 6.28e-06 -13.142   0.01 4713.1\n\n[1,..,..] =\n 0.01 0 0 0\n    0 0 0 0\n", Style.Julia },
        { "meta", "[2x2], type = Float32, device = meta", Style.Julia },
        { "zeros", "[4], type = Float32, device = cpu, value = float [] {0f, 0f, 0f, 0f}", Style.CSharp },
        { "ints", "[100], type = Int32, device = cpu, value = int [] {1, 1, 1, ... 1, 1, 1}", Style.CSharp },
        { "odd 2x50", "[2x50], type = Float32, device = cpu, value = \nfloat [,] {\n {1f, 3f, 5f, ... 95f, 97f, 99f},\n {101f, 103f, 105f, ... 195f, 197f, 199f}\n}", Style.CSharp },
        { "odd 10x2x5", "[10x2x5], type = Float32, device = cpu, value = \nfloat [,,] {\n {{1f, 3f, 5f, 7f, 9f},\n  {11f, 13f, 15f, 17f, 19f}},\n {{21f, 23f, 25f, 27f, 29f},\n  {31f, 33f, 35f, 37f, 39f}},\n {{41f, 43f, 45f, 47f, 49f},\n  {51f, 53f, 55f, 57f, 59f}},\n ...\n {{141f, 143f, 145f, 147f, 149f},\n  {151f, 153f, 155f, 157f, 159f}},\n {{161f, 163f, 165f, 167f, 169f},\n  {171f, 173f, 175f, 177f, 179f}},\n {{181f, 183f, 185f, 187f, 189f},\n  {191f, 193f, 195f, 197f, 199f}}\n}", Style.CSharp },
        { "complex", "[0, 1+4.86i, 2+9.72i, 3+14.58i]", Style.Numpy },
        { "matrix", "[[0, 3.141, 6.2834, 3.1415]\n [6.28e-06, -13.142, 0.01, 4713.1]]", Style.Numpy },
        { "cube", "[[[0, 3.141, 6.2834, 3.1415]\n  [6.28e-06, -13.142, 0.01, 4713.1]]\n\n [[0.01, 0, 0, 0]\n  [0, 0, 0, 0]]]", Style.Numpy },
        { "odd 10x10", "[[1, 3, 5, ... 15, 17, 19]\n [21, 23, 25, ... 35, 37, 39]\n [41, 43, 45, ... 55, 57, 59]\n ...\n [141, 143, 145, ... 155, 157, 159]\n [161, 163, 165, ... 175, 177, 179]\n [181, 183, 185, ... 195, 197, 199]]", Style.Numpy },
    };

    [Theory, MemberData(nameof(Styled))]
    public void ReadsAsInTheOtherStyles(string what, string expected, Style style)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tensor = what.Split(' ') switch
        {
            ["scalar"] => torch.tensor(3.14f),
            ["zeros"] => zeros(4),
            ["ints"] => ones(100, int32),
            ["complex"] => torch.tensor(Enumerable.Range(0, 4).Select(i => (1f * i, 2.43f * i * 2)).ToArray()),
            ["matrix"] => torch.tensor(eight, [2, 4]),
            ["cube"] => torch.tensor([.. eight, 0.01f, 0, 0, 0, 0, 0, 0, 0], [2, 2, 4]),
            ["meta"] => ones(2, 2, device: META),
            ["odd", string sizes] => arange(1f, 200f, 2f).reshape(sizes.Split('x').Select(long.Parse).ToArray()),
            _ => throw new ArgumentException(what),
        };
        expected = expected.Replace("\n", Environment.NewLine);
        Assert.Equal(expected, tensor.ToString(style));
        Assert.Equal(expected, style == julia ? tensor.jlstr() : style == numpy ? tensor.npstr() : tensor.cstr());
    }

    [Fact]
    public void AWideMatrixIsCutToTheLine()
    {
        using Tensor wide = arange(40).reshape(1, 40);
        Assert.Equal("[1x40], type = Int64, device = cpu\n 0 1 2 3 ... 37 38 39\n", wide.jlstr(width: 25, newLine: "\n"));
        Assert.Equal("[], type = Float32, device = cpu, value = 3.14E+000", torch.tensor(3.14f).jlstr("E2"));
        Assert.Equal("[1x40], type = Int64, device = cpu", wide.ToString(false));
        Assert.StartsWith("tensor([[ 0,", wide.ToString(true));
    }

    [Fact]
    public void PrintOptionsHold()
    {
        string[] expected = JsonSerializer.Deserialize<string[]>(Python.Run("""
            import torch, json
            t = torch.tensor([1.23456, -100.5])
            torch.set_printoptions(precision=2, sci_mode=False); a = str(t)
            torch.set_printoptions(precision=3, sci_mode=True, linewidth=30)
            print(json.dumps([a, str(t.repeat(3))]))
            """))!;
        using DisposeScope scope = NewDisposeScope();
        Tensor t = torch.tensor([1.23456f, -100.5f]);
        try
        {
            set_printoptions(precision: 2);
            Assert.Equal(expected[0], t.str());
            set_printoptions(precision: 3, sci_mode: true, linewidth: 30);
            Assert.Equal(expected[1], t.repeat(3).str());
            Assert.Equal("[1.235E+000, -1.005E+002]", t.npstr());
            set_printoptions(style: numpy, floatFormat: "F1");
            Assert.Equal("[1.2, -100.5]", t.str());
        }
        finally
        {
            // No call takes a choice back: the fields are those of a fresh process again.
            Type options = typeof(torch).GetNestedType("PrintOptions", System.Reflection.BindingFlags.NonPublic)!;
            foreach ((string name, object? value) in new (string, object?)[] { ("Precision", 4), ("Scientific", null), ("LineWidth", null), ("FloatFormat", null) }) options.GetField(name)!.SetValue(null, value);
            set_printoptions(style: Style.Default);
        }
    }
}
