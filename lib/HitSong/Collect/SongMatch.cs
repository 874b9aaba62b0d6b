using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using HitSong.Corpus;

namespace HitSong.Collect;

/// <summary>
/// Whether what a search found is the song that was meant. Titles agree where one stands whole in the other
/// (<see cref="SongKey"/>: without marks of a remaster and guests), and nothing is left of the other but the artist and
/// what says that it is a video or a file ("official video", "lyrics", "HD"): a live recording, a cover, a remix, a
/// sped-up version are other songs. Artists agree where one's name stands in the other's, or in the title found, or is
/// the channel's. Lengths, where both are known, agree within <see cref="MostSeconds"/>.
/// </summary>
/// <example><code>
/// CatalogueTrack wanted = new("deezer", "1", "An Example", "The Examples") { Duration = 180 };
/// CatalogueTrack found = new("youtube", "2", "An Example (Live)", "The Examples") { Duration = 181 };
/// SongMatch.Doubt(wanted, found) // "An Example (Live)" by The Examples is another version (live)
/// </code></example>
public static partial class SongMatch
{
    /// <summary>By how much lengths of the same recording may differ, s: silence and titles before and after.</summary>
    public const double MostSeconds = 10;

    // What the title of an upload has beside a song's own.
    private static readonly HashSet<string> ofUploads =
    [
        .. "official music video audio lyric lyrics hd hq 4k uhd 1080p 720p mv visualizer visualiser explicit".Split(
            ' '
        ),
        .. "full song vevo topic with in on color colour the".Split(' '),
    ];

    // What an upload's channel has beside an artist's name.
    private static readonly string[] ofChannels = ["topic", "vevo", "official", "music", "channel", "tv"];

    private static readonly HashSet<string> otherVersions =
    [
        .. "live cover covers karaoke remix remixed sped slowed nightcore instrumental acoustic unplugged demo".Split(
            ' '
        ),
        .. "tribute 8d reverb lullaby reaction mashup parody tutorial acapella medley session sessions loop".Split(' '),
        .. "edit extended mix rework bootleg concert rehearsal medley orchestral piano version".Split(' '),
    ];

    /// <summary>Why it is doubtful, as the end of a sentence; null where it agrees.</summary>
    /// <param name="wanted">The song that is meant.</param>
    /// <param name="found">What was found.</param>
    public static string? Doubt(CatalogueTrack wanted, CatalogueTrack found)
    {
        string[] title = Words(SongKey.OfTitle(WithoutGuests(wanted.Title))),
            artist = Words(wanted.Artist),
            foundTitle = Words(SongKey.OfTitle(WithoutGuests(found.Title))),
            foundArtist = Words(found.Artist);
        if (artist.Length == 0)
            return "no artist is named by whom it could be known";
        if (title.Length == 0)
            return "its title has no word by which it could be known";
        if (Without(foundTitle, title) is not string[] rest)
            return $"the title found is \"{found.Title}\"";

        string[] others = [.. (Without(rest, artist) ?? rest).Where(word => !ofUploads.Contains(word))];
        string[] channel = [.. foundArtist.Except(artist).Where(otherVersions.Contains)];
        bool namesArtist =
            Without(rest, artist) is not null
            || Without(foundArtist, artist) is not null
            || (foundArtist.Length > 0 && Without(artist, foundArtist) is not null)
            || Channel(foundArtist) == string.Concat(artist);
        // The title found may name the artist as the catalogue has it.
        if (foundArtist.Length > 0 && Without(others, foundArtist) is string[] beyond)
            others = beyond;
        if (others.Concat(channel).FirstOrDefault(otherVersions.Contains) is string version)
            return $"\"{found.Title}\" by {found.Artist} is another version ({version})";
        if (others.Length > 0)
            return $"the title found is \"{found.Title}\"";
        if (!namesArtist)
            return $"the artist found is {(found.Artist == "" ? "not named" : found.Artist)}";
        return Math.Abs(found.Duration - wanted.Duration ?? 0) > MostSeconds
            ? FormattableString.Invariant($"it lasts {found.Duration:0} s where {wanted.Duration:0} s are wanted")
            : null;
    }

    // [words] in lower case and without accents.
    private static string[] Words(string text)
    {
        string plain = string.Concat(
            text.Replace("'", "")
                .Replace("’", "")
                .Replace("&", " and ")
                .ToLowerInvariant()
                .Normalize(NormalizationForm.FormD)
                .Where(letter => CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
        );
        return [.. Word().Matches(plain).Select(word => word.Value)];
    }

    // What is left of words where a sequence is taken out once; null where it is not in them.
    private static string[]? Without(string[] words, string[] sequence)
    {
        int at = words.AsSpan().IndexOf(sequence);
        return at < 0 ? null : [.. words[..at], .. words[(at + sequence.Length)..]];
    }

    // "daftpunkvevo", "daft punk topic", "daft punk official" are Daft Punk.
    private static string Channel(string[] words)
    {
        string name = string.Concat(words);
        while (Array.Find(ofChannels, end => name.EndsWith(end, StringComparison.Ordinal)) is string end)
            name = name[..^end.Length];
        return name;
    }

    private static string WithoutGuests(string title) => Guests().Replace(title, " ");

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();

    // "ft. A & B" up to what parts it from the rest: a bracket, or a dash between blanks.
    [GeneratedRegex(
        @"\b(feat|ft|featuring)\b\.?.*?(?=\s[-–—|]\s|[()\[\]]|$)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Guests();
}
