using System.CommandLine;
using HitSong;
using Research;
using Tables;

RootCommand root = new("Hit song prediction, from an mp3 to an evaluated model.")
{
    CollectCommand.Create(), CorpusCommand.Create(), TestCommand.Create(), TrainCommand.Create(),
};
ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    Console.Error.WriteLine(string.Join(' ', parsed.Errors.Select(e => e.Message)));
    Console.Error.WriteLine($"./research {parsed.CommandResult.Command.Name} --help tells what is allowed.");
    return 2;
}
try
{
    return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is HitSongException or TableException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped.");
    return 130;
}
