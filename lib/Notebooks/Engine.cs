using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Html;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.ML;
using Notebooks.Interactive;
using Tables;

namespace Notebooks;

/// <summary>
/// Runs C# cells one after another on a thread of its own. Variables, methods, types and usings carry over from cell to
/// cell; a cell that fails, to compile or while it runs, leaves none of its own behind.
/// </summary>
/// <remarks>
/// An interrupt ends a cell's own loops at their next turn, whatever they catch, what a library calls of the cell, a
/// sleep and a wait. A library's own long loop and native code, which hear of nothing, can't be ended in .NET without
/// danger for the whole process: after two seconds the cell is left behind. It goes on on a thread of its own until it
/// is back in code of a cell, and the cells after it run on a new thread with all variables. What libraries keep for a
/// thread begins anew there.
/// </remarks>
public sealed partial class Engine : IDisposable
{
    private static readonly string[] usualImports =
    [
        "System",
        "System.Collections",
        "System.Collections.Generic",
        "System.IO",
        "System.Linq",
        "System.Text",
        "System.Threading",
        "System.Threading.Tasks",
        typeof(CellFunctions).FullName!,
        typeof(Interactive.Controls).Namespace!,
        typeof(Formatter).Namespace!,
    ];

    // All of .NET, not the few assemblies that scripts reference by default: a cell should find what a program finds.
    private static readonly Lazy<MetadataReference[]> framework = new(() =>
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return
        [
            .. HostAssemblies
                .Paths.Values.Where(path => Path.GetDirectoryName(path) == folder)
                .Select(HostAssemblies.Reference),
        ];
    });

    // Times what is shown, of what a cell prints.
    private const long FileLimit = 100;

    // How long the end of an engine waits for what is to be disposed of.
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(2);

    private readonly CellThread thread;
    private readonly Traceback traceback = new();
    private readonly EngineOptions options;
    private readonly PackageStore packages = new();
    private readonly List<MetadataReference> added = [];
    private readonly ScriptOptions scriptOptions;
    private readonly SqlSession sql = new();
    private readonly NamedValues named = new();
    private readonly KeptDisposables kept = new();
    private readonly string folder;
    private PythonProcess? python;
    private PackageExtensions? extensions;
    private string workingDirectory,
        hostDirectory = "";
    private ScriptState<object>? state;
    private CellRun? lastRun;
    private VariablesPanel? panel;

    /// <summary>An engine that has run nothing yet.</summary>
    /// <exception cref="NotebookException">The working directory doesn't exist.</exception>
    public Engine(EngineOptions options)
    {
        this.options = options;
        workingDirectory = folder = Path.GetFullPath(options.WorkingDirectory ?? Environment.CurrentDirectory);
        if (!Directory.Exists(workingDirectory))
            throw new NotebookException($"{workingDirectory}: the cells' working directory doesn't exist");
        Assembly[] assemblies =
        [
            .. options.References,
            typeof(Engine).Assembly,
            typeof(Table).Assembly,
            // A DataFrame is ML.NET's IDataView as well.
            typeof(DataFrame).Assembly,
            typeof(IDataView).Assembly,
            typeof(Formatter).Assembly,
            // What a PocketView is as well.
            typeof(IHtmlContent).Assembly,
        ];
        PortableExecutableReference[] loaded =
        [
            .. assemblies.Select(a => a.Location).Distinct().Select(HostAssemblies.Reference),
        ];
        // Release, for the loops that people write in cells; the debug information names each cell as a file, for the
        // line numbers of errors.
        scriptOptions = ScriptOptions
            .Default.WithReferences([.. framework.Value, .. loaded])
            .WithImports([.. usualImports, .. options.Imports])
            .WithMetadataResolver(new LoadedReferences(loaded, workingDirectory))
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

    /// <summary>What native code prints while a cell runs; null where a host doesn't capture it.</summary>
    internal NativeOutput? Native { get; init; }

    /// <summary>Whether a user can be asked to <see cref="Leave"/> a cell that doesn't stop; else it is left.</summary>
    internal bool AsksBeforeLeaving { get; init; }

    /// <summary>Runs a cell once those before it have ended.</summary>
    /// <param name="code">
    /// C#, as a script has it: statements, declarations, <c>await</c>, and a last expression without semicolon.
    /// </param>
    /// <param name="emit">
    /// Receives the outputs in order, one at a time, on whichever thread makes them; also later ones of a task the cell
    /// leaves behind.
    /// </param>
    /// <param name="interrupt">
    /// Stops the cell, a tight loop or a sleep too; it then fails with <c>Interrupted</c>, and is left behind where it
    /// hears of nothing.
    /// </param>
    /// <param name="ask">
    /// Asks the user for a line of text, hidden where the second argument is true; null where nobody can be asked.
    /// </param>
    /// <param name="counted">
    /// Whether the cell gets the next number; what a frontend evaluates for itself doesn't.
    /// </param>
    /// <param name="language">What the cell is in up to its first directive, by the name of a directive.</param>
    public Task<CellResult> ExecuteAsync(
        string code,
        Action<OutputEvent> emit,
        CancellationToken interrupt = default,
        Func<string, bool, string>? ask = null,
        bool counted = true,
        string language = "csharp"
    ) =>
        RunAsync(
            run =>
            {
                if (counted)
                    ExecutionCount++;
                string name = counted ? $"Cell In[{ExecutionCount}]" : "Expression";
                return Execute(state, code, language, name, run, interrupt);
            },
            emit,
            interrupt,
            ask
        );

    /// <summary>
    /// Calls something of the cells' own, such as a button's callback, once the cells before have ended.
    /// </summary>
    /// <param name="callback">What to call.</param>
    /// <param name="emit">Receives the outputs, as of a cell.</param>
    /// <param name="interrupt">Stops it, as a cell.</param>
    public Task<CellResult> CallAsync(Action callback, Action<OutputEvent> emit, CancellationToken interrupt = default)
    {
        return RunAsync(_ => thread.RunToEnd(Call, interrupt), emit, interrupt, null);

        Task<ScriptState<object>?> Call()
        {
            callback();
            return Task.FromResult(state);
        }
    }

    /// <summary>What could stand at a position of a cell.</summary>
    internal (int Start, int End, IReadOnlyList<Completion> Found) Complete(string code, int position) =>
        CodeAssist.Complete(Next(state, UsingDeclarations.Blanked(code), "Completion"), position, workingDirectory);

    /// <summary>
    /// What is known of the name at a position: signatures and doc comment, by MIME type; null where nothing is.
    /// </summary>
    internal JsonObject? Inspect(string code, int position) =>
        CodeAssist.Inspect(Next(state, UsingDeclarations.Blanked(code), "Inspection"), position);

    /// <summary>
    /// Whether a person who typed so much in a console is done: <c>complete</c>, <c>incomplete</c> with the next line's
    /// indentation, or <c>invalid</c>.
    /// </summary>
    internal static (string Status, string Indent) IsComplete(string code) =>
        CodeAssist.IsComplete(UsingDeclarations.Blanked(code));

    /// <summary>
    /// Has the compiler ready before the first cell comes, and a little later the parts of it that most cells and
    /// completions need.
    /// </summary>
    internal void WarmUp()
    {
        thread.Run(() => Next(null, "1 + 1", "Warm-up").Compile().Length);
        const string UsualCode = """
            record Row(int Key); int Twice(int n) => 2 * n; var rows = new List<Row>();
            for (int i = 0; i < 2; i++) rows.Add(new Row(Twice(i)));
            foreach (Row row in rows) Console.WriteLine($"{row.Key}");
            await Task.Yield();
            rows.Select(r => new { r.Key }).ToList()
            """;
        Script usual = Next(null, UsualCode, "Warm-up"),
            typed = Next(null, "Console.WriteLine(\"a\".ToU", "Warm-up");
        var later = new Thread(() =>
        {
            DefaultFormatters.Install();
            MimeBundle.Of(0, options);
            // A first cell that comes at once has the processor to itself.
            Thread.Sleep(2000);
            SyntaxTree tree = Tree(usual);
            InterruptionPoints.Into(tree, () => usual.GetCompilation().GetSemanticModel(tree));
            usual.Compile();
            CodeAssist.Complete(typed, typed.Code.Length, workingDirectory);
        })
        {
            IsBackground = true,
            Name = "warm-up",
        };
        later.Start();
    }

    /// <summary>Prints into the cell that runs, or ran last.</summary>
    internal void Print(bool error, ReadOnlySpan<char> text) => lastRun?.Append(error, text);

    /// <summary>
    /// Ends the engine's thread after the cell that it runs, and disposes of what cells have declared with
    /// <c>using</c>.
    /// </summary>
    public void Dispose()
    {
        Task disposed = thread.Run(() => thread.RunToEnd(Done(kept.DisposeAsync), CancellationToken.None));
        thread.Dispose();
        disposed.Wait(patience);
        python?.Dispose();
        sql.Dispose();
    }

    /// <summary>Leaves a cell behind that was interrupted and doesn't stop; all others go on.</summary>
    internal void Leave()
    {
        if (lastRun is not { IsStuck: true } run || !run.TryEnd())
            return;
        LeaveFolder();
        thread.Leave();
        string message =
            $"Cell In[{ExecutionCount}] was left behind: it goes on in the background until it is back in code of a "
            + "cell. To end it before, restart the kernel.";
        var error = new OutputEvent.Error("Interrupted", message, [$"Interrupted: {message}"]);
        run.Emit(error);
        run.Outcome.SetResult(new CellResult(ExecutionCount, error));
    }

    private void Stuck(CellRun run)
    {
        if (!AsksBeforeLeaving)
        {
            Leave();
            return;
        }
        const string Words = """

            The cell doesn't stop yet: it is in code that hears of no interrupt, a library's own loop or a native call.
            It ends as soon as it is back in code of the cell. Interrupt once more to leave it behind: your variables
            stay and the next cell can run, but what this one does goes on in the background, takes a processor, and may
            still change what it works on. Only a restart of the kernel ends it for certain; that loses the variables.

            """;
        run.Emit(new OutputEvent.Stream("stderr", Words));
    }

    private Task<CellResult> RunAsync(
        Func<CellRun, ScriptState<object>?> work,
        Action<OutputEvent> emit,
        CancellationToken interrupt,
        Func<string, bool, string>? ask
    )
    {
        var whole = new WholeOutput(
            () => Path.Combine(folder, $"cell-output-{ExecutionCount}.txt"),
            FileLimit * options.StreamLimit
        );
        var run = new CellRun(emit, options, whole, Scripts, ask, Native, Stuck, interrupt);
        thread.Post(() =>
        {
            try
            {
                Run(run, work);
            }
            catch (Exception e)
            {
                run.Outcome.TrySetException(e);
            }
        });
        // Nothing between the two takes the thread pool, which the cell may have filled.
        return run.Outcome.Task;
    }

    private void Run(CellRun run, Func<CellRun, ScriptState<object>?> work)
    {
        OutputEvent.Error? error = null;
        ScriptState<object>? after = state;
        ConsoleRouter.Install();
        DefaultFormatters.Install();
        CellRun.Current = lastRun = run;
        try
        {
            hostDirectory = Environment.CurrentDirectory;
            Environment.CurrentDirectory = workingDirectory;
            after = work(run);
        }
        catch (Exception) when (run.Interrupt.IsCancellationRequested)
        {
            error = new OutputEvent.Error(
                "Interrupted",
                "The cell was interrupted.",
                [$"Interrupted: Cell In[{ExecutionCount}] was interrupted."]
            );
        }
        catch (CompilationErrorException e)
        {
            error = traceback.OfCompilation(e.Diagnostics);
        }
        catch (LanguageException e)
        {
            error = e.Error;
        }
        catch (NotebookException e)
        {
            error = new OutputEvent.Error("NotebookException", e.Message, [e.Message]);
        }
        catch (Exception e)
        {
            error = traceback.OfException(e);
        }
        bool isLeft = !run.TryEnd();
        thread.RunToEnd(
            Done(() =>
                isLeft || error is not null ? KeptDisposables.DisposeAsync(run.Kept) : kept.AddAsync(run.Kept, after)
            ),
            CancellationToken.None
        );
        if (!isLeft && error is null)
            panel?.Show(VariablesPanel.TableOf([.. Variables(after)]));
        CellRun.Current = null;
        if (isLeft)
            return;
        state = after;
        LeaveFolder();
        Native?.Flush();
        if (error is null)
            run.Flush();
        else
            run.Emit(error);
        run.Close();
        run.Outcome.SetResult(new CellResult(ExecutionCount, error));
    }

    private static Func<Task<bool>> Done(Func<Task> work) =>
        async () =>
        {
            await work();
            return true;
        };

    private void LeaveFolder()
    {
        workingDirectory = Environment.CurrentDirectory;
        Environment.CurrentDirectory = hostDirectory;
    }

    // The state after the cell; the engine's own is left as it is until the whole cell has succeeded.
    private ScriptState<object>? Execute(
        ScriptState<object>? now,
        string code,
        string language,
        string name,
        CellRun run,
        CancellationToken interrupt
    )
    {
        traceback.Add(name, code);
        Stopwatch? clock = null;
        string forPage = "";
        foreach (CellPart part in CellPart.Split(code, name, language).ToList())
        {
            switch (part)
            {
                case { Command: "time" }:
                    clock = Stopwatch.StartNew();
                    break;
                case { Command: "who" }:
                    run.Display(string.Join(", ", Variables(now).Select(v => v.Name)));
                    break;
                case { Command: "whos" }:
                    DrawnTable table = VariablesPanel.TableOf([.. Variables(now)]);
                    run.Display(run.HasUser ? panel = new VariablesPanel(table) : table);
                    break;
                case { Command: "lsmagic" }:
                    run.Display(CellPart.Directives.Select(d => new { Directive = "#!" + d.Name, d.Use }).ToList());
                    break;
                case { Command: "about" }:
                    run.Display(
                        new
                        {
                            Language = "C# 14",
                            Runtime = RuntimeInformation.FrameworkDescription,
                            System = RuntimeInformation.OSDescription,
                            Engine = $"Notebooks {typeof(Engine).Assembly.GetName().Version!.ToString(3)}",
                            Folder = Environment.CurrentDirectory,
                            Memory = $"{Environment.WorkingSet >> 20} MiB",
                        }
                    );
                    break;
                case { Command: "import" }:
                    foreach ((string its, string imported) in ImportedFile.Read(part.Arguments))
                        now = Execute(now, imported, its, Path.GetFileName(part.Arguments.Trim('"')), run, interrupt);
                    break;
                case { Command: not null, Language: "javascript" }:
                    Sharing wish = Sharing.Parse(part, name);
                    string json = JsonForm.Of(Wanted(now, wish.Source, wish.MimeType, name, run, interrupt));
                    forPage += $"globalThis[\"{wish.As}\"] = {json};\n";
                    break;
                case { Command: not null }:
                    now = Share(now, part, Sharing.Parse(part, name), name, run, interrupt);
                    break;
                case { Language: "csharp" }:
                    now = ExecuteCSharp(now, part.Code, name, run, interrupt);
                    break;
                case { Language: "python" }:
                    thread.RunToEnd(() => Python().RunAsync(part.Code, run, interrupt), interrupt);
                    break;
                case { Language: "sh" }:
                    thread.RunToEnd(() => Shell.RunAsync(part.Code, run, interrupt), interrupt);
                    break;
                case { Language: "sql" }:
                    (string variable, Table result) = sql.Query(part, interrupt);
                    run.Display(result);
                    now = Declare(now, variable, result, name, run, interrupt);
                    break;
                case { Language: "value" }:
                    MimeContent? shown = thread.RunToEnd(
                        () =>
                            named.KeepAsync(
                                part,
                                name,
                                source => Wanted(now, source, null, name, run, interrupt),
                                interrupt
                            ),
                        interrupt
                    );
                    if (shown is not null)
                        run.Display(shown);
                    break;
                default:
                    string content = part.Code.Trim('\n');
                    if (part.Language == "javascript")
                        (content, forPage) = (forPage + content, "");
                    run.Display(MimeContent.OfLanguage(part.Language, content));
                    break;
            }
        }
        if (forPage != "")
            run.Display(MimeContent.OfLanguage("javascript", forPage));
        if (clock?.Elapsed is { } took)
            run.Display(
                took.TotalSeconds < 1
                    ? $"Wall time: {took.TotalMilliseconds:F1} ms"
                    : $"Wall time: {took.TotalSeconds:F2} s"
            );
        return now;
    }

    private ScriptState<object> ExecuteCSharp(
        ScriptState<object>? now,
        string code,
        string name,
        CellRun run,
        CancellationToken interrupt
    )
    {
        packages.AddSources(PackageSource.TakeFrom(ref code, workingDirectory));
        if (PackageReference.TakeFrom(ref code) is { Count: > 0 } wanted)
        {
            Reference(thread.RunToEnd(() => packages.AddAsync(wanted, workingDirectory, run, interrupt), interrupt));
            now = Extend(now, run, interrupt);
        }
        if (NamesKernels().IsMatch(code))
            Extensions();
        if (extensions is not null && AsksKernel().IsMatch(code))
            run.Append(
                error: true,
                "Cells run in this workspace's kernel, not in one of .NET Interactive's: Kernel.Root and "
                    + "KernelInvocationContext.Current are null here. display(…), #!set --value @input:\"…\" and "
                    + "#!share do what they are mostly asked for.\n"
            );
        string written = code;
        code = UsingDeclarations.Into(code, out IReadOnlyList<string> names);
        Script<object> script = Interruptible(now, code, name);
        // What is wrong, and in which column, is asked of the code as it was written.
        if (script.Compile(interrupt).Any(d => d.Severity == DiagnosticSeverity.Error))
            script = Next(now, code, name);
        run.Waking = () =>
        {
            // DuckDB ends a query where it is told to.
            IEnumerable<object> values = Variables(now).Select(v => v.Value).Concat(run.Kept.Select(k => k.Value));
            foreach (Database database in values.OfType<Database>())
                database.Interrupt();
        };
        return thread.RunToEnd(
            async () =>
            {
                await kept.DisposeAsync(names);
                // Who keeps what a cell's class made keeps its code as well, and need not know of notebooks.
                AppContext.SetData($"source of {script.GetCompilation().AssemblyName}", written);
                ScriptState<object> after = now is null
                    ? await script.RunAsync(cancellationToken: interrupt)
                    : await script.RunFromAsync(now, interrupt);
                if (after.ReturnValue is not DisplayHandle && (after.ReturnValue is not null || EndsWithValue(script)))
                    run.Emit(
                        new OutputEvent.Result(MimeBundle.Of(after.ReturnValue, options, run.Scripts), ExecutionCount)
                    );
                return after;
            },
            interrupt
        );
    }

    private void Reference(IEnumerable<string> assemblies) =>
        added.AddRange(assemblies.Select(HostAssemblies.Reference));

    private ScriptState<object>? Extend(ScriptState<object>? now, CellRun run, CancellationToken interrupt)
    {
        foreach ((string package, string folder) in packages.TakeExtensions())
        {
            PackageExtensions extensions = Extensions();
            IEnumerable<Action> assemblies = Directory
                .EnumerateFiles(folder, "*.dll")
                .Select<string, Action>(path =>
                    () => thread.RunToEnd(Done(() => extensions.LoadAsync(path)), interrupt)
                );
            IEnumerable<Action> scripts = Directory
                .EnumerateFiles(folder, "extension.dib")
                .SelectMany(ImportedFile.Read)
                .Select<(string Language, string Code), Action>(cell =>
                    () => now = Execute(now, cell.Code, cell.Language, "extension.dib", run, interrupt)
                );
            extensions.Load(package, run, assemblies.Concat(scripts));
        }
        return now;
    }

    // They bring the types of .NET Interactive's kernels, which few cells name and the first cell needn't wait for.
    private PackageExtensions Extensions()
    {
        if (extensions is null)
        {
            extensions = new PackageExtensions();
            Reference([PackageExtensions.Reference]);
        }
        return extensions;
    }

    // A table is DuckDB's on its way into C#.
    private ScriptState<object>? Share(
        ScriptState<object>? now,
        CellPart part,
        Sharing wish,
        string name,
        CellRun run,
        CancellationToken interrupt
    )
    {
        object? value = Wanted(now, wish.Source, wish.MimeType, name, run, interrupt);
        if (value is PasswordString password && wish.To != "csharp")
            value = password.GetClearTextPassword();
        switch (wish.To)
        {
            case "python":
                thread.RunToEnd(() => Python().SetAsync(wish.As, value, run, interrupt), interrupt);
                return now;
            case "sql":
                sql.Set(part, wish.As, SharedTable.OfFigure(value) ?? SharedTable.OfMatrix(value) ?? value);
                return now;
            case "value":
                named.Set(wish.As, value);
                return now;
            default:
                return Declare(
                    now,
                    wish.As,
                    value is SharedTable table
                        ? SqlSession.Table(table)
                        : value ?? throw new NotebookException($"{name}: {wish.Source} has no value."),
                    name,
                    run,
                    interrupt
                );
        }
    }

    // What @python:x, @input:"Prompt" or a literal stands for.
    private object? Wanted(
        ScriptState<object>? now,
        string source,
        string? mimeType,
        string name,
        CellRun run,
        CancellationToken interrupt
    )
    {
        if (Sharing.Question(source) is var (prompt, isHidden))
        {
            string typed = run.Ask(prompt, isHidden);
            return isHidden ? new PasswordString(typed) : typed;
        }
        if (Sharing.Value(source) is not var (language, variable))
            return Literal(source);
        object? value = language switch
        {
            "python" => thread.RunToEnd(() => Python().GetAsync(variable, run, interrupt), interrupt),
            "sql" => sql.Get(variable, interrupt),
            "value" => named.Get(variable),
            _ => (
                now?.GetVariable(variable)
                ?? throw new NotebookException($"{name}: there is no variable {variable} in C#.")
            ).Value,
        };
        if (mimeType is not null)
            return MimeBundle.Of(new FormsOf(value, [mimeType]), options)[mimeType]!.ToString();
        return value is null || options.ToShared(value) is not { } shared ? value
            : shared is JsonNode figure ? PlotlyArray.Unpacked(figure)
            : shared;
    }

    private static object? Literal(string written)
    {
        try
        {
            return PythonProcess.Value(JsonNode.Parse(written));
        }
        catch (JsonException)
        {
            return DirectiveArguments.Unquoted(written);
        }
    }

    private ScriptState<object> Declare(
        ScriptState<object>? now,
        string variable,
        object value,
        string name,
        CellRun run,
        CancellationToken interrupt
    )
    {
        return ExecuteCSharp(
            now,
            $"var {variable} = "
                + $"({TypeSyntax(value.GetType())})global::Notebooks.SharedValue.Take({SharedValue.Keep(value)});",
            name,
            run,
            interrupt
        );

        static string TypeSyntax(Type type) =>
            type.IsArray
                ? $"{TypeSyntax(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]"
                : "global::" + type.FullName;
    }

    private PythonProcess Python() => python is { HasEnded: false } ? python : python = PythonProcess.Start();

    // The newest of each name, in the order they were declared.
    private static IEnumerable<ScriptVariable> Variables(ScriptState<object>? now) =>
        (now?.Variables ?? []).Reverse().DistinctBy(v => v.Name).Reverse();

    private Script<object> Next(ScriptState<object>? now, string code, string name)
    {
        // Later cells inherit the first one's references and imports; given again, they would be kept again for each
        // cell.
        return now is null
            ? CSharpScript.Create<object>(code, scriptOptions.AddReferences(added).WithFilePath(name))
            : now.Script.ContinueWith<object>(
                code,
                scriptOptions.WithReferences(added).WithImports().WithFilePath(name)
            );
    }

    private Script<object> Interruptible(ScriptState<object>? now, string code, string name)
    {
        Script<object> written = Next(now, code, name);
        SyntaxTree tree = Tree(written);
        string interruptible = InterruptionPoints.Into(tree, () => written.GetCompilation().GetSemanticModel(tree));
        return interruptible == code ? written : Next(now, interruptible, name);
    }

    // A script's value is null after a statement as well as after an expression that is null; only the latter is shown.
    private static bool EndsWithValue(Script script)
    {
        SyntaxTree tree = Tree(script);
        return ((CompilationUnitSyntax)tree.GetRoot()).Members.LastOrDefault()
                is GlobalStatementSyntax
                {
                    Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last
                }
            && script.GetCompilation().GetSemanticModel(tree).GetTypeInfo(last.Expression).Type?.SpecialType
                != SpecialType.System_Void;
    }

    private static SyntaxTree Tree(Script script) =>
        script.GetCompilation().SyntaxTrees.Single(t => t.FilePath == script.Options.FilePath);

    [GeneratedRegex(@"Microsoft\.DotNet\.Interactive(?!\.Formatting)")]
    private static partial Regex NamesKernels();

    [GeneratedRegex(@"\bKernel\.(Root|GetInputAsync|GetPasswordAsync)\b|\bKernelInvocationContext\.Current\b")]
    private static partial Regex AsksKernel();
}
