using HitSong.Corpus;
using HitSong.Experiments;
using Tests;

namespace Research.Tests;

/// <summary>
/// A run store of the tests' own, with a model that listens and one that reads numbers, trained once on a small corpus.
/// </summary>
[CollectionDefinition(nameof(KeptRuns))]
public sealed class KeptRuns : IDisposable, ICollectionFixture<KeptRuns>
{
    private readonly TemporaryFolder folder = new("kept runs");

    public KeptRuns()
    {
        Corpus = DemoCorpus.Open(
            folder.At("corpus"),
            new DemoCorpusSettings
            {
                Songs = 60,
                Artists = 20,
                Seconds = 6,
            }
        );
        Store = new(Path);
        Listens = Train(Recipes.TikTokLstmAudited);
        ReadsNumbers = Train(Recipes.Find("spotify-mlp-bins4", "audited"));
    }

    public DemoCorpus Corpus { get; }

    public RunStore Store { get; }

    public Run Listens { get; }

    public Run ReadsNumbers { get; }

    /// <summary>The store's folder.</summary>
    public string Path => folder.At("runs");

    /// <summary>Another folder of runs, with copies of some of these.</summary>
    public TemporaryFolder Copy(params IEnumerable<Run> runs)
    {
        var copy = new TemporaryFolder("runs");
        foreach (string path in runs.Select(Store.PathOf))
        foreach (string file in Directory.GetFiles(path))
            File.Copy(
                file,
                System.IO.Path.Combine(
                    Directory.CreateDirectory(copy.At(System.IO.Path.GetFileName(path))).FullName,
                    System.IO.Path.GetFileName(file)
                )
            );
        return copy;
    }

    public void Dispose() => folder.Dispose();

    private Run Train(Recipe recipe) =>
        Experiment.Execute(
            recipe.AtDemoScale() with
            {
                Training = recipe.Training with { Epochs = 2 },
            },
            Source.Demo(Corpus),
            Store
        );
}
