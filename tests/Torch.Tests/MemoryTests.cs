using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Tests;

/// <summary>10,000 training steps of a small network, in resident memory above that after the first 200.</summary>
public class MemoryTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(true, 20)]
    [InlineData(false, 500)]
    public void StaysFlat(bool scoped, int bound)
    {
        using Sequential model = nn.Sequential(nn.Linear(96, 80), nn.ReLU(), nn.Linear(80, 80), nn.ReLU(), nn.Linear(80, 4));
        using Adam optimizer = optim.Adam(model.parameters());
        CrossEntropyLoss criterion = nn.CrossEntropyLoss();
        using Tensor x = randn(32, 96), y = randint(0, 4, [32]);
        double before = 0, most = 0;
        for (int step = 0; step < 10_000; step++)
        {
            using (scoped ? NewDisposeScope() : null)
            {
                optimizer.zero_grad();
                Tensor loss = criterion.call(model.call(x), y);
                loss.backward();
                optimizer.step();
            }
            if (step % 100 != 0) continue;
            double mib = Process.GetCurrentProcess().WorkingSet64 / 1048576.0;
            if (step <= 200) before = Math.Max(before, mib);
            most = Math.Max(most, mib);
        }
        output.WriteLine($"{(scoped ? "with" : "without")} a dispose scope: {most - before:F1} MiB above {before:F1} MiB");
        Assert.InRange(most - before, 0, bound);
    }
}
