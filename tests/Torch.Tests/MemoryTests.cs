using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Tests;

public class MemoryTests(ITestOutputHelper output)
{
    /// <summary>10,000 training steps of a small network, in resident memory above that after the first 200.</summary>
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

    /// <summary>A step of the tabular network in managed memory.</summary>
    [Fact]
    public void AStepAllocatesLittle()
    {
        using Sequential model = nn.Sequential(nn.Linear(96, 80), nn.ReLU(), nn.Linear(80, 80), nn.ReLU(), nn.Linear(80, 80), nn.ReLU(), nn.Linear(80, 4));
        using Adam optimizer = optim.Adam(model.parameters());
        CrossEntropyLoss criterion = nn.CrossEntropyLoss();
        using Tensor x = randn(32, 96), y = randint(0, 4, [32]);
        Steps(50);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Steps(200);
        long bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / 200;
        output.WriteLine($"{bytes} bytes a step");
        Assert.InRange(bytes, 1, 8_000);

        void Steps(int count)
        {
            for (int i = 0; i < count; i++)
            {
                using DisposeScope scope = NewDisposeScope();
                optimizer.zero_grad();
                Tensor loss = criterion.call(model.call(x), y);
                loss.backward();
                optimizer.step();
            }
        }
    }

    /// <summary>A large tensor's first touch takes a page of 2 MiB at a time, as Linux counts them.</summary>
    [SkippableFact]
    public void LargeTensorsLieInHugePages()
    {
        const string setting = "/sys/kernel/mm/transparent_hugepage/enabled";
        Skip.If(!File.Exists("/proc/self/smaps_rollup") || !File.Exists(setting) || File.ReadAllText(setting).Contains("[never]"), "this kernel gives no transparent huge pages");
        long before = HugeKiB();
        using Tensor large = ones(64 << 20, dtype: int8);
        output.WriteLine($"{HugeKiB() - before} KiB of 65536 lie in huge pages");
        Assert.InRange(HugeKiB() - before, 32 << 10, 64 << 10);

        static long HugeKiB() => long.Parse(File.ReadLines("/proc/self/smaps_rollup").First(line => line.StartsWith("AnonHugePages:")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
    }
}
