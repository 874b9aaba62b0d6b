using Notebooks;
using Tests;

namespace Research.Tests;

/// <summary>How code is laid out, in files and in the notebooks.</summary>
public class LayoutTests
{
    private const int CellColumns = 100;
    private const int FileColumns = 120;

    public static TheoryData<string> All =>
        [
            .. Directory
                .GetFiles(Path.Combine(Repository.Root, "notebooks"), "*.ipynb")
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal),
        ];

    [Fact]
    public void CSharpier_would_change_no_file()
    {
        foreach (
            string[] arguments in (string[][])
                [
                    ["tool", "restore"],
                    ["csharpier", "check", "."],
                ]
        )
        {
            var (exitCode, output, errors) = Command.InRoot("dotnet", arguments);
            Assert.True(exitCode == 0, output + errors);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_line_of_code_has_at_most_100_columns(string name)
    {
        Notebook notebook = Notebook.Load(Path.Combine(Repository.Root, "notebooks", name));
        string[] tooLong =
        [
            .. notebook
                .Cells.Where(cell => cell.Kind == CellKind.Code)
                .SelectMany(cell =>
                    LinesBeyond(CellColumns, cell.Source).Select(line => $"{name}, cell {cell.Id}, {line}")
                ),
        ];
        Assert.True(tooLong.Length == 0, string.Join('\n', tooLong));
    }

    [Fact]
    public void A_line_of_a_file_has_at_most_120_columns()
    {
        var (exitCode, listed, errors) = Command.InRoot("git", "ls-files", "*.cs");
        Assert.True(exitCode == 0, errors);
        string[] files = listed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(files);
        string[] tooLong =
        [
            .. files.SelectMany(file =>
                LinesBeyond(FileColumns, File.ReadAllText(Path.Combine(Repository.Root, file)))
                    .Select(line => $"{file}, {line}")
            ),
        ];
        Assert.True(tooLong.Length == 0, string.Join('\n', tooLong));
    }

    private static IEnumerable<string> LinesBeyond(int columns, string text) =>
        text.Split('\n')
            .Select((text, i) => (Text: text, Number: i + 1))
            .Where(line => line.Text.Length > columns)
            .Select(line => $"line {line.Number} has {line.Text.Length} columns: {line.Text.Trim()}");
}
