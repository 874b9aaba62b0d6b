using HitSong;
using HitSong.Corpus;
using HitSong.Experiments;

namespace Research;

/// <summary>The demo corpus, rendered on first use.</summary>
internal static class Demo
{
    /// <summary>Where the default one lies.</summary>
    public static string Folder { get; } = Path.Combine(Workspace.Root, "data", "demo", "corpus");

    public static Source Open(CancellationToken cancellation) => Source.Demo(Render(Folder, new(), cancellation));

    public static DemoCorpus Render(string folder, DemoCorpusSettings settings, CancellationToken cancellation)
    {
        return LongWork.Show("demo corpus", Open);

        DemoCorpus Open(Action<double, string> report)
        {
            var progress = new ImmediateProgress<int>(done =>
                report((double)done / settings.Songs, $"{done} of {settings.Songs} songs rendered")
            );
            return DemoCorpus.Open(folder, settings, progress, cancellation);
        }
    }
}
