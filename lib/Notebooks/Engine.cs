using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;

namespace Notebooks;

/// <summary>
/// Runs C# cells one after another on a thread of its own. Variables, methods, types and usings carry over from cell to cell; a cell
/// that fails, to compile or while it runs, leaves none of its own behind.
/// </summary>
/// <remarks>
/// A host whose cells are to be interruptible in every loop sets <c>TieredCompilationQuickJitForLoops</c> to false in its project: .NET 10
/// doesn't stop a loop in a method that it replaced on the stack by an optimized one. An endless loop that catches every exception can't
/// be stopped at all.
/// </remarks>
public sealed class Engine : IDisposable
{
    private static readonly string[] usualImports =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Text", "System.Threading", "System.Threading.Tasks", typeof(CellFunctions).FullName!];

    // All of .NET, not the few assemblies that scripts reference by default: a cell should find what a program finds.
    private static readonly Lazy<MetadataReference[]> framework = new(() =>
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string[] trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return [.. trusted.Where(path => Path.GetDirectoryName(path) == folder).Select(path => MetadataReference.CreateFromFile(path))];
    });

    private readonly CellThread thread;
    private readonly Traceback traceback = new();
    private readonly EngineOptions options;
    private readonly ScriptOptions scriptOptions;
    private string workingDirectory;
    private ScriptState<object>? state;

    /// <summary>An engine that has run nothing yet.</summary>
    /// <exception cref="NotebookException">The working directory doesn't exist.</exception>
    public Engine(EngineOptions options)
    {
        this.options = options;
        workingDirectory = Path.GetFullPath(options.WorkingDirectory ?? Environment.CurrentDirectory);
        if (!Directory.Exists(workingDirectory)) throw new NotebookException($"{workingDirectory}: the cells' working directory doesn't exist");
        // Release, for the loops that people write in cells; the debug information names each cell as a file, for the line numbers of errors.
        scriptOptions = ScriptOptions.Default
            .WithReferences([.. framework.Value, .. options.References.Append(typeof(Engine).Assembly).Select(a => MetadataReference.CreateFromFile(a.Location))])
            .WithImports([.. usualImports, .. options.Imports])
            .WithMetadataResolver(ScriptMetadataResolver.Default.WithBaseDirectory(workingDirectory))
            .WithSourceResolver(ScriptSourceResolver.Default.WithBaseDirectory(workingDirectory))
            .WithOptimizationLevel(OptimizationLevel.Release)
            .WithEmitDebugInformation(true)
            .WithFileEncoding(Encoding.UTF8)
            .WithAllowUnsafe(true);
        thread = new CellThread();
    }

    /// <summary>How many cells have been run.</summary>
    public int ExecutionCount { get; private set; }

    /// <summary>The scripts that displayed HTML shares; the outputs hold empty placeholders of them.</summary>
    public SharedScripts Scripts { get; } = new();

    /// <summary>Runs a cell once those before it have ended.</summary>
    /// <param name="code">C#, as a script has it: statements, declarations, <c>await</c>, and a last expression without semicolon.</param>
    /// <param name="emit">Receives the outputs in order, one at a time, on whichever thread makes them; also later ones of a task the cell leaves behind.</param>
    /// <param name="interrupt">Stops the cell, a tight loop or a sleep too; it then fails with <c>Interrupted</c>.</param>
    public Task<CellResult> ExecuteAsync(string code, Action<OutputEvent> emit, CancellationToken interrupt = default) => thread.Run(() =>
    {
        int number = ++ExecutionCount;
        string hostDirectory = Environment.CurrentDirectory;
        var run = new CellRun(emit, options.StreamLimit, Scripts);
        OutputEvent.Error? error = null;
        ConsoleRouter.Install();
        CellRun.Current = run;
        try
        {
            Environment.CurrentDirectory = workingDirectory;
            state = Execute(code, number, run, interrupt);
        }
        catch (Exception) when (interrupt.IsCancellationRequested)
        {
            error = new OutputEvent.Error("Interrupted", "The cell was interrupted.", [$"Interrupted: Cell In[{number}] was interrupted."]);
        }
        catch (CompilationErrorException e)
        {
            error = traceback.OfCompilation(e.Diagnostics);
        }
        catch (NotebookException e)
        {
            error = new OutputEvent.Error("NotebookException", e.Message, [e.Message]);
        }
        catch (Exception e)
        {
            error = traceback.OfException(e);
        }
        finally
        {
            CellRun.Current = null;
            workingDirectory = Environment.CurrentDirectory;
            Environment.CurrentDirectory = hostDirectory;
        }
        if (error is null) run.Flush();
        else run.Emit(error);
        return new CellResult(number, error);
    });

    /// <summary>Ends the engine's thread after the cell that it runs.</summary>
    public void Dispose() => thread.Dispose();

    private ScriptState<object> Execute(string code, int number, CellRun run, CancellationToken interrupt)
    {
        string name = traceback.Add(number, code);
        ScriptOptions own = scriptOptions.WithFilePath(name);
        Script<object> script = state is null ? CSharpScript.Create<object>(code, own) : state.Script.ContinueWith<object>(code, own);
        RejectUnknownDirectives(script);
        script.Compile(interrupt);
        return thread.RunToEnd(async () =>
        {
            ScriptState<object> after = state is null ? await script.RunAsync(cancellationToken: interrupt) : await script.RunFromAsync(state, interrupt);
            if (after.ReturnValue is not DisplayHandle && (after.ReturnValue is not null || EndsWithValue(script)))
                run.Emit(new OutputEvent.Result(MimeBundle.Of(after.ReturnValue, run.Scripts), number));
            return after;
        }, interrupt);
    }

    // A script's value is null after a statement as well as after an expression that is null; only the latter is shown.
    private static bool EndsWithValue(Script script)
    {
        SyntaxTree tree = Tree(script);
        return ((CompilationUnitSyntax)tree.GetRoot()).Members.LastOrDefault() is GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last }
            && script.GetCompilation().GetSemanticModel(tree).GetTypeInfo(last.Expression).Type?.SpecialType != SpecialType.System_Void;
    }

    private static void RejectUnknownDirectives(Script script)
    {
        foreach (SyntaxTrivia trivia in Tree(script).GetRoot().DescendantTrivia().Where(t => t.IsDirective))
        {
            string line = $"{script.Options.FilePath}, line {trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";
            if (trivia.GetStructure() is ReferenceDirectiveTriviaSyntax reference && reference.File.ValueText.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase))
                throw new NotebookException($"{line}: packages can't be loaded from a cell yet; load an assembly with #r \"path.dll\"");
            if (trivia.ToString().StartsWith("#!", StringComparison.Ordinal))
                throw new NotebookException($"{line}: {trivia.ToString().Trim()} isn't known here; cells hold C#");
        }
    }

    private static SyntaxTree Tree(Script script) => script.GetCompilation().SyntaxTrees.Single(t => t.FilePath == script.Options.FilePath);
}
