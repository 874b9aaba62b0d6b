using HitSong;
using HitSong.Experiments;

namespace Research.Slurm;

/// <summary>Trainings that a cluster does: a unit is one run.</summary>
/// <param name="array">The array.</param>
/// <param name="report">Told how far it is, 0…1, and what is being done.</param>
/// <param name="cancellation">Ends the waiting; the array goes on.</param>
internal sealed class SlurmTrainings(SlurmArray array, Action<double, string> report, CancellationToken cancellation)
{
    private string queue = "";

    /// <summary>For the progress of what waits for them: tells it, and how the queue stands.</summary>
    public void Report(double part, string doing) => report(part, $"{doing}{queue}");

    /// <inheritdoc cref="TrainElsewhere"/>
    public IReadOnlyDictionary<int, string> Train(
        IReadOnlyList<(Trial Trial, string Path)> missing,
        int? epochs,
        Action<IEnumerable<Trial>> done
    )
    {
        Dictionary<int, Trial> trials = missing.ToDictionary(run => run.Trial.Number, run => run.Trial);
        return (epochs is int e ? array.With("--rung", $"{e}") : array).Run(Units(missing), Told, cancellation);

        void Told(IReadOnlyList<int> numbers, string words)
        {
            queue = $", {words}";
            done(numbers.Select(number => trials[number]));
        }
    }

    /// <summary>A unit for each run.</summary>
    public static SlurmUnit[] Units(IReadOnlyList<(Trial Trial, string Path)> missing) =>
        [.. missing.Select(run => new SlurmUnit(run.Trial.Number, run.Path))];

    /// <summary>What a task does: its trainings in turn.</summary>
    /// <param name="trials">All that there are.</param>
    /// <param name="numbers">Which of them.</param>
    /// <param name="unit">What each is, such as "trial".</param>
    /// <param name="train">Does one.</param>
    /// <param name="cancellation">Ends it after the one that is going on.</param>
    public static int Do(
        IReadOnlyList<Trial> trials,
        int[] numbers,
        string unit,
        Func<Trial, Action<ExperimentProgress>, Run> train,
        CancellationToken cancellation
    )
    {
        using var memory = TaskMemory.Watch();
        int failed = 0;
        foreach (int number in numbers)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                LongWork.Show($"{unit} {number}", report => train(trials[number - 1], p => report(Part(p), Words(p))));
            }
            catch (HitSongException e)
            {
                Console.Error.WriteLine($"{unit} {number}: {e.Message}");
                failed++;
            }
        }
        return failed == 0 ? 0 : 1;

        static double Part(ExperimentProgress progress) => (double)progress.Done / progress.Total;

        static string Words(ExperimentProgress progress) => $"{progress.Stage}, {progress.Done} of {progress.Total}";
    }
}
