using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using HitSong;
using Notebooks;
using Research;
using Research.Serve;
using Research.Slurm;
using Tables;

// Before all else, so that no signal is lost. The kernel, which none may end, has handlers of its own.
using EndSignals? signals = args is ["kernel", "run", ..] ? null : new();

RootCommand root = new("Hit song prediction, from an mp3 to an evaluated model.")
{
    RunCommand.Create(),
    CollectCommand.Create(),
    CorpusCommand.Create(),
    ExtractCommand.Create(),
    DescribeCommand.Create(),
    TrainCommand.Create(),
    SweepCommand.Create(),
    JobsCommand.Create(),
    PublishCommand.Create(),
    RunsCommand.Create(),
    CompareCommand.Create(),
    EvaluateCommand.Create(),
    PredictCommand.Create(),
    PredictCommand.CreateRank(),
    ServeCommand.Create(),
    DecodeCommand.Create(),
    KernelCommand.Create(),
    DocsCommand.Create(),
    TestCommand.Create(),
};

Terminal.Guard();

// A file or a pipe has no width; tables need not be folded there.
if (Console.IsOutputRedirected)
    Spectre.Console.AnsiConsole.Profile.Width = 160;
ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    string verb = "";
    CommandResult command = parsed.CommandResult;
    while (command.Command != root)
    {
        verb = $"{command.Command.Name} {verb}";
        command = (CommandResult)command.Parent!;
    }
    string errors = Terminal.Line(string.Join(' ', parsed.Errors.Select(e => e.Message)));
    // As .NET gives them to a program, which cannot find a file of such a name.
    if (args.Any(argument => argument.Contains('\uFFFD')))
        errors +=
            " A name that is not UTF-8 cannot be given: rename it, for example with convmv -f latin1 -t utf8 --notest.";
    Console.Error.WriteLine($"{errors} See ./research {verb}--help.");
    return 2;
}
try
{
    if (parsed.Action is not AsynchronousCommandLineAction)
        signals?.EndAtOnce();
    return await parsed.InvokeAsync(
        new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
        signals?.Token ?? CancellationToken.None
    );
}
catch (Exception e)
    when (e is HitSongException or NotebookException or TableException or IOException or UnauthorizedAccessException)
{
    // The SQL, which a command's user has not written, says nothing to them.
    Console.Error.WriteLine(Terminal.Line(e is TableException refused ? refused.Reason : e.Message));
    return 1;
}
catch (UsageException e)
{
    Console.Error.WriteLine(Terminal.Line(e.Message));
    return 2;
}
catch (OperationCanceledException e)
{
    Console.Error.WriteLine(e is LeftRunningException ? e.Message : "Stopped.");
    return 130;
}
