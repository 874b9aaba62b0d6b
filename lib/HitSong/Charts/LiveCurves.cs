using System.Diagnostics;
using HitSong.Experiments;
using HitSong.Training;
using Plotly.NET;

namespace HitSong.Charts;

/// <summary>
/// The curves of a training while it runs: drawn again as epochs end, twice a second at most and after the last.
/// </summary>
/// <param name="title">What trains.</param>
/// <param name="epochs">How many epochs it has.</param>
/// <param name="show">Shows the chart in place of the one before, as a notebook's display handle does.</param>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var recipe = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale(epochs: 2, seed: 42);
/// // Drawn again after each epoch, in one output of the cell.
/// var run = LiveCurves.Execute(recipe, source, new RunStore("../artifacts/runs"), display(HTML("")).Update);
/// run.History.Count // 2
/// </code></example>
public sealed class LiveCurves(string title, int epochs, Action<GenericChart> show)
{
    private readonly List<EpochMetrics> history = [];
    private long drawn;

    /// <summary>Those of an experiment.</summary>
    /// <param name="recipe">What is executed.</param>
    /// <param name="show">Shows the chart in place of the one before.</param>
    public LiveCurves(Recipe recipe, Action<GenericChart> show)
        : this($"{recipe.Experiment}, {recipe.Variant}", recipe.Training.Epochs, show) { }

    /// <summary>Executes an experiment, as <see cref="Experiment"/> does, and draws its curves meanwhile.</summary>
    /// <param name="recipe">What to do.</param>
    /// <param name="source">The songs.</param>
    /// <param name="runs">Where the run is kept.</param>
    /// <param name="show">Shows the chart in place of the one before.</param>
    /// <returns>The run.</returns>
    public static Run Execute(Recipe recipe, Source source, RunStore runs, Action<GenericChart> show) =>
        Experiment.Execute(recipe, source, runs, new LiveCurves(recipe, show).Show);

    /// <summary>Takes what an experiment tells of its progress; draws where an epoch has ended.</summary>
    public void Show(ExperimentProgress progress)
    {
        if (progress.Epoch is { } epoch)
            Add(epoch);
    }

    /// <summary>Takes an epoch that ended.</summary>
    public void Add(EpochMetrics epoch)
    {
        history.Add(epoch);
        if (epoch.Epoch < epochs && drawn != 0 && Stopwatch.GetElapsedTime(drawn).TotalSeconds < 0.5)
            return;
        Draw();
    }

    /// <summary>Draws what is there; for a training that ended before its last epoch.</summary>
    public void Draw()
    {
        drawn = Stopwatch.GetTimestamp();
        show(Plot.TrainingCurve(history, $"{title}: epoch {history.Count} of {epochs}"));
    }
}
