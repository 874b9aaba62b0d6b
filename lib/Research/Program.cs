using System.CommandLine;
using System.CommandLine.Parsing;
using HitSong;
using Notebooks;
using Research;
using Research.Serve;
using Tables;

RootCommand root = new("Hit song prediction, from an mp3 to an evaluated model.")
{
    RunCommand.Create(),
    CollectCommand.Create(),
    CorpusCommand.Create(),
    ExtractCommand.Create(),
    TrainCommand.Create(),
    SweepCommand.Create(),
    RunsCommand.Create(),
    CompareCommand.Create(),
    PredictCommand.Create(),
    PredictCommand.CreateRank(),
    ServeCommand.Create(),
    DecodeCommand.Create(),
    KernelCommand.Create(),
    TestCommand.Create(),
};

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
    Console.Error.WriteLine($"{string.Join(' ', parsed.Errors.Select(e => e.Message))} See ./research {verb}--help.");
    return 2;
}
try
{
    return await parsed.InvokeAsync(
        new()
        {
            EnableDefaultExceptionHandler = false,
            // After Ctrl-C an epoch ends and its run is kept: give it the time.
            ProcessTerminationTimeout = TimeSpan.FromMinutes(2),
        }
    );
}
catch (Exception e)
    when (e is HitSongException or NotebookException or TableException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
catch (UsageException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped.");
    return 130;
}
