namespace HitSong;

/// <summary>
/// Reports on the thread that does the work. <see cref="Progress{T}"/> posts to the thread pool, where the last report
/// may come after the work has ended.
/// </summary>
/// <param name="report">Told each value; from several threads where the work has several.</param>
public sealed class ImmediateProgress<T>(Action<T> report) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => report(value);
}
