using HitSong.Charts;
using HitSong.Corpus;
using HitSong.Experiments;
using Notebooks;
using Plotly.NET;

namespace Research;

/// <summary>
/// Where things lie: in the repository that this program was built from, or where it was published (<c>./research
/// publish</c>).
/// </summary>
public static class Workspace
{
    /// <summary>
    /// The repository's root; of a published program the folder that <c>HITSONG_WORKSPACE</c> names.
    /// </summary>
    public static string Root { get; } = FindRoot();

    /// <summary>What the workspace writes: runs, reports, test results.</summary>
    public static string Artifacts { get; } = Path.Combine(Root, "artifacts");

    /// <summary>The notebooks, in reading order.</summary>
    public static string Notebooks { get; } = Path.Combine(Root, "notebooks");

    /// <summary>The runs.</summary>
    public static RunStore Runs { get; } = new(Path.Combine(Artifacts, "runs"));

    /// <summary>
    /// What cells find beside .NET's own: the shared library, TorchSharp with PyBridge, Plotly.NET, and DuckDB.
    /// </summary>
    public static EngineOptions CellOptions { get; } =
        new()
        {
            References =
            [
                typeof(Run).Assembly,
                typeof(TorchSharp.torch).Assembly,
                typeof(TorchSharp.PyBridge.PyBridgeModuleExtensions).Assembly,
                typeof(Plotly.NET.CSharp.Chart).Assembly,
                typeof(GenericChart).Assembly,
                // What signatures of Plotly.NET name.
                typeof(DynamicObj.DynamicObj).Assembly,
                typeof(Microsoft.FSharp.Core.Unit).Assembly,
                typeof(Tables.Database).Assembly,
                // Plotly.NET brings it, and notebooks of .NET Interactive take it for granted.
                typeof(Newtonsoft.Json.JsonConvert).Assembly,
            ],
            Forms = new Dictionary<Type, Func<object, IReadOnlyDictionary<string, object>>>
            {
                [typeof(TorchSharp.torch.Tensor)] = value => TensorForms.ToMimeBundle((TorchSharp.torch.Tensor)value),
                [typeof(GenericChart)] = value => ((GenericChart)value).ToMimeBundle(),
                [typeof(Panel)] = value => PanelForm.ToMimeBundle((Panel)value),
            },
            ToShared = value => value is GenericChart chart ? chart.ToFigure() : TensorForms.ToArray(value),
        };

    private static string FindRoot()
    {
        if (Environment.GetEnvironmentVariable("HITSONG_WORKSPACE") is { Length: > 0 } published)
            return Path.GetFullPath(published);
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Research.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"no Research.sln above {AppContext.BaseDirectory}");
    }
}
