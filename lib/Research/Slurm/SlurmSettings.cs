using System.Text.Json;
using System.Text.Json.Serialization;
using HitSong;

namespace Research.Slurm;

/// <summary>
/// What a job array asks of Slurm. A site's defaults stand in <c>slurm.json</c>, in the names of the options:
/// <c>{ "partition": "gpu", "account": "music", "memory": "8G", "time": "02:00:00", "arrayLimit": 50 }</c>.
/// </summary>
internal sealed record SlurmSettings
{
    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>Where it runs; null: where the site sends it.</summary>
    public string? Partition { get; init; }

    /// <summary>Who pays; null: the user's default account.</summary>
    public string? Account { get; init; }

    /// <summary>GPUs of each task; null: none.</summary>
    public int? Gpus { get; init; }

    /// <summary>Processor cores of each task.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>Memory of each task.</summary>
    public string Memory { get; init; } = "4G";

    /// <summary>The longest that a task may take, as Slurm writes it; null: the partition's.</summary>
    public string? Time { get; init; }

    /// <summary>The most tasks that run at the same time; null: as many as there is room for.</summary>
    public int? ArrayLimit { get; init; }

    /// <summary>The most tasks of an array. Slurm's own default (MaxArraySize) allows numbers to 1,000.</summary>
    public int Tasks { get; init; } = 1000;

    /// <summary>More options of sbatch, as they are typed; null: none.</summary>
    public string? Sbatch { get; init; }

    /// <summary>A site's defaults; the record's own where there is no such file.</summary>
    /// <exception cref="HitSongException">The file is no JSON, or names what is not known or not allowed.</exception>
    public static SlurmSettings Read(string path)
    {
        if (!File.Exists(path))
            return new();
        SlurmSettings settings;
        try
        {
            settings = JsonSerializer.Deserialize<SlurmSettings>(File.ReadAllText(path), json) ?? new();
        }
        catch (JsonException e)
        {
            throw new HitSongException($"{path} cannot be used: {e.Message}", e);
        }
        if (settings is { Gpus: < 0 } or { Cpus: < 1 } or { ArrayLimit: < 1 } or { Tasks: < 1 })
            throw new HitSongException($"{path} cannot be used: cpus, arrayLimit and tasks are 1 at least, gpus 0.");
        if (SlurmMemory.Parse(settings.Memory) is null)
            throw new HitSongException($"{path} cannot be used: memory is {SlurmMemory.Form}, not {settings.Memory}.");
        return settings;
    }
}
