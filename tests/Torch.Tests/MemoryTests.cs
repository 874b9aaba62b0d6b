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
        using Tensor large = ones(62 << 20, dtype: int8);
        output.WriteLine($"{HugeKiB() - before} KiB of 63488 lie in huge pages");
        Assert.InRange(HugeKiB() - before, 31 << 10, 62 << 10);

        static long HugeKiB() => long.Parse(File.ReadLines("/proc/self/smaps_rollup").First(line => line.StartsWith("AnonHugePages:")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
    }

    /// <summary>Where a large tensor was freed, the next of its size finds pages that were touched before.</summary>
    [SkippableFact]
    public void AFreedLargeTensorIsUsedAgain()
    {
        Skip.IfNot(File.Exists("/proc/thread-self/stat"), "page faults are counted as Linux does");
        Skip.IfNot(__version__.StartsWith("1."), $"libtorch {__version__} has its own way with large tensors");
        long first = Faults(), second = Faults();
        output.WriteLine($"{first} page faults of the first, {second} of the second");
        Assert.InRange(first, 10, long.MaxValue);
        Assert.InRange(second, 0, first / 2);

        static long Faults()
        {
            long before = Counted();
            using Tensor large = zeros(46 << 20, dtype: int8);
            return Counted() - before;
        }

        static long Counted()
        {
            string stat = File.ReadAllText("/proc/thread-self/stat");
            return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[7]);
        }
    }

    /// <summary>What is kept for large tensors to come, with what is in use, is no more than was in use at once.</summary>
    [Fact]
    public void FreedLargeTensorsDoNotPileUp()
    {
        long before = Resident(), most = 0;
        for (int i = 0; i < 4; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor[] together = [.. Enumerable.Range(0, 4).Select(_ => ones(100 << 20, dtype: int8))];
            most = Math.Max(most, Resident());
        }
        for (int i = 1; i <= 20; i++)
        {
            using Tensor other = ones((100 + 2 * i) << 20, dtype: int8);
            most = Math.Max(most, Resident());
        }
        output.WriteLine($"{most - before} MiB for 400 MiB at once");
        Assert.InRange(most - before, 0, 460);

        static long Resident() => Process.GetCurrentProcess().WorkingSet64 >> 20;
    }
}
