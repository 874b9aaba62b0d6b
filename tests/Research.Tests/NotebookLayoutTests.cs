using Notebooks;
using Tests;

namespace Research.Tests;

/// <summary>How the code of the notebooks is laid out; nothing is executed for it.</summary>
public class NotebookLayoutTests
{
    private const int Columns = 100;

    public static TheoryData<string> All =>
        [
            .. Directory
                .GetFiles(Path.Combine(Repository.Root, "notebooks"), "*.ipynb")
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(All))]
    public void A_line_of_code_has_at_most_100_columns(string name)
    {
        Notebook notebook = Notebook.Load(Path.Combine(Repository.Root, "notebooks", name));
        string[] tooLong =
        [
            .. notebook
                .Cells.Where(cell => cell.Kind == CellKind.Code)
                .SelectMany(cell => LinesBeyond(Columns, cell).Select(line => $"{name}, cell {cell.Id}, {line}")),
        ];
        Assert.True(tooLong.Length == 0, string.Join('\n', tooLong));
    }

    private static IEnumerable<string> LinesBeyond(int columns, NotebookCell cell) =>
        cell
            .Source.Split('\n')
            .Select((text, i) => (Text: text, Number: i + 1))
            .Where(line => line.Text.Length > columns)
            .Select(line => $"line {line.Number} has {line.Text.Length} columns: {line.Text.Trim()}");
}
