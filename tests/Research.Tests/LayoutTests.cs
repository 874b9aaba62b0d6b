using System.Text.RegularExpressions;
using Notebooks;
using Tests;

namespace Research.Tests;

/// <summary>How code is laid out, in files and in the notebooks.</summary>
public partial class LayoutTests
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
        string[] tooLong =
        [
            .. Files("*.cs")
                .SelectMany(file =>
                    LinesBeyond(FileColumns, File.ReadAllText(Path.Combine(Repository.Root, file)))
                        .Select(line => $"{file}, {line}")
                ),
        ];
        Assert.True(tooLong.Length == 0, string.Join('\n', tooLong));
    }

    [Fact]
    public void A_file_of_a_library_is_named_after_the_one_type_in_it()
    {
        string[] others =
        [
            .. Files("lib/*.cs")
                .Select(file => (File: file, Types: TypesIn(File.ReadAllText(Path.Combine(Repository.Root, file)))))
                .Where(file => file.Types.Length > 0 && !file.Types.SequenceEqual([NameOf(file.File)]))
                .Select(file => $"{file.File} has {string.Join(", ", file.Types)}"),
        ];
        Assert.True(others.Length == 0, string.Join('\n', others));
    }

    [Fact]
    public void Types_are_found_however_they_are_declared() =>
        Assert.Equal(
            ["A", "B", "C", "D", "E", "F", "G"],
            TypesIn(
                """
                namespace N;

                public sealed partial class A<T>
                {
                    private sealed record Inner;
                }

                internal readonly unsafe struct B(int x);

                public readonly record struct C;

                internal unsafe interface D<TSelf>;

                enum E;

                public delegate Task<int> F(string a);

                public delegate Map<int, string> G<T>(T a);
                """
            )
        );

    // Column<T> stands beside Column, as ColumnOfT.cs.
    private static string NameOf(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        return name.EndsWith("OfT", StringComparison.Ordinal) ? name[..^3] : name;
    }

    private static string[] TypesIn(string code) =>
        [.. TopLevelTypes().Matches(code).Select(m => m.Groups["name"].Value)];

    [GeneratedRegex(
        @"^(?:(?:public|internal|file|static|sealed|abstract|readonly|unsafe|ref|partial) )*"
            + @"(?:class|record struct|record|struct|interface|enum"
            + @"|delegate [\w<>\[\]?., ]+?(?= \w+(?:<[\w, ]+>)?\()) (?<name>\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex TopLevelTypes();

    private static string[] Files(string pattern)
    {
        var (exitCode, listed, errors) = Command.InRoot("git", "ls-files", pattern);
        Assert.True(exitCode == 0, errors);
        string[] files = listed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(files);
        return files;
    }

    private static IEnumerable<string> LinesBeyond(int columns, string text) =>
        text.Split('\n')
            .Select((text, i) => (Text: text, Number: i + 1))
            .Where(line => line.Text.Length > columns)
            .Select(line => $"line {line.Number} has {line.Text.Length} columns: {line.Text.Trim()}");
}
