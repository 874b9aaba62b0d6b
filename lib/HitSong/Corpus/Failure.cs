using CsvHelper;
using HitSong.Audio;
using HitSong.Features;

namespace HitSong.Corpus;

/// <summary>One of many files that could not be used; the others were.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">What is wrong with it, as the end of a sentence that the path begins.</param>
[CsvRecord]
public sealed partial record Failure(string Path, string Reason)
{
    /// <summary>Of an audio file.</summary>
    public static Failure Of(AudioException file) => new(file.Path, file.Reason);

    /// <summary>Of a file that gave no features.</summary>
    public static Failure Of(StoredFailure file) => new(file.Path, file.Reason);
}
