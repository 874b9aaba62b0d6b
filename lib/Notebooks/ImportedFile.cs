namespace Notebooks;

/// <summary>
/// What <c>#!import</c> brings into a session: <c>.cs</c> and <c>.csx</c> whole, of <c>.ipynb</c> and <c>.dib</c> the
/// cells of code.
/// </summary>
internal static class ImportedFile
{
    /// <exception cref="NotebookException">The file isn't there, or is none of these.</exception>
    public static IEnumerable<string> Read(string argument)
    {
        string path = argument.Trim('"');
        if (!File.Exists(path))
            throw new NotebookException($"#!import {path}: there is no such file in {Environment.CurrentDirectory}.");
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".cs" or ".csx":
                return [File.ReadAllText(path)];
            case ".ipynb":
                return [.. Notebook.Load(path).Cells.Where(c => c.Kind == CellKind.Code).Select(c => c.Source)];
            case ".dib":
                // A notebook of .NET Interactive: text with the same directives, below a header of its own.
                string text = File.ReadAllText(path).ReplaceLineEndings("\n");
                int header = text.StartsWith("#!meta\n", StringComparison.Ordinal)
                    ? text.IndexOf("\n#!", StringComparison.Ordinal)
                    : -1;
                return [header < 0 ? text : text[(header + 1)..]];
            default:
                throw new NotebookException($"#!import {path}: takes .cs, .csx, .dib and .ipynb files.");
        }
    }
}
