using System.CommandLine;
using System.Diagnostics;
using System.Xml.Linq;

namespace Research;

/// <summary><c>./research test</c>: every test project, and one closing line over all.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var filter = new Option<string?>("--filter")
        {
            Description = "Only tests that this matches, such as FullyQualifiedName~Wilson (as dotnet test takes it).",
        };
        var command = new Command(
            "test",
            "Run every test. Ends with \"N passed, N failed, N skipped\", and fails where one failed or none ran."
        )
        {
            filter,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(filter), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string? filter, CancellationToken cancellation)
    {
        string results = Path.Combine(Workspace.Artifacts, "test-results");
        if (Directory.Exists(results))
            Directory.Delete(results, recursive: true);
        var outcomes = new List<(string Outcome, string Name, string? Message)>();
        bool broken = false;
        string[] projects = Directory.GetDirectories(Path.Combine(Workspace.Root, "tests"), "*.Tests");
        foreach (string project in projects.Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(project),
                trx = Path.Combine(results, $"{name}.trx");
            var start = new ProcessStartInfo("dotnet")
            {
                ArgumentList =
                {
                    "test",
                    Path.Combine(project, "bin", "Release", "net10.0", $"{name}.dll"),
                    "--logger",
                    $"trx;LogFileName={trx}",
                    "--results-directory",
                    results,
                },
            };
            if (filter is not null)
            {
                start.ArgumentList.Add("--filter");
                start.ArgumentList.Add(filter);
            }
            Console.WriteLine($"\n{name}");
            using Process process = Process.Start(start)!;
            await process.WaitForExitAsync(cancellation);
            if (File.Exists(trx))
                outcomes.AddRange(Read(trx));
            // A test host that died leaves no results, or ends without them all.
            broken |= process.ExitCode != 0 || (filter is null && !File.Exists(trx));
        }

        int Count(string outcome) => outcomes.Count(o => o.Outcome == outcome);
        int passed = Count("Passed"),
            skipped = Count("NotExecuted"),
            failed = outcomes.Count - passed - skipped;
        Console.WriteLine();
        foreach (var reason in outcomes.Where(o => o.Outcome == "NotExecuted").GroupBy(o => o.Message))
            Console.WriteLine($"{reason.Count()} skipped: {reason.Key}");
        foreach (var test in outcomes.Where(o => o.Outcome is not ("Passed" or "NotExecuted")))
            Console.WriteLine($"{test.Outcome}: {test.Name}");
        if (passed + failed == 0)
            Console.WriteLine(filter is null ? "No test ran." : $"No test matches {filter}.");
        if (broken && failed == 0)
            Console.WriteLine("A test project ended with an error of its own; its output above says which.");
        Console.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
        return broken || failed > 0 || passed == 0 ? 1 : 0;
    }

    private static IEnumerable<(string, string, string?)> Read(string trx)
    {
        XNamespace ns = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";
        return XDocument
            .Load(trx)
            .Descendants(ns + "UnitTestResult")
            .Select(r =>
                (
                    (string)r.Attribute("outcome")!,
                    (string)r.Attribute("testName")!,
                    (string?)r.Descendants(ns + "Message").FirstOrDefault()
                        ?? (string?)r.Descendants(ns + "StdOut").FirstOrDefault()
                )
            );
    }
}
