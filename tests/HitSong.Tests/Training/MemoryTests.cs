using HitSong.Corpus;
using HitSong.Models;
using HitSong.Training;
using TorchSharp;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace Tests;

[Collection(DefaultGenerator.Name)]
public class MemoryTests(ITestOutputHelper output)
{
    private const int StepsAnEpoch = 100;

    [Fact]
    public void Ten_thousand_steps_leave_the_memory_flat()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(1);
        using var model = new SpotifyMlp();
        int[] items = [.. Enumerable.Range(0, 32 * StepsAnEpoch)];
        int[] labels = [.. items.Select(i => i % 4)];
        Examples examples = Examples.Of(randn(items.Length, 96));
        List<(double Resident, long Tensors)> memory = [];
        new Trainer(model, new() { Epochs = 10_000 / StepsAnEpoch, BatchSize = 32 }).Fit(
            examples,
            labels,
            new Split(items, [], []),
            epochDone: _ => memory.Add(Memory())
        );

        var (early, late) = (memory[2_000 / StepsAnEpoch - 1], memory[^1]);
        output.WriteLine($"{early} after 2,000 steps, {late} after 10,000");
        // One kept a step would be 8,000; batches that are made ahead are 600.
        Assert.InRange(late.Tensors - early.Tensors, -1000, 1000);
        // .NET itself takes up to 10 MB more until step 6,000 or so, then nothing.
        Assert.InRange(late.Resident - early.Resident, double.MinValue, 16);
    }

    // MB in the process, and tensors that somebody holds.
    private static (double Resident, long Tensors) Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return (Environment.WorkingSet / 1e6, Tensor.TotalCount);
    }
}
