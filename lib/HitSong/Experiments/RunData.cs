using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HitSong.Features;

namespace HitSong.Experiments;

/// <summary>What a run was made from, in short: runs of equal hash had the same songs, labels and split.</summary>
/// <param name="Tracks">Distinct tracks, or rows of a catalogue.</param>
/// <param name="Training">How many of them train.</param>
/// <param name="Validation">How many validate.</param>
/// <param name="Test">How many test.</param>
/// <param name="Hash">
/// SHA-256, hexadecimal, over all that <c>tracks.parquet</c> lists and, of a catalogue, the contents of its file and of
/// the artists' tables.
/// </param>
public sealed record RunData(int Tracks, int Training, int Validation, int Test, string Hash)
{
    /// <summary>The hash's beginning, by which people tell data apart.</summary>
    public string ShortHash => Hash[..Math.Min(8, Hash.Length)];

    /// <summary>In short, of all tracks of a run.</summary>
    /// <param name="tracks">The tracks.</param>
    /// <param name="source">Where they come from.</param>
    /// <param name="features">The folder of all feature stores.</param>
    internal static RunData Of(IReadOnlyList<UsedTrack> tracks, Source source, string features)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (UsedTrack track in tracks)
            Add(JsonSerializer.Serialize(track));
        // The rows of a catalogue have no content of their own.
        if (tracks.Any(track => track.Content is null) && source.Catalogue is not null)
            foreach (var (content, _) in ContentHashes.Of(features, [source.Catalogue, .. source.Artists]))
                Add(content ?? "");
        return new(
            tracks.DistinctBy(track => track.Track).Count(),
            On("training"),
            On("validation"),
            On("test"),
            Convert.ToHexStringLower(hash.GetHashAndReset())
        );

        void Add(string line) => hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));

        int On(string side) => tracks.Count(track => track.Side == side);
    }
}
