using Tables;

namespace HitSong.Experiments;

/// <summary>
/// A track on one side of a run's split: a row of <c>tracks.parquet</c>. Where clips are split, a track can stand on
/// several.
/// </summary>
/// <param name="Track">Its id; a catalogue's row is named by its place.</param>
/// <param name="Title">Its title.</param>
/// <param name="Artist">Its artist; empty where none is known.</param>
/// <param name="Side"><c>training</c>, <c>validation</c> or <c>test</c>.</param>
/// <param name="Label">Its class.</param>
/// <param name="Items">How many of its clips are on this side; 1 of a catalogue's row.</param>
/// <param name="Content">SHA-256 of its audio file, hexadecimal; null of a catalogue's row.</param>
public sealed record UsedTrack(
    string Track,
    string Title,
    string Artist,
    string Side,
    int Label,
    int Items,
    string? Content
)
{
    /// <summary>The tracks of prepared data, by side, in its order.</summary>
    public static IReadOnlyList<UsedTrack> Of(Dataset data)
    {
        (string Name, IReadOnlyList<int> Items)[] sides =
        [
            ("training", data.Split.Train),
            ("validation", data.Split.Validation),
            ("test", data.Split.Test),
        ];
        return [.. sides.SelectMany(side => OnSide(side.Name, side.Items))];

        IEnumerable<UsedTrack> OnSide(string side, IReadOnlyList<int> items) =>
            items
                .GroupBy(i => data.Tracks[i].Id)
                .Select(track => new UsedTrack(
                    track.Key,
                    data.Tracks[track.First()].Title,
                    data.Tracks[track.First()].Artist,
                    side,
                    data.Labels[track.First()],
                    track.Count(),
                    data.ContentOf(track.First())
                ));
    }

    /// <summary>Writes them as Parquet.</summary>
    internal static void Write(string path, IEnumerable<UsedTrack> tracks)
    {
        using Database database = Database.InMemory();
        database.Execute(
            "CREATE TABLE tracks (track VARCHAR, title VARCHAR, artist VARCHAR, side VARCHAR, label INTEGER, "
                + "items INTEGER, content VARCHAR)"
        );
        using (Appender rows = database.Append("tracks"))
        {
            foreach (UsedTrack track in tracks)
                rows.Add(track.Track)
                    .Add(track.Title)
                    .Add(track.Artist)
                    .Add(track.Side)
                    .Add(track.Label)
                    .Add(track.Items)
                    .Add(track.Content)
                    .EndRow();
            rows.Close();
        }
        database.Export("FROM tracks", path);
    }

    /// <summary>Reads them.</summary>
    internal static Table Read(string path)
    {
        using Database database = Database.InMemory();
        return database.Query($"FROM read_parquet({Database.FileName(path)})");
    }
}
