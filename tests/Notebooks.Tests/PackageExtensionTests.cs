using System.IO.Compression;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.DotNet.Interactive.Formatting;
using Notebooks;

namespace Tests;

/// <summary>The extensions for notebooks that packages bring.</summary>
public sealed class PackageExtensionTests : IDisposable
{
    private readonly TemporaryFolder folder = new("extensions");
    private readonly Cells cells;

    public PackageExtensionTests() => cells = new Cells(new EngineOptions { WorkingDirectory = folder.Path });

    public void Dispose()
    {
        cells.Dispose();
        folder.Dispose();
        Formatter.ResetToDefault();
    }

    [Fact]
    public async Task Packages_as_they_are_published_bring_their_formatters()
    {
        await cells.Show(
            """
            using Microsoft.Data.Analysis;
            var titles = new StringDataFrameColumn("title", ["<é>", null]);
            var songs = new DataFrame(titles, new Int32DataFrameColumn("plays", [1, 2]));
            """
        );
        Assert.StartsWith("<table>\n<caption>2 rows &#215; 2 columns</caption>", await Html("songs"));
        // Microsoft.Data.Analysis.Interactive's own, which the kernel of .NET Interactive shows as well
        Assert.Matches(
            "^<table id=\"table_[0-9]+\"><thead><tr><th><i>index</i></th><th>title</th><th>plays</th></tr></thead>"
                + "<tbody><tr><td><i>0</i></td><td>&lt;(é|&#xE9;|&#233;)&gt;</td><td>1</td></tr>",
            await Result("#r \"nuget: Microsoft.Data.Analysis\"\nsongs")
        );
        Assert.StartsWith("2 rows × 2 columns\n", await cells.Show("songs"));
        Assert.Equal(
            "<div><span style=\"width: 2em; background: rgb(255,0,0); display: inline-block; "
                + "border: 1px solid black; \">&nbsp;</span><span>&nbsp;rgb(255,0,0)</span></div>",
            await Result("#r \"nuget: SkiaSharp, 3.119.4\"\nusing SkiaSharp;\nSKColors.Red")
        );
        string chart = await Result(
            """
            #r "nuget: Plotly.NET.Interactive, 6.0.0"
            #r "nuget: Plotly.NET.CSharp, 0.14.0"
            using Plotly.NET;
            Plotly.NET.CSharp.Chart.Line<int, int, string>([1, 2], [7, 8])
            """
        );
        Assert.Contains("https://cdn.plot.ly/plotly-2.28.0.min", chart);
        Assert.Contains("\"y\":[7,8]", chart);
        // Nothing is loaded or displayed twice.
        Assert.NotNull(await cells.Run("#r \"nuget: Plotly.NET.Interactive, 6.0.0\"\n\"a\".Display();"));
        Assert.Equal("", cells.Printed);
    }

    [Fact]
    public async Task A_script_extends_and_what_the_kernel_lacks_is_named()
    {
        Pack(
            "Own.Clock",
            """
            using Microsoft.DotNet.Interactive; using Microsoft.DotNet.Interactive.Directives;
            using Microsoft.DotNet.Interactive.Formatting; using System.Threading.Tasks;
            namespace Own
            {
                public record Clock(int Hour);
                public static class ClockExtension
                {
                    public static void Load(Kernel kernel)
                    {
                        Formatter.Register<Clock>(clock => $"<b>{clock.Hour}:00</b>", "text/html");
                        kernel.AddDirective(new KernelActionDirective("#!clock"), (_, _) => Task.CompletedTask);
                        KernelInvocationContext.Current?.Display("The clock is loaded.", "text/plain");
                    }
                }
                public class Broken : IKernelExtension
                {
                    public Task OnLoadAsync(Kernel kernel)
                    {
                        Formatter.Register<int>(number => $"<i>{number}</i>", "text/html");
                        return kernel.FindKernelByName("csharp").SubmitCodeAsync("1");
                    }
                }
            }
            """,
            "#!csharp\n\nOwn.ClockExtension.Load(Microsoft.DotNet.Interactive.KernelInvocationContext.Current"
                + ".HandlingKernel.RootKernel);\nConsole.WriteLine(\"ticks\");\n"
        );
        Assert.Equal("<b>3:00</b>", await Result("#r \"nuget: Own.Clock, 1.0.0\"\nnew Own.Clock(3)"));
        Assert.Contains(
            cells.Outputs,
            output =>
                output is OutputEvent.Display display && (string?)display.Data["text/plain"] == "The clock is loaded."
        );
        Assert.Contains("ticks\n", cells.Printed);
        Assert.Contains(
            "The extension for notebooks in Own.Clock 1.0.0 adds #!clock to the kernel of .NET Interactive",
            cells.Printed
        );
        Assert.Contains("The extension for notebooks in Own.Clock 1.0.0 needs what this kernel lacks", cells.Printed);
        Assert.Equal("<i>7</i>", await Html("7"));
    }

    private Task<string?> Html(string code) => cells.Show(code, "text/html");

    // The HTML of a cell's value, after what it says of packages.
    private async Task<string> Result(string code)
    {
        OutputEvent.Error? error = (await cells.Run(code)).Error;
        Assert.True(error is null, error is null ? "" : string.Join('\n', error.Traceback));
        return (string)Assert.Single(cells.Outputs.OfType<OutputEvent.Result>()).Data["text/html"]!;
    }

    // A package in a source of its own, beside the user's.
    private void Pack(string name, string code, string script)
    {
        string assembly = folder.At(name + ".dll");
        IEnumerable<string> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':');
        var compiled = CSharpCompilation
            .Create(
                name,
                [CSharpSyntaxTree.ParseText(code)],
                references.Select(path => MetadataReference.CreateFromFile(path)),
                new(OutputKind.DynamicallyLinkedLibrary)
            )
            .Emit(assembly);
        Assert.True(compiled.Success, string.Join('\n', compiled.Diagnostics));
        File.WriteAllText(
            folder.At("nuget.config"),
            """
            <configuration>
              <config><add key="globalPackagesFolder" value="cache" /></config>
              <packageSources><clear /><add key="own" value="feed" /></packageSources>
            </configuration>
            """
        );
        Directory.CreateDirectory(folder.At("feed"));
        using ZipArchive package = ZipFile.Open(folder.At($"feed/{name}.1.0.0.nupkg"), ZipArchiveMode.Create);
        Add(
            $"{name}.nuspec",
            $"<package><metadata><id>{name}</id><version>1.0.0</version><authors>a</authors>"
                + "<description>d</description></metadata></package>"
        );
        package.CreateEntryFromFile(assembly, $"lib/net8.0/{name}.dll");
        package.CreateEntryFromFile(assembly, $"interactive-extensions/dotnet/{name}.dll");
        Add("interactive-extensions/dotnet/extension.dib", script);

        void Add(string entry, string text)
        {
            using var writer = new StreamWriter(package.CreateEntry(entry).Open());
            writer.Write(text);
        }
    }
}
