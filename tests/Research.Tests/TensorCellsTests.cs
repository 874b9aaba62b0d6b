using Notebooks;

namespace Research.Tests;

/// <summary>Tensors in the cells of a notebook: shown, and passed to Python and back.</summary>
[Collection("engine")]
public sealed class TensorCellsTests : IDisposable
{
    private readonly Engine engine = new(Workspace.CellOptions);

    public void Dispose() => engine.Dispose();

    [Theory]
    // Statistics by numpy: arange(12).std(ddof=1) = 3.60555
    [InlineData(
        "torch.arange(12, torch.float32).reshape(3, 4)",
        "Tensor [3, 4] Float32 on cpu: min 0, mean 5.5, max 11, std 3.606\n"
            + "[[0, 1, 2, 3]\n [4, 5, 6, 7]\n [8, 9, 10, 11]]"
    )]
    [InlineData(
        "torch.tensor(new[] { 1f, float.NaN, 3f })",
        "Tensor [3] Float32 on cpu: min 1, mean 2, max 3, std 1.414, 1 NaN\n"
    )]
    [InlineData("torch.tensor(new[] { true, false, true })", "Tensor [3] Bool on cpu: 2 true of 3\n")]
    [InlineData("torch.tensor(5L)", "Tensor [] Int64 on cpu\n5")]
    [InlineData("torch.zeros(0, 3)", "Tensor [0, 3] Float32 on cpu\n")]
    [InlineData(
        "torch.ones(2, requires_grad: true)",
        "Tensor [2] Float32 on cpu, requires_grad: min 1, mean 1, max 1, std 0\n"
    )]
    public async Task A_tensor_is_shown_with_shape_type_device_statistics_and_values(string code, string text) =>
        Assert.StartsWith(text, await Show("using TorchSharp;\n" + code));

    [Fact]
    public async Task Tensors_go_to_Python_and_back()
    {
        await Show(
            "using TorchSharp;\n"
                + "var turned = torch.arange(6, torch.float32, requires_grad: true).reshape(2, 3).T; "
                + "var half = torch.ones(2, torch.bfloat16);"
        );
        Assert.Equal(
            "('float32', (3, 2), [0.0, 3.0], 2.0)",
            await Show(
                "#!python\n"
                    + "#!share --from csharp turned\n"
                    + "#!share --from csharp half\n"
                    + "(str(turned.dtype), turned.shape, turned[0].tolist(), float(half.sum()))"
            )
        );
        Assert.Equal(
            "True",
            await Show("#!share --from python turned --as back\ntorch.from_array(back).allclose(turned.detach())")
        );
        Assert.Equal(
            "[1, 2]",
            await Show(
                "#!python\n"
                    + "import torch\n"
                    + "gradient = torch.tensor([1, 2])\n"
                    + "#!csharp\n"
                    + "#!share --from python gradient\n"
                    + "gradient"
            )
        );
    }

    [Fact]
    public async Task Tensors_go_to_SQL()
    {
        await Show(
            "using TorchSharp;\n"
                + "var line = torch.tensor(new[] { 1f, 2, 4 }); var grid = torch.arange(6, torch.int64).reshape(3, 2);"
        );
        await Show(
            "#!sql\n#!share --from csharp line\n#!share --from csharp grid\n"
                + "SELECT (SELECT sum(value) FROM line) AS a, (SELECT max(c0 * c1) FROM grid) AS b"
        );
        Assert.Equal("7 20", await Show("$\"{result[\"a\"][0]} {result[\"b\"][0]}\""));
    }

    private async Task<string?> Show(string code)
    {
        string? shown = null;
        CellResult ran = await engine.ExecuteAsync(
            code,
            output =>
            {
                var data = output is OutputEvent.Result result ? result.Data : (output as OutputEvent.Display)?.Data;
                shown = (string?)data?["text/plain"] ?? shown;
            }
        );
        Assert.True(ran.Error is null, ran.Error is null ? "" : string.Join('\n', ran.Error.Traceback));
        return shown;
    }
}
