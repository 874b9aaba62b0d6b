using System.Globalization;
using System.Net;

namespace HitSong.Corpus;

/// <summary>What a test item may share with a training item.</summary>
public enum Leak
{
    /// <summary>Title and artist.</summary>
    Song,

    /// <summary>The artist, where one is named.</summary>
    Artist,

    /// <summary>The same audio file, byte for byte.</summary>
    ExactAudio,

    /// <summary>The same music by <see cref="Fingerprint"/>: another encoding, a remaster, a re-release.</summary>
    NearAudio,
}

/// <summary>One way in which a split leaks.</summary>
/// <param name="Kind">What is shared.</param>
/// <param name="Items">How many test items share it with training.</param>
/// <param name="Example">One of them and its like in training; empty where there is none.</param>
public sealed record LeakCount(Leak Kind, int Items, string Example);

/// <summary>
/// How many items of a test are known from training: whether a split's figure says anything of songs, or artists, not
/// yet met.
/// </summary>
/// <param name="TestItems">Number of test items.</param>
/// <param name="Counts">The leaks; those of audio only where fingerprints were given.</param>
/// <example><code>
/// LeakAudit audit = LeakAudit.Of(split, tracks, Fingerprint.ReadAll([.. tracks.Select(track => track.AudioPath)]));
/// audit.Refuse(Leak.Song, Leak.ExactAudio, Leak.NearAudio);
/// </code></example>
public sealed record LeakAudit(int TestItems, IReadOnlyList<LeakCount> Counts)
{
    /// <summary>Audits a split.</summary>
    /// <param name="split">Any split.</param>
    /// <param name="tracks">[items] the track of each item that was split: of clips, each clip's.</param>
    /// <param name="prints">[items] their fingerprints; null leaves audio out.</param>
    public static LeakAudit Of(Split split, IReadOnlyList<Track> tracks, IReadOnlyList<Fingerprint>? prints = null)
    {
        var counts = new List<LeakCount>
        {
            Shared(Leak.Song, i => $"{tracks[i].Artist}\n{tracks[i].Title}"),
            Shared(Leak.Artist, i => tracks[i].Artist == "" ? null : tracks[i].Artist),
        };
        if (prints is not null)
        {
            counts.Add(Shared(Leak.ExactAudio, i => prints[i].ContentHash));
            var index = new FingerprintIndex([.. split.Train.Select(i => prints[i])]);
            counts.Add(
                Count(Leak.NearAudio, test => index.Nearest(prints[test]) is { } near ? split.Train[near.Print] : null)
            );
        }
        return new(split.Test.Count, counts);

        LeakCount Shared(Leak kind, Func<int, string?> key)
        {
            var training = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (int i in split.Train)
                if (key(i) is string k)
                    training.TryAdd(k, i);
            return Count(kind, test => key(test) is string k && training.TryGetValue(k, out int like) ? like : null);
        }

        LeakCount Count(Leak kind, Func<int, int?> likeInTraining)
        {
            (int Test, int? Train)[] leaks =
            [
                .. split
                    .Test.AsParallel()
                    .AsOrdered()
                    .Select(test => (test, likeInTraining(test)))
                    .Where(pair => pair.Item2 is not null),
            ];
            if (leaks.Length == 0)
                return new(kind, 0, "");
            string test = Describe(tracks[leaks[0].Test]),
                like = Describe(tracks[leaks[0].Train!.Value]);
            return new(kind, leaks.Length, $"{test}, in training {like}");
        }

        static string Describe(Track track) =>
            $"{track.Id} \"{track.Title}\"{(track.Artist == "" ? "" : $" by {track.Artist}")}";
    }

    /// <summary>The number of test items with a leak of this kind; 0 where it was not looked for.</summary>
    public int this[Leak kind] => Counts.FirstOrDefault(count => count.Kind == kind)?.Items ?? 0;

    /// <summary>Throws where the split leaks.</summary>
    /// <param name="kinds">What must not be shared; none named: nothing may be.</param>
    /// <exception cref="LeakException">A test item shares one of them with training.</exception>
    public void Refuse(params Leak[] kinds)
    {
        LeakCount[] found =
        [
            .. Counts.Where(count => count.Items > 0 && (kinds.Length == 0 || kinds.Contains(count.Kind))),
        ];
        if (found.Length > 0)
            throw new LeakException($"The split leaks: {string.Join("; ", found.Select(Shared))}. Split by group.");

        string Shared(LeakCount count) =>
            $"{count.Items} of {TestItems} test items share {Words(count.Kind)} with training, such as {count.Example}";
    }

    /// <summary>In a notebook: the table.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle()
    {
        const string Headings = "<tr><th>share with training</th><th>items</th><th>such as</th></tr>";
        string of = $"of {TestItems:N0} test items";
        return new Dictionary<string, object>
        {
            ["text/html"] = $"<table><caption>{of}</caption>{Headings}{string.Concat(Counts.Select(Row))}</table>",
            ["text/plain"] = string.Join('\n', Counts.Select(Line).Prepend($"{of} share with training")),
        };

        string Row(LeakCount count) =>
            $"<tr>{Cell(Words(count.Kind))}<td>{Share(count)}</td>{Cell(WebUtility.HtmlEncode(count.Example))}</tr>";

        static string Cell(string html) => $"<td style=\"text-align:left\">{html}</td>";

        string Line(LeakCount count) => $"{Words(count.Kind), -24}{Share(count), -16}{count.Example}";

        string Share(LeakCount count)
        {
            string items = count.Items.ToString("N0", CultureInfo.InvariantCulture);
            double share = (double)count.Items / TestItems;
            return TestItems > 0 ? string.Create(CultureInfo.InvariantCulture, $"{items} ({share:0.0%})") : items;
        }
    }

    private static string Words(Leak kind) =>
        kind switch
        {
            Leak.Song => "title and artist",
            Leak.Artist => "the artist",
            Leak.ExactAudio => "the audio file",
            _ => "the music, near-identical",
        };
}
