using System.Globalization;

namespace HitSong.Features;

/// <summary>
/// The folder of one share of the work in a feature store: where its files lie, and how processes that work in it keep
/// out of each other's way.
/// </summary>
/// <param name="folder">Where it lies.</param>
/// <param name="cancellation">Ends waiting for another process.</param>
internal sealed class ShareFolder(string folder, CancellationToken cancellation)
{
    private const string LockName = ".lock";

    /// <summary>Its name: <c>all</c>, or <c>003-of-040</c>.</summary>
    public string Name => Path.GetFileName(folder);

    /// <summary>The shares of the same store, this one among them.</summary>
    public IEnumerable<ShareFolder> All =>
        Directory.GetDirectories(Path.GetDirectoryName(folder)!).Select(share => new ShareFolder(share, cancellation));

    /// <summary>The lists of files and the shard of each (<see cref="StoredFile"/>), as they were written.</summary>
    public string[] Plans => Files("files-*.csv");

    /// <summary>The shards that are there.</summary>
    public string[] Shards => Files("*.npy");

    /// <summary>The lists of each shard's files that gave no clip (<see cref="StoredFailure"/>).</summary>
    public string[] Failures => Files("*.failures.csv");

    /// <summary>Where a shard lies or will lie.</summary>
    public string PathOf(int shard) => PathOf(string.Create(CultureInfo.InvariantCulture, $"{shard:00000}.npy"));

    /// <summary>Where a file of this name lies.</summary>
    public string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>Makes it where it is missing.</summary>
    public void Create() => Directory.CreateDirectory(folder);

    /// <summary>Removes all but the lock.</summary>
    public void Clear()
    {
        foreach (string path in Directory.GetFiles(folder).Where(path => Path.GetFileName(path) != LockName))
            File.Delete(path);
    }

    /// <summary>Waits until this process alone decides what belongs where.</summary>
    public FileStream Lock() => LockedFile.Open(PathOf(LockName), cancellation);

    private string[] Files(string pattern) => [.. Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal)];
}
