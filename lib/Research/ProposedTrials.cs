using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HitSong;
using HitSong.Experiments;
using Research.Slurm;

namespace Research;

/// <summary>
/// The trials of a search that other machines are to train, which cannot know what it has proposed: in a file, by
/// number. Its name is always the same for the same search, and so is what it says of a number.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class ProposedTrials(string path)
{
    /// <summary>Those of a search, in a file beside its runs.</summary>
    public static ProposedTrials Of(Sweep sweep, Source source, RunStore store)
    {
        IEnumerable<string> settings =
        [
            sweep.NameOf(sweep.Trials[0], sweep.Rungs[0], source, store),
            $"{sweep.Count} {sweep.Keep} {sweep.AtOnce} {sweep.Rungs.Count}",
            .. sweep.Fields.Select(field =>
                JsonSerializer.Serialize(
                    new
                    {
                        field.Name,
                        field.Values,
                        field.When,
                    }
                )
            ),
            .. sweep.Trials.Select(trial => string.Join(' ', trial.Values)),
        ];
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', settings)));
        return new(store.PathOf($".search-{Convert.ToHexStringLower(hash)[..12]}.json"));
    }

    /// <summary>An array whose tasks read them.</summary>
    public SlurmArray GivenTo(SlurmArray array) => array.With("--proposed", path);

    /// <summary>Adds some.</summary>
    public void Add(IEnumerable<Trial> trials)
    {
        var all = Read();
        foreach (Trial trial in trials)
            all[trial.Number] = [.. trial.Values];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        WholeFile.Write(path, JsonSerializer.Serialize(all));
    }

    /// <summary>The trials by number, from 1; null where one is not among them.</summary>
    public Trial[] Of(Sweep sweep)
    {
        var all = Read();
        return
        [
            .. Enumerable
                .Range(1, all.Keys.DefaultIfEmpty().Max())
                .Select(number =>
                    all.TryGetValue(number, out string[]? values) ? sweep.TrialOf(number, values) : null!
                ),
        ];
    }

    private Dictionary<int, string[]> Read() =>
        File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<int, string[]>>(File.ReadAllText(path))! : [];
}
