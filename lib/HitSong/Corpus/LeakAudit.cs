using System.Collections.Concurrent;
using System.Globalization;
using Tables;

namespace HitSong.Corpus;

/// <summary>
/// How many items of a test are known from training or validation, and how many of validation from training: whether a
/// split's figure says anything of songs, or artists, not yet met.
/// </summary>
/// <param name="TestItems">Number of test items.</param>
/// <param name="ValidationItems">Number of validation items.</param>
/// <param name="Counts">
/// The leaks; those of albums only where a track names one, those of audio only where hashes or fingerprints were
/// given.
/// </param>
/// <example><code>
/// var tracks = DemoCorpus.Open("../data/demo/corpus").Tracks;
/// var split = Split.Random(tracks.Count, testShare: 0.25, validationShare: 0.2, seed: 42);
/// var audit = LeakAudit.Of(split, tracks);
/// (audit.TestItems, audit[Leak.Artist]) // (90, 90)
/// </code></example>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed record LeakAudit(int TestItems, int ValidationItems, IReadOnlyList<LeakCount> Counts)
{
    /// <summary>Audits a split.</summary>
    /// <param name="split">Any split.</param>
    /// <param name="tracks">[items] the track of each item that was split: of clips, each clip's.</param>
    /// <param name="prints">
    /// [items] their fingerprints; null leaves near-identical music out.
    /// </param>
    /// <param name="hashes">
    /// [items] hashes of their files, such as the feature store's; null: those of the fingerprints.
    /// </param>
    public static LeakAudit Of(
        Split split,
        IReadOnlyList<Track> tracks,
        IReadOnlyList<Fingerprint>? prints = null,
        IReadOnlyList<string>? hashes = null
    )
    {
        int[] before = [.. split.Train, .. split.Validation];
        var counts = new List<LeakCount>
        {
            Shared(Leak.Track, track => track.Id),
            Shared(Leak.Song, SongKey.Of),
            Shared(Leak.Artist, track => track.Artist == "" ? null : SongKey.OfArtist(track.Artist)),
        };
        if (tracks.Any(track => track.AlbumKey is not null))
            counts.Insert(2, Shared(Leak.Album, track => track.AlbumKey));
        hashes ??= prints is null ? null : [.. prints.Select(print => print.ContentHash)];
        if (hashes is not null)
            counts.Add(Keyed(Leak.ExactAudio, i => hashes[i]));
        if (prints is not null)
            counts.Add(Counted(Leak.NearAudio, split.Test, Near(before), split.Validation, Near(split.Train)));
        return new(split.Test.Count, split.Validation.Count, counts);

        LeakCount Shared(Leak kind, Func<Track, string?> key) => Keyed(kind, i => key(tracks[i]));

        LeakCount Keyed(Leak kind, Func<int, string?> key)
        {
            return Counted(kind, split.Test, Like(before), split.Validation, Like(split.Train));

            Func<int, int?> Like(IReadOnlyList<int> others)
            {
                var known = new Dictionary<string, int>(StringComparer.Ordinal);
                foreach (int i in others)
                    if (key(i) is string k)
                        known.TryAdd(k, i);
                return item => key(item) is string k && known.TryGetValue(k, out int like) ? like : null;
            }
        }

        Func<int, int?> Near(IReadOnlyList<int> others)
        {
            // The clips of a file share its fingerprint.
            int[] files = [.. others.DistinctBy(i => prints![i].ContentHash)];
            var index = new FingerprintIndex([.. files.Select(i => prints![i])]);
            var nearest = new ConcurrentDictionary<string, int?>();
            return item =>
                nearest.GetOrAdd(
                    prints![item].ContentHash,
                    _ => index.Nearest(prints[item]) is { } near ? files[near.Print] : null
                );
        }

        LeakCount Counted(
            Leak kind,
            IReadOnlyList<int> test,
            Func<int, int?> likeBefore,
            IReadOnlyList<int> validation,
            Func<int, int?> likeInTraining
        )
        {
            (int Item, int? Like)[] leaks = Known(test, likeBefore);
            string example = "";
            if (leaks.Length > 0)
            {
                int like = leaks[0].Like!.Value;
                string side = split.Train.Contains(like) ? "training" : "validation";
                example = $"{Describe(tracks[leaks[0].Item])}, in {side} {Describe(tracks[like])}";
            }
            return new(kind, leaks.Length, example, Known(validation, likeInTraining).Length);
        }

        static (int Item, int? Like)[] Known(IReadOnlyList<int> items, Func<int, int?> like) =>
            [
                .. items
                    .AsParallel()
                    .AsOrdered()
                    .Select(item => (item, like(item)))
                    .Where(pair => pair.Item2 is not null),
            ];

        static string Describe(Track track) =>
            $"{track.Id} \"{track.Title}\"{(track.Artist == "" ? "" : $" by {track.Artist}")}";
    }

    /// <summary>The number of test items with a leak of this kind; 0 where it was not looked for.</summary>
    public int this[Leak kind] => Counts.FirstOrDefault(count => count.Kind == kind)?.Items ?? 0;

    /// <summary>Throws where the split leaks.</summary>
    /// <param name="kinds">What must not be shared; none named: nothing may be.</param>
    /// <exception cref="LeakException">
    /// A test item shares one of them with training or validation, or a validation item with training.
    /// </exception>
    public void Refuse(params Leak[] kinds)
    {
        LeakCount[] found =
        [
            .. Counts.Where(count =>
                (count.Items > 0 || count.Validation > 0) && (kinds.Length == 0 || kinds.Contains(count.Kind))
            ),
        ];
        if (found.Length > 0)
            throw new LeakException($"The split leaks: {string.Join("; ", found.Select(Shared))}. Split by group.");

        string Shared(LeakCount count) =>
            InWords(count, TestItems, ValidationItems, "items")
            + (count.Example == "" ? "" : $", such as {count.Example}");
    }

    /// <summary>A leak in words.</summary>
    /// <param name="count">The leak.</param>
    /// <param name="tested">Number of test items.</param>
    /// <param name="validated">Number of validation items.</param>
    /// <param name="items">What they are: clips, rows.</param>
    internal static string InWords(LeakCount count, int tested, int validated, string items)
    {
        string others = validated > 0 ? "training or validation" : "training";
        string validation =
            count.Validation > 0 ? $", {count.Validation:N0} of {validated:N0} validation {items} with training" : "";
        return $"{count.Items:N0} of {tested:N0} test {items} share {count.What} with {others}{validation}";
    }

    /// <summary>In a notebook: the table.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle()
    {
        bool validates = ValidationItems > 0;
        DrawnTable.Heading[] headings =
        [
            new("share"),
            new(validates ? "test with training or validation" : "test with training", Right: true),
            .. validates
                ? [new DrawnTable.Heading("validation with training", Right: true)]
                : Array.Empty<DrawnTable.Heading>(),
            new("such as"),
        ];
        return new DrawnTable(headings, Counts.Select(Row))
        {
            Caption = validates
                ? $"of {TestItems:N0} test and {ValidationItems:N0} validation items"
                : $"of {TestItems:N0} test items",
        }.ToMimeBundle();

        IEnumerable<DrawnTable.Cell> Row(LeakCount count)
        {
            yield return count.What;
            yield return Share(count.Items, TestItems);
            if (validates)
                yield return Share(count.Validation, ValidationItems);
            yield return count.Example;
        }

        static string Share(int items, int of)
        {
            string number = items.ToString("N0", CultureInfo.InvariantCulture);
            return of > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{number} ({(double)items / of:0.0%})")
                : number;
        }
    }
}
