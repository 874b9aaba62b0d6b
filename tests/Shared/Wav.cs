namespace Tests;

/// <summary>Writes WAV files of float samples.</summary>
public static class Wav
{
    /// <summary>Writes samples, interleaved where there are several channels.</summary>
    public static void Write(string path, float[] samples, int rate, short channels = 1)
    {
        using BinaryWriter writer = new(File.Create(path));
        writer.Write("RIFF"u8);
        writer.Write(36 + 4 * samples.Length);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)3);
        writer.Write(channels);
        writer.Write(rate);
        writer.Write(rate * 4 * channels);
        writer.Write((short)(4 * channels));
        writer.Write((short)32);
        writer.Write("data"u8);
        writer.Write(4 * samples.Length);
        foreach (float sample in samples)
            writer.Write(sample);
    }
}
