namespace Notebooks;

/// <summary>
/// What <c>#!import</c> brings into a session: <c>.cs</c> and <c>.csx</c> whole, of <c>.ipynb</c> the cells
/// of code and of <c>.dib</c> all cells, each with its language.
/// </summary>
internal static class ImportedFile
{
    /// <exception cref="NotebookException">The file isn't there, or is none of these.</exception>
    public static IEnumerable<(string Language, string Code)> Read(string argument)
    {
        DirectiveArguments? given = DirectiveArguments.Parse(argument, "--file", "--file");
        string path = given?["--file"] ?? argument.Trim('"');
        if (!File.Exists(path))
            throw new NotebookException($"#!import {path}: there is no such file in {Environment.CurrentDirectory}.");
        string ending = Path.GetExtension(path).ToLowerInvariant();
        return ending switch
        {
            ".cs" or ".csx" => [("csharp", File.ReadAllText(path))],
            ".ipynb" or ".dib" =>
            [
                .. Notebook
                    .Load(path)
                    .Cells.Where(c => c.Kind == CellKind.Code || (c.Kind == CellKind.Markdown && ending == ".dib"))
                    .Select(c => (c.Kind == CellKind.Code ? c.Language : "markdown", c.Source)),
            ],
            _ => throw new NotebookException($"#!import {path}: takes .cs, .csx, .dib and .ipynb files."),
        };
    }
}
