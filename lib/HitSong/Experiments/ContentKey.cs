using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HitSong.Corpus;
using HitSong.Features;

namespace HitSong.Experiments;

/// <summary>
/// Names what a run is made from, by content: the recipe's settings; of audio each track as the source knows it, in its
/// order, with the SHA-256 of the file; of a catalogue the SHA-256 of its file and of the artists' tables; of weights
/// that a network starts from likewise; and the code (<see cref="RunEnvironment.Code"/>), also of a network of one's
/// own. Paths and the source's name are no part of it. What a source holds is looked at once: a key is for one piece of
/// work, not to be kept.
/// </summary>
/// <param name="source">The songs.</param>
/// <param name="features">The folder of all feature stores, which remembers hashes of files.</param>
/// <param name="progress">Told how many files are read; from several threads.</param>
/// <param name="cancellation">Stops reading.</param>
internal sealed class ContentKey(
    Source source,
    string features,
    Action<ExperimentProgress>? progress = null,
    CancellationToken cancellation = default
)
{
    // By how many songs are taken; below 0 the catalogue.
    private readonly ConcurrentDictionary<int, Lazy<string>> contents = [];

    /// <summary>Always the same for the same recipe and content, and another for any other.</summary>
    public string Of(Recipe recipe)
    {
        int songs = recipe.Features is null ? -1 : recipe.Songs ?? int.MaxValue;
        string content = contents.GetOrAdd(songs, _ => new(() => songs < 0 ? Tables() : Audio(songs))).Value;
        string? weights = recipe.Model.Weights;
        IEnumerable<string> settings = (recipe with { Model = recipe.Model with { Weights = null } })
            .ToFields()
            .Select(field => $"{field.Key} {field.Value}");
        string start = weights is null ? "" : HashesOf([weights])[0];
        string[] parts = [.. settings, recipe.Model.Source ?? "", start, content, RunEnvironment.Code];
        return $"{recipe.Experiment}-{recipe.Variant}-{HashOf(string.Join('\n', parts))[..12]}";
    }

    private string Tables() =>
        source.Catalogue is null ? "" : string.Join('\n', HashesOf([source.Catalogue, .. source.Artists]));

    private string Audio(int songs)
    {
        Track[] tracks = [.. source.Tracks.Take(songs)];
        string[] hashes = HashesOf([.. tracks.Select(track => track.AudioPath)]);
        // JSON keeps the fields apart, whatever is in them.
        return HashOf(
            string.Join(
                '\n',
                tracks.Zip(hashes, (track, hash) => JsonSerializer.Serialize(track with { AudioPath = hash }))
            )
        );
    }

    // What cannot be read has no hash; whoever needs it says so.
    private string[] HashesOf(string[] paths) =>
        [
            .. ContentHashes
                .Of(features, paths, done => progress?.Invoke(new("reading", done, paths.Length)), cancellation)
                .Select(read => read.Hash ?? ""),
        ];

    private static string HashOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
