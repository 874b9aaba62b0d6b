namespace HitSong.Corpus.Demo;

/// <summary>A sine by table, linearly interpolated; its error is below −120 dB.</summary>
internal static class Sine
{
    private const int Size = 4096;
    private static readonly float[] Table = Enumerable
        .Range(0, Size + 1)
        .Select(i => (float)Math.Sin(2 * Math.PI * i / Size))
        .ToArray();

    /// <summary>The sine of a phase in cycles, of any size and sign.</summary>
    public static float At(double cycles)
    {
        double position = (cycles - Math.Floor(cycles)) * Size;
        int index = (int)position;
        return Table[index] + (Table[index + 1] - Table[index]) * (float)(position - index);
    }
}
