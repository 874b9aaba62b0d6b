using System.CommandLine;
using HitSong;
using HitSong.Charts;
using HitSong.Corpus;
using HitSong.Experiments;

namespace Research;

/// <summary><c>./research runs export</c>: kept runs in forms that other programs read.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var filter = new Argument<string?>("filter")
        {
            Description = "Only runs whose name contains this, such as audited or 20261120.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var tensorBoard = new Option<DirectoryInfo?>("--tensorboard")
        {
            Description =
                "TensorBoard's event files, a folder a run: losses, accuracies and learning rate of every epoch, and "
                + "pictures of confusion, ROC and reliability. tensorboard --logdir FOLDER shows them.",
            HelpName = "FOLDER",
        };
        var onnx = new Option<DirectoryInfo?>("--onnx")
        {
            Description =
                "The networks as ONNX, RUN.onnx each, of dense and convolutional layers: the scaler is in the graph, "
                + "which answers probabilities before calibration. spectrogram-cnn takes its pictures. A recurrent "
                + "network is refused by name.",
            HelpName = "FOLDER",
        };
        var table = new Option<FileInfo?>("--table")
        {
            Description = "All these runs as one table, a row each, with recipe and figures: .parquet or .csv.",
            HelpName = "FILE",
        };
        Option<RunStore?> store = Parse.Runs();
        var command = new Command(
            "export",
            "Write kept runs in forms that other programs read. The same command writes them anew.\n"
                + "TensorBoard:  ./research runs export --tensorboard artifacts/tensorboard\n"
                + "ONNX:         ./research runs export hiphop-cnn1-audited --onnx artifacts/onnx\n"
                + "A table:      ./research runs export --table artifacts/runs.parquet"
        )
        {
            filter,
            tensorBoard,
            onnx,
            table,
            store,
        };
        Option[] forms = [tensorBoard, onnx, table];
        command.Validators.Add(result =>
        {
            if (forms.All(form => result.GetResult(form) is null))
                result.AddError("Say in which form: --tensorboard FOLDER, --onnx FOLDER or --table FILE.");
            if (result.GetValue(table) is { Extension: not (".parquet" or ".csv") } other)
                result.AddError($"--table takes a .parquet or .csv, not {other.Name}.");
        });
        command.SetAction(parsed =>
            Execute(
                parsed.GetValue(store) ?? Workspace.Runs,
                parsed.GetValue(filter) ?? "",
                parsed.GetValue(tensorBoard),
                parsed.GetValue(onnx),
                parsed.GetValue(table)
            )
        );
        return command;
    }

    private static int Execute(
        RunStore store,
        string part,
        DirectoryInfo? tensorBoard,
        DirectoryInfo? onnx,
        FileInfo? table
    )
    {
        var (runs, damaged) = store.Read(id => id.Contains(part, StringComparison.OrdinalIgnoreCase));
        if (runs.Count == 0 && damaged.Count == 0)
            throw new UsageException($"There is no run {part}. ./research runs shows them all.");
        List<Failure> failures = [.. damaged];
        if (tensorBoard is not null)
            Each(run => TensorBoardFile.Save(run, tensorBoard.FullName));
        if (onnx is not null)
        {
            Directory.CreateDirectory(onnx.FullName);
            Each(run => Onnx(store.PathOf(run), Path.Combine(onnx.FullName, $"{run.Id}.onnx")));
        }
        if (table is not null)
        {
            Directory.CreateDirectory(table.DirectoryName!);
            store.ExportTable(table.FullName, part);
            Console.WriteLine(Relative(table.FullName));
        }
        ResultsTable.Print(failures);
        return failures.Count > 0 ? 1 : 0;

        // What one run cannot be is no reason to leave the others.
        void Each(Func<Run, string> write)
        {
            foreach (Run run in runs)
            {
                try
                {
                    Console.WriteLine(Relative(write(run)));
                }
                catch (HitSongException e)
                {
                    failures.Add(new(run.Id, e.Message));
                }
            }
        }

        static string Relative(string path) => Path.GetRelativePath(Environment.CurrentDirectory, path);
    }

    private static string Onnx(string run, string path)
    {
        using Predictor predictor = Predictor.LoadForMany(run);
        predictor.SaveOnnx(path);
        return path;
    }
}
