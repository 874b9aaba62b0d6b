namespace HitSong;

/// <summary>A file that is whole or as it was, wherever its writing ends.</summary>
public static class WholeFile
{
    /// <summary>Writes a file beside its place, as <c>.part</c>, and renames it once it is on disk.</summary>
    /// <param name="path">Where it is to lie; its folder exists.</param>
    /// <param name="write">Given the path beside it, writes there.</param>
    /// <exception cref="IOException">It cannot be written; nothing is left beside it.</exception>
    /// <exception cref="UnauthorizedAccessException">Its folder may not be written.</exception>
    public static void Write(string path, Action<string> write)
    {
        string beside = path + ".part";
        try
        {
            write(beside);
            using (FileStream file = new(beside, FileMode.Open, FileAccess.Write))
                file.Flush(flushToDisk: true);
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception e)
        {
            File.Delete(beside);
            // .NET's for EFBIG: a limit to what a file may hold.
            if (e is ArgumentOutOfRangeException { ParamName: "value" })
                throw new IOException($"{path} cannot be written: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Writes a text, in UTF-8.</summary>
    /// <inheritdoc cref="Write(string, Action{string})"/>
    public static void Write(string path, string text) => Write(path, beside => File.WriteAllText(beside, text));
}
