using HitSong.Corpus;
using HitSong.Evaluation;

namespace HitSong.Experiments;

/// <summary>
/// The baseline that knows a song's album alone: it answers what most of the album's training songs are.
/// </summary>
internal static class AlbumMajority
{
    /// <summary>Its name among a run's baselines.</summary>
    public const string Name = "album majority";

    /// <summary>
    /// The answers to test items: the class that most songs of their album have in training, of a tie the lesser; where
    /// none of the album is in training, or no album is known, the class that is most frequent there.
    /// </summary>
    /// <param name="data">The split songs.</param>
    /// <param name="test">The test items; whatever probabilities they have give way to the baseline's.</param>
    public static IReadOnlyList<Prediction> Answers(Dataset data, IReadOnlyList<Prediction> test)
    {
        int majority = data.Majority;
        ILookup<string, int> labels = Songs(data, data.Split.Train).ToLookup(song => song.Album, song => song.Label);
        return
        [
            .. test.Zip(
                data.Split.Test,
                (item, i) => item with { Probabilities = [.. Certain(data.Tracks[i].AlbumKey)] }
            ),
        ];

        IEnumerable<double> Certain(string? album)
        {
            int answer = album is not null && labels.Contains(album) ? MajorityOf(labels[album]) : majority;
            return Enumerable.Range(0, data.Bins.Count).Select(c => c == answer ? 1.0 : 0);
        }
    }

    /// <summary>What it knows, and what it would get if it knew the test songs' labels too.</summary>
    public static string Note(Dataset data)
    {
        var (right, all) = WithinSample(Songs(data, Enumerable.Range(0, data.Tracks.Count)));
        HashSet<string?> trained = [.. data.Split.Train.Select(i => data.Tracks[i].AlbumKey)];
        var songs = data.Split.Test.Select(i => data.Tracks[i]).DistinctBy(track => track.Id).ToArray();
        int known = songs.Count(track => track.AlbumKey is { } album && trained.Contains(album));
        return $"knows the album alone: {known} of the {songs.Length} test songs have theirs in training, the others "
            + $"get the majority; made from the very songs that are asked about, test included, it would be right for "
            + $"{right} of {all}";
    }

    /// <summary>
    /// For how many songs the majority of their own album, themselves included, is right, and of how many: no figure of
    /// songs not yet met.
    /// </summary>
    /// <param name="songs">Album and class of each song.</param>
    public static (int Right, int Of) WithinSample(IEnumerable<(string Album, int Label)> songs)
    {
        int[][] albums = [.. songs.GroupBy(song => song.Album, song => song.Label).Select(album => album.ToArray())];
        return (
            albums.Sum(album => album.Count(label => label == MajorityOf(album))),
            albums.Sum(album => album.Length)
        );
    }

    // The songs of some items, each once, whose album is known.
    private static IEnumerable<(string Album, int Label)> Songs(Dataset data, IEnumerable<int> items) =>
        items
            .DistinctBy(i => data.Tracks[i].Id)
            .Where(i => data.Tracks[i].AlbumKey is not null)
            .Select(i => (data.Tracks[i].AlbumKey!, data.Labels[i]));

    private static int MajorityOf(IEnumerable<int> labels) =>
        labels.CountBy(label => label).OrderByDescending(count => count.Value).ThenBy(count => count.Key).First().Key;
}
