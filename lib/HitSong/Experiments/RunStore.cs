using System.Globalization;
using System.Text.Json;
using HitSong.Corpus;
using HitSong.Features;
using Tables;
using TorchSharp;

namespace HitSong.Experiments;

/// <summary>
/// Finished runs, a folder each, in plain files: <c>config.json</c> (the recipe, the data, what was fitted),
/// <c>metrics.csv</c> (by epoch), <c>predictions.csv</c> and <c>validation.csv</c> (the items' probabilities),
/// <c>result.json</c> (the verdict), <c>environment.json</c> (when, how long, on what), <c>scaler.json</c> where the
/// recipe scales, <c>columns.json</c> where it reads a catalogue, <c>tracks.parquet</c> (which tracks trained,
/// validated and tested, with the hashes of their audio), <c>failures.csv</c> where a file failed, <c>network.cs</c>
/// where the network is of one's own (the cell that defined its settings), the weights as
/// <c>checkpoint.safetensors</c> and, for Python, <c>checkpoint.pth</c>, <c>training.state</c>, from which the training
/// can go on (with Adam up to four times as large as the weights), and <c>model-card.md</c> (<see cref="ModelCard"/>),
/// whose essentials stand in the <c>.safetensors</c> too. A folder is written beside and renamed into place: it is
/// whole, or it is not there.
/// </summary>
/// <param name="folder">Where the runs lie; made when the first is kept.</param>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var store = new RunStore("../artifacts/runs");
/// var recipe = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale(epochs: 1, seed: 42);
/// Experiment.Execute(recipe, source, store);
/// // The newest last; #!share --from csharp runs brings the table of all into a #!sql or #!python cell.
/// var newest = store.Read().Runs[^1];
/// var runs = store.ToTable();
/// newest.Recipe.Experiment // spotify-mlp-bins4
/// </code></example>
public sealed class RunStore(string folder)
{
    /// <summary>Where the runs lie.</summary>
    internal string Folder => folder;

    /// <summary>The folder of all feature stores, beside the runs.</summary>
    public string Features { get; } = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(folder))!, "features");

    /// <summary>Where a run lies.</summary>
    public string PathOf(Run run) => PathOf(run.Id);

    /// <summary>Where a run of a name lies or would lie.</summary>
    public string PathOf(string id) => Path.Combine(folder, id);

    /// <summary>
    /// A name that no run has: experiment, variant and time, numbered where two began in the same second.
    /// </summary>
    public string NewId(Recipe recipe, DateTime started)
    {
        string time = started.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        string id = $"{recipe.Experiment}-{recipe.Variant}-{time}";
        return Enumerable
            .Range(1, int.MaxValue)
            .Select(n => n == 1 ? id : $"{id}-{n}")
            .First(name => !Directory.Exists(Path.Combine(folder, name)));
    }

    /// <summary>
    /// Where the state of a training lies until its run is kept: always the same for the same settings, songs and code
    /// (<see cref="ContentKey"/>), so that one that was cut off is found again, and by none that would give other
    /// numbers.
    /// </summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="source">The songs, whose files are read where they are not known yet.</param>
    /// <param name="progress">Told how many files are read; from several threads.</param>
    /// <param name="cancellation">Stops reading.</param>
    public string StateOf(
        Recipe recipe,
        Source source,
        Action<ExperimentProgress>? progress = null,
        CancellationToken cancellation = default
    ) => StateOf(recipe, new ContentKey(source, Features, progress, cancellation));

    internal string StateOf(Recipe recipe, ContentKey key) => Path.Combine(folder, $".training-{key.Of(recipe)}");

    /// <summary>Keeps a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="model">Its trained model.</param>
    /// <param name="scaler">The scaler that was fitted, if one was.</param>
    /// <param name="preparation">How a catalogue's columns were prepared, if they were.</param>
    /// <param name="tracks">The tracks that it was made from; none where they are not known.</param>
    /// <param name="state">The file with the state of its training, from which it can go on; none where null.</param>
    /// <returns>The run, under another name where another process has kept one under its name meanwhile.</returns>
    /// <exception cref="HitSongException">The folder cannot be written.</exception>
    public Run Save(
        Run run,
        torch.nn.Module model,
        Scaler? scaler,
        TabularPreparation? preparation,
        IReadOnlyList<UsedTrack>? tracks = null,
        string? state = null
    )
    {
        string beside = Path.Combine(folder, $".{run.Id}.{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(beside);
            RunFiles.Write(beside, run, model, scaler, preparation, tracks ?? [], state);
            return RenameIntoPlace(beside, run);
        }
        // The last is .NET's for EFBIG: a limit to what a file may hold.
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException or TableException)
        {
            throw new HitSongException($"The run cannot be kept in {folder}: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(beside))
                Directory.Delete(beside, recursive: true);
        }
    }

    private Run RenameIntoPlace(string beside, Run run)
    {
        while (true)
        {
            try
            {
                Directory.Move(beside, PathOf(run));
                return run;
            }
            catch (IOException) when (Directory.Exists(PathOf(run)))
            {
                run = run with { Id = NewId(run.Recipe, run.Environment.Started) };
            }
        }
    }

    /// <summary>The kept runs, in the order in which they began, and those that cannot be read.</summary>
    /// <param name="which">Which, by their names; all where null.</param>
    public (IReadOnlyList<Run> Runs, IReadOnlyList<Failure> Damaged) Read(Func<string, bool>? which = null)
    {
        var runs = new List<Run>();
        var damaged = new List<Failure>();
        foreach (string path in Directory.Exists(folder) ? Directory.GetDirectories(folder) : [])
        {
            // A name that begins with a dot is of a run that is being written, or whose writing was cut off.
            if (Path.GetFileName(path).StartsWith('.') || which?.Invoke(Path.GetFileName(path)) == false)
                continue;
            try
            {
                runs.Add(Load(path));
            }
            catch (HitSongException e)
            {
                damaged.Add(new(path, $"cannot be read: {e.InnerException!.Message}"));
            }
        }
        return ([.. runs.OrderBy(r => r.Environment.Started)], damaged);
    }

    /// <summary>
    /// The tracks that a run was made from, a row for each side of the split that one is on (<see cref="UsedTrack"/>).
    /// </summary>
    /// <exception cref="HitSongException">It has no such list, or a damaged one.</exception>
    public Table TracksOf(Run run)
    {
        string path = Path.Combine(PathOf(run), RunFiles.TracksFile);
        try
        {
            return UsedTrack.Read(path);
        }
        catch (TableException e)
        {
            throw new HitSongException($"The tracks of {run.Id} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>
    /// All runs as one table, a row each, in the order in which they began, as DuckDB reads it in their files. Scores
    /// are by song where the name says nothing else; <c>low</c> and <c>high</c> are the ends of the 95% interval;
    /// <c>recipe</c> is JSON, of which SQL takes a field by <c>recipe ->> '$.training.learningRate'</c>. A run that
    /// lacks a file, or has one that is no JSON, is passed over: <see cref="Read"/> names it.
    /// </summary>
    public Table ToTable() => RunTable.Of(folder);

    /// <summary>Writes that table, as <c>.parquet</c> or <c>.csv</c>; the file is whole or as it was.</summary>
    /// <param name="path">The file.</param>
    /// <param name="part">Only runs whose name contains this.</param>
    /// <exception cref="HitSongException">It cannot be written.</exception>
    public void ExportTable(string path, string part = "")
    {
        try
        {
            RunTable.Write(folder, part, path);
        }
        catch (Exception e) when (e is TableException or IOException or UnauthorizedAccessException)
        {
            throw new HitSongException($"The runs cannot be written to {path}: {e.Message}", e);
        }
    }

    /// <summary>
    /// What could go: runs that are neither among the newest nor among the best (by skill, else ROC-AUC, else accuracy)
    /// of their experiment, variant and source; those that cannot be read; what is left of trainings that were cut off
    /// and of runs that were half written. What a living process works on is not among it.
    /// </summary>
    /// <param name="keep">How many of the newest and of the best stay; 0: none.</param>
    /// <param name="which">Which folders are looked at, by their names; all where null.</param>
    public IReadOnlyList<PrunableFolder> FindPrunable(int keep = 1, Func<string, bool>? which = null) =>
        Pruning.Find(this, keep, which);

    /// <summary>Bytes of all files below a folder.</summary>
    public static long SizeOf(string path)
    {
        EnumerationOptions all = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return new DirectoryInfo(path).EnumerateFiles("*", all).Sum(file => file.Length);
    }

    /// <summary>The runs that this process has kept since <paramref name="start"/>.</summary>
    public IReadOnlyList<Run> OfThisProcess(DateTime start) =>
        [
            .. Read(id => Directory.GetLastWriteTimeUtc(Path.Combine(folder, id)) >= start)
                .Runs.Where(r => r.Environment.ProcessId == Environment.ProcessId && r.Environment.Started >= start),
        ];

    /// <summary>Reads a run.</summary>
    /// <param name="path">Its folder.</param>
    /// <exception cref="HitSongException">A file of it is missing or damaged.</exception>
    public static Run Load(string path)
    {
        try
        {
            return RunFiles.Read(path);
        }
        // Whatever a damaged file leads to.
        catch (Exception e)
        {
            throw new HitSongException($"The run in {path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>What runs gave, as JSON: of each what its <c>result.json</c> holds.</summary>
    public static string ToJson(IEnumerable<Run> runs) =>
        JsonSerializer.Serialize(runs.Select(RunResult.Of), RunFiles.Json) + "\n";
}
