using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using HitSong.Corpus;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Training;

/// <summary>
/// A training as it stands after an epoch, in one file: what is trained and how, the history, the best weights, the
/// weights, the optimizer's state and that of the random generator. Schedules follow from the history. Written beside
/// and renamed into place: it is there whole, or as it was an epoch before.
/// </summary>
internal sealed class TrainingState
{
    /// <summary>The file's name.</summary>
    public const string FileName = "training.state";

    private static readonly JsonSerializerOptions Json = new()
    {
        Converters = { new JsonStringEnumConverter() },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    // What has to be the same for the numbers to be the same.
    private sealed record Header(
        string[] Model,
        JsonObject Settings,
        string Data,
        long Seed,
        EpochMetrics[] History,
        bool HasBest
    );

    private readonly string folder,
        path;
    private readonly nn.Module model;
    private readonly OptimizerHelper optimizer;
    private readonly TrainingSettings settings;
    private readonly Header start;

    public TrainingState(
        string folder,
        nn.Module model,
        OptimizerHelper optimizer,
        TrainingSettings settings,
        IReadOnlyList<int> labels,
        Split split,
        long seed
    )
    {
        this.folder = folder;
        path = Path.Combine(folder, FileName);
        this.model = model;
        this.optimizer = optimizer;
        this.settings = settings;
        int[] data = [labels.Count, .. labels, split.Train.Count, .. split.Train, .. split.Validation];
        start = new(
            [.. model.state_dict().Select(s => $"{s.Key} {s.Value.dtype} [{string.Join(", ", s.Value.shape)}]")],
            JsonSerializer.SerializeToNode(settings, Json)!.AsObject(),
            Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<int>(data))),
            seed,
            [],
            false
        );
    }

    /// <summary>Writes it.</summary>
    /// <exception cref="HitSongException">It cannot be written; what was there before is kept.</exception>
    public void Save(IReadOnlyList<EpochMetrics> history, Dictionary<string, Tensor>? best)
    {
        string beside = path + ".partial";
        try
        {
            Directory.CreateDirectory(folder);
            using (FileStream file = File.Create(beside))
            {
                using BinaryWriter writer = new(file, Encoding.UTF8, leaveOpen: true);
                writer.Write(
                    JsonSerializer.Serialize(start with { History = [.. history], HasBest = best is not null }, Json)
                );
                if (best is not null)
                    nn.Module.save_state_dict(writer, best);
                model.save(writer);
                optimizer.save_state_dict(writer);
                using Tensor random = get_rng_state();
                random.Save(writer);
                writer.Flush();
                file.Flush(flushToDisk: true);
            }
            File.Move(beside, path, overwrite: true);
        }
        // The last is .NET's for EFBIG: a limit to what a file may hold.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            try
            {
                File.Delete(beside);
            }
            catch (Exception other) when (other is IOException or UnauthorizedAccessException) { }
            string goOn = File.Exists(path)
                ? " Its state of the epoch before is kept: make room, and run the same again to go on from there."
                : "";
            throw new HitSongException(
                $"The training cannot be kept in {folder} after epoch {history.Count}: {e.Message}{goOn}",
                e
            );
        }
    }

    /// <summary>Brings model, optimizer and random generator to where they were; null where nothing was kept.</summary>
    /// <exception cref="HitSongException">It is of another training, or damaged.</exception>
    public (List<EpochMetrics> History, Dictionary<string, Tensor>? Best)? Load()
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using BinaryReader reader = new(File.OpenRead(path), Encoding.UTF8);
            Header kept =
                JsonSerializer.Deserialize<Header>(reader.ReadString(), Json)
                ?? throw new JsonException("it says nothing");
            Compare(kept);
            Dictionary<string, Tensor>? best = null;
            if (kept.HasBest)
            {
                model.load(reader);
                best = Weights(model);
            }
            model.load(reader);
            optimizer.load_state_dict(reader);
            using Tensor random = TensorExtensionMethods.Load(reader);
            set_rng_state(random);
            return ([.. kept.History], best);
        }
        catch (Exception e)
            when (e
                    is IOException
                        or JsonException
                        or InvalidDataException
                        or InvalidOperationException
                        or FormatException
                        or ArgumentException
                        or ExternalException
                        or UnauthorizedAccessException
            )
        {
            throw new HitSongException(
                $"{path}, the state of a training, cannot be read: {e.Message} Remove it to begin anew.",
                e
            );
        }
    }

    /// <summary>A copy of a model's weights.</summary>
    public static Dictionary<string, Tensor> Weights(nn.Module model) =>
        model
            .state_dict()
            .ToDictionary(
                s => s.Key,
                s =>
                {
                    using Tensor detached = s.Value.detach();
                    return detached.clone();
                }
            );

    private void Compare(Header kept)
    {
        string? other =
            start.Model.Length != kept.Model.Length || !start.Model.SequenceEqual(kept.Model)
                ? $"another model: it has {kept.Model.Except(start.Model).FirstOrDefault("fewer tensors")} "
                    + $"where this one has {start.Model.Except(kept.Model).FirstOrDefault("fewer tensors")}"
            : start.Settings.FirstOrDefault(s => !IsAlike(s.Key, kept.Settings[s.Key], s.Value))
                is { Key: { } name } setting
                ? $"other settings: {name} is {kept.Settings[name]?.ToJsonString() ?? "null"} there and "
                    + $"{setting.Value?.ToJsonString() ?? "null"} here"
            : start.Data != kept.Data ? "other items, labels or split"
            : start.Seed != kept.Seed ? $"another seed: {kept.Seed} there and {start.Seed} here"
            : kept.History.Length > settings.Epochs
                ? $"more epochs: {kept.History.Length} are done there and {settings.Epochs} wanted here"
            : null;
        if (other is not null)
            throw new HitSongException(
                $"{path} is the state of a training of {other}. Remove it to begin anew, or train what it is of."
            );
    }

    // Other epochs would have given the same so far, unless the learning rate's course has their number in it; and so
    // would more patience.
    private bool IsAlike(string setting, JsonNode? there, JsonNode? here) =>
        JsonNode.DeepEquals(there, here)
        || setting switch
        {
            nameof(TrainingSettings.Epochs) => !settings.IsScheduledToEnd,
            nameof(TrainingSettings.Patience) => here is null || (int?)there < (int)here,
            _ => false,
        };
}
