using System.CommandLine;
using HitSong.Experiments;

namespace Research;

/// <summary><c>./research runs import</c>: weights that others trained, as a run.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var recipe = new RecipeOptions("published", trains: false);
        var weights = new Option<FileInfo>("--weights")
        {
            Description =
                "Their file: a state dict of PyTorch (.pth, .safetensors) with the network's own names and shapes, or, "
                + "of a network of dense layers alone, what Keras' save or save_weights wrote (.h5). Nothing in it is "
                + "executed.",
            HelpName = "FILE",
            Required = true,
        }.AcceptExistingOnly();
        var scaler = new Option<FileInfo>("--scaler")
        {
            Description =
                "Where the recipe scales: a CSV file with a row for each input, its name, mean and scale. Of a "
                + "catalogue the numbers come first, then the genres, in the order of the network's inputs. In Python: "
                + "pd.DataFrame({'mean': s.mean_, 'scale': s.scale_}, index=columns).to_csv('scaler.csv')",
            HelpName = "FILE",
        }.AcceptExistingOnly();
        Option<RunStore?> runs = Parse.Runs();
        var command = new Command(
            "import",
            "Make a run of weights that others trained, scored on all songs that are named, else on the demo corpus, "
                + "so that evaluate, predict, serve and compare take it like any other. It is called imported, and has "
                + "no figures of a training.\n"
                + "A catalogue's:  ./research runs import spotify-mlp-bins4-duration --weights model.h5 --scaler "
                + "scaler.csv --catalogue tracks.csv --artists artists.csv\n"
                + "One that hears: ./research runs import tiktok-lstm --weights model.pth --audio ~/tiktok\n"
                + "Of a network of another size --set says so, as in --set Model.Units=[64,64]."
        )
        {
            weights,
            scaler,
            runs,
        };
        recipe.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), cancellation));
        return command;

        int Run(ParseResult parsed, CancellationToken cancellation)
        {
            RunStore store = parsed.GetValue(runs) ?? Workspace.Runs;
            Recipe named = recipe.Recipe(parsed);
            Source source = recipe.Source(parsed, cancellation);
            Run run = LongWork.Show(
                $"{named.Experiment} on {source.Name}",
                report =>
                    ImportedWeights.Import(
                        named,
                        source,
                        store,
                        parsed.GetValue(weights)!.FullName,
                        parsed.GetValue(scaler)?.FullName,
                        p => report((double)p.Done / p.Total, $"{p.Stage}, {p.Done} of {p.Total}"),
                        cancellation
                    )
            );
            ResultsTable.Print([run]);
            ResultsTable.Print(run.LeftOut);
            Console.WriteLine($"\nKept in {Path.GetRelativePath(Environment.CurrentDirectory, store.PathOf(run))}");
            ResultsTable.Print(run.Failures);
            return 0;
        }
    }
}
