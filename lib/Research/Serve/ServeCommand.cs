using System.CommandLine;
using System.Net;
using HitSong.Experiments;

namespace Research.Serve;

/// <summary><c>./research serve</c>: trained models in the browser, and as a JSON API.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var host = new Option<string>("--host")
        {
            Description = "Address to listen at. There is no password: 0.0.0.0 lets everybody on the network ask.",
            DefaultValueFactory = _ => "127.0.0.1",
            HelpName = "ADDRESS",
        };
        host.Validators.Add(result =>
        {
            if (!IPAddress.TryParse(result.Tokens.Count > 0 ? result.Tokens[0].Value : "127.0.0.1", out _))
                result.AddError($"--host takes an address such as 127.0.0.1 or 0.0.0.0, not {result.Tokens[0].Value}.");
        });
        Option<int> port = Parse.WholeNumber(
            "--port",
            0,
            8642,
            "Port to listen at; 0 takes any that is free. Default: 8642."
        );
        port.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out int number) && number > 65535)
                result.AddError($"--port takes a number up to 65535, not {number}.");
        });
        var model = new Option<string?>("--model")
        {
            Description =
                "The run that is asked where the page or a request names none, by its name or a part of "
                + "it that only it has. Default: the audited run of the largest skill, of those that "
                + "listen and of those that read numbers.",
            HelpName = "RUN",
        };
        Option<RunStore?> runs = Parse.Runs();
        Option<int> megabytes = Parse.WholeNumber(
            "--limit-mb",
            1,
            100,
            "Largest file that is taken, MB; a larger one is refused while it arrives. Default: 100."
        );
        Option<int> seconds = Parse.WholeNumber(
            "--decode-seconds",
            1,
            60,
            "Longest time that a file may take to decode. Default: 60."
        );
        var command = new Command(
            "serve",
            "Predictions in the browser: drop songs or an album, hear them, see where the model looks, what it "
                + "says and how sure that is; turn the numbers of a catalogue and see what each does; see what the "
                + "models are worth.\n"
                + "The same as a JSON API, described in /openapi.json: "
                + "curl -F file=@song.mp3 http://127.0.0.1:8642/api/predict\n"
                + "Files are decoded in a process apart, lie in a private folder and are gone after the answer. "
                + "Nothing leaves this machine. Ctrl-C ends it."
        )
        {
            host,
            port,
            model,
            runs,
            megabytes,
            seconds,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var settings = new ServeSettings(
                    IPAddress.Parse(parsed.GetValue(host)!),
                    parsed.GetValue(port),
                    parsed.GetValue(runs) ?? Workspace.Runs,
                    parsed.GetValue(model),
                    parsed.GetValue(megabytes) * 1_000_000L,
                    TimeSpan.FromSeconds(parsed.GetValue(seconds))
                );
                await using var server = await Server.StartAsync(settings);
                Console.WriteLine($"Listening at {server.Address}  Ctrl-C ends it.");
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellation);
                }
                catch (OperationCanceledException) { }
                return 0;
            }
        );
        return command;
    }
}
