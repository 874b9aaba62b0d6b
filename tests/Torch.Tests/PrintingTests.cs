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
