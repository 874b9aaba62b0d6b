using HitSong.Corpus;
using HitSong.Experiments;

namespace Research;

/// <summary>The demo corpus, rendered on first use.</summary>
internal static class Demo
{
    public static Source Open(CancellationToken cancellation)
    {
        string folder = Path.Combine(Workspace.Root, "data", "demo", "corpus");
        return Source.Demo(LongWork.Show("demo corpus", report =>
        {
            int songs = new DemoCorpusSettings().Songs;
            return DemoCorpus.Open(folder, null, new Report(done => report((double)done / songs, $"{done} of {songs} songs rendered")), cancellation);
        }));
    }

    private sealed class Report(Action<int> report) : IProgress<int>
    {
        void IProgress<int>.Report(int value) => report(value);
    }
}
