namespace HitSong.Corpus;

/// <summary>
/// Finds, among many recordings, those of the same music as another: candidates by equal words, which are looked up,
/// then by the share of bits that differ.
/// </summary>
/// <param name="prints">The recordings that are searched.</param>
/// <example><code>
/// var paths = DemoCorpus.Open("../data/demo/corpus").Tracks.Take(10).Select(track => track.AudioPath).ToArray();
/// var prints = Fingerprint.ReadAll(paths);
/// var index = new FingerprintIndex(prints);
/// index.Nearest(prints[3]).Value.Print // 3
/// </code></example>
public sealed class FingerprintIndex(IReadOnlyList<Fingerprint> prints)
{
    // A word that many frames share (silence, a held note) tells nothing, and would make the search slow.
    private const int MostPlaces = 200;
    private const int LeastVotes = 2;

    private readonly Dictionary<uint, List<(int Print, int Frame)>> places = Places(prints);

    /// <summary>
    /// The recording nearest to the given one, and the share of bits that differ; null where none is near.
    /// </summary>
    public (int Print, double ErrorRate)? Nearest(Fingerprint print)
    {
        var votes = new Dictionary<(int Print, int Offset), int>();
        for (int frame = 0; frame < print.Words.Length; frame++)
        {
            if (!places.TryGetValue(print.Words[frame], out var found) || found.Count > MostPlaces)
                continue;
            foreach (var (other, place) in found)
                votes[(other, place - frame)] = votes.GetValueOrDefault((other, place - frame)) + 1;
        }
        (int Print, double ErrorRate)? nearest = null;
        foreach (var ((other, offset), count) in votes)
        {
            if (count < LeastVotes)
                continue;
            double rate = print.ErrorRate(prints[other], offset);
            if (
                rate < Fingerprint.NearErrorRate
                && (nearest is not { } best || rate < best.ErrorRate || (rate == best.ErrorRate && other < best.Print))
            )
                nearest = (other, rate);
        }
        return nearest;
    }

    private static Dictionary<uint, List<(int, int)>> Places(IReadOnlyList<Fingerprint> prints)
    {
        var places = new Dictionary<uint, List<(int, int)>>();
        for (int print = 0; print < prints.Count; print++)
        for (int frame = 0; frame < prints[print].Words.Length; frame++)
        {
            if (!places.TryGetValue(prints[print].Words[frame], out var list))
                places.Add(prints[print].Words[frame], list = []);
            if (list.Count <= MostPlaces)
                list.Add((print, frame));
        }
        return places;
    }
}
