namespace HitSong.Features;

/// <summary>Counts what an extraction has done and tells of it, from one thread at a time.</summary>
/// <param name="progress">Is told; null: nobody is.</param>
internal sealed class ExtractionMeter(IProgress<ExtractionProgress>? progress)
{
    private readonly Lock telling = new();
    private double audioSeconds;
    private int total;

    /// <summary>Files whose features were extracted.</summary>
    public int Done { get; private set; }

    /// <summary>More files to extract, or fewer where another process has done them.</summary>
    public void Expect(int files) => total += files;

    /// <summary>A file was extracted.</summary>
    /// <param name="seconds">Of audio.</param>
    public void Extracted(double seconds)
    {
        audioSeconds += seconds;
        Report("extracting", ++Done, total);
    }

    /// <summary>Tells how far a stage is.</summary>
    public void Report(string stage, int done, int of)
    {
        if (progress is not null)
            lock (telling)
                progress.Report(new(stage, done, of, audioSeconds));
    }
}
