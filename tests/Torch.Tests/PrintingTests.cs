using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

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
}
