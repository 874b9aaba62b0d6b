using System.Reflection;
using HitSong;
using HitSong.Corpus;
using HitSong.Experiments;
using HitSong.Features;
using Notebooks;
using Tests;

namespace Research.Tests;

/// <summary>The examples of <c>HitSong</c>'s doc comments.</summary>
[Collection(nameof(ExampleTests))]
public sealed class ExampleTests(ExampleTests.Folder folder) : IClassFixture<ExampleTests.Folder>
{
    private const BindingFlags Own =
        BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Assembly Library = typeof(HitSongException).Assembly;

    private static readonly Type[] Types = Library.GetExportedTypes();

    private static readonly IReadOnlyList<Example> Examples = Example.ReadAll(
        Path.ChangeExtension(Library.Location, ".xml")
    );

    // What other types make, tell or write with; nobody begins with them.
    private static readonly Type[] NoEntries =
    [
        typeof(ImmediateProgress<>),
        typeof(LockedFile),
        typeof(Nearest),
        typeof(WholeFile),
        typeof(Failure),
        typeof(LeftOut),
        typeof(ExtractionProgress),
        typeof(ExtractionShare),
        typeof(StoredFile),
        typeof(ExperimentProgress),
        typeof(RunEnvironment),
        typeof(SweepResult),
        typeof(UsedTrack),
    ];

    /// <summary>Trains on torch's default generator, of which there is one a process.</summary>
    [CollectionDefinition(nameof(ExampleTests), DisableParallelization = true)]
    public sealed class Alone;

    /// <summary>A folder where notebooks could lie, beside the demo corpus.</summary>
    public sealed class Folder : IDisposable
    {
        private readonly TemporaryFolder folder = new();

        public Folder()
        {
            string corpus = DemoCorpus.Open(Path.Combine(Repository.Root, "data", "demo", "corpus")).Folder;
            foreach (string name in (string[])["notebooks", "artifacts", "data/demo"])
                Directory.CreateDirectory(folder.At(name));
            Directory.CreateSymbolicLink(folder.At("data/demo/corpus"), corpus);
        }

        public string Notebooks => folder.At("notebooks");

        public void Dispose() => folder.Dispose();
    }

    public static TheoryData<string> Members => [.. Examples.Select(example => example.Member).Distinct()];

    [Theory]
    [MemberData(nameof(Members))]
    public async Task An_example_runs_and_gives_what_its_comments_say(string member)
    {
        foreach (Example example in Examples.Where(example => example.Member == member))
        {
            string? fault = await example.FaultAsync(Options());
            Assert.True(fault is null, $"{member}: {fault}\n\n{example.Code}");
        }
    }

    [Theory]
    [InlineData("int a = 2;\na + 1 // 3", null)]
    [InlineData("int a = 2; // 3\na", "line 1: the comment says 3, the value is 2")]
    [InlineData("int a = 2; // 2\na + 1 // 2", "line 2: the comment says 2, the value is 3")]
    [InlineData("double[] third = [1 / 3.0, -2]; // [0.33, -2]", null)]
    [InlineData("1 / 3.0 // 0.34", "the comment says 0.34")]
    [InlineData("\"major\" // minor", "the comment says minor, the value is major")]
    [InlineData("1 / 3.0;\nint a = 1;", "line 1: error CS0201")]
    [InlineData("int a = 1;\nthrow new Exception(\"no\");", "line 2")]
    [InlineData("Console.Write(1); // 1", "can only be the value of a variable")]
    public async Task What_an_example_does_not_give_is_found(string code, string? fault)
    {
        string? found = await new Example("", code).FaultAsync(Options());
        Assert.True(fault is null ? found is null : found?.Contains(fault) == true, found);
    }

    [Fact]
    public void Every_type_that_a_user_begins_with_has_an_example()
    {
        string[] without =
        [
            .. Types
                .Where(type => IsEntry(type) && !Examples.Any(example => example.Member == $"T:{type.FullName}"))
                .Select(type => type.FullName!),
        ];
        Assert.Equal(NoEntries.Select(type => type.FullName).Order(), without.Order());
    }

    // Static methods are where one begins; so is a constructor, unless the library makes such objects itself.
    private static bool IsEntry(Type type)
    {
        bool isOther =
            !type.IsClass
            || type.IsNested
            || (type.IsAbstract && !type.IsSealed)
            || typeof(Delegate).IsAssignableFrom(type)
            || typeof(Exception).IsAssignableFrom(type)
            || type.Name.EndsWith("Settings", StringComparison.Ordinal);
        bool hasStatic = type.GetMethods(Own)
            .Any(method => method.IsStatic && !method.Name.StartsWith("op_", StringComparison.Ordinal));
        return !isOther && (hasStatic || (type.GetConstructors().Length > 0 && !IsGiven(type)));
    }

    private static bool IsGiven(Type type) =>
        Types
            .Where(other => other != type)
            .SelectMany(other => other.GetMethods(Own))
            .Any(method => Named(method.ReturnType).Contains(type));

    private static IEnumerable<Type> Named(Type type) =>
        type.HasElementType ? Named(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Named).Append(type)
        : [type];

    // An example stands as in a notebook that imports every room, and Tables.
    private EngineOptions Options() =>
        Workspace.CellOptions with
        {
            Imports = [.. Types.Select(type => type.Namespace!).Distinct(), typeof(Tables.Table).Namespace!],
            WorkingDirectory = folder.Notebooks,
        };
}
