namespace Tests;

/// <summary>Bytes that somebody damaged, or made to do harm.</summary>
public static class Mutant
{
    /// <summary>
    /// A mutant of a whole: some bytes changed, a piece doubled, moved or cut out, at the head, where a file's
    /// structure lies, as often as elsewhere. The same seed gives the same.
    /// </summary>
    public static byte[] Of(byte[] whole, int seed)
    {
        var random = new Random(seed);
        List<byte> bytes = [.. whole];
        for (int change = random.Next(1, 6); change > 0 && bytes.Count > 1; change--)
        {
            int most = random.Next(2) == 0 ? Math.Min(400, bytes.Count) : bytes.Count,
                at = random.Next(most),
                length = Math.Min(random.Next(1, 200), bytes.Count - at);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }
        return [.. bytes];
    }
}
