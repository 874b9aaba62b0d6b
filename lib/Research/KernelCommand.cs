using System.CommandLine;
using Notebooks;
using Notebooks.Jupyter;

namespace Research;

/// <summary><c>./research kernel</c>: C# in VS Code, Jupyter and every other client of the Jupyter protocol.</summary>
internal static class KernelCommand
{
    public static Command Create() =>
        new(
            "kernel",
            "The C# kernel for VS Code, JupyterLab, Notebook, jupyter console, nbclient: install, list, uninstall."
        )
        {
            Install(),
            List(),
            Uninstall(),
            Run(),
        };

    private static Command Install()
    {
        Option<string?> prefix = Prefix();
        var command = new Command("install", "Write the kernel spec \"C#\", by which Jupyter clients find the kernel.")
        {
            prefix,
        };
        command.SetAction(parsed =>
        {
            string folder = KernelSpec.Install(
                Folder(parsed.GetValue(prefix)),
                [Environment.ProcessPath!, typeof(KernelCommand).Assembly.Location, "kernel", "run"]
            );
            Console.WriteLine(
                $"Installed: {folder}\nIn VS Code, open a notebook and choose Select Kernel, Jupyter Kernel, C#."
            );
        });
        return command;
    }

    private static Command List()
    {
        Option<string?> prefix = Prefix();
        var command = new Command("list", "Show whether the kernel spec is installed, and where.") { prefix };
        command.SetAction(parsed =>
        {
            string folder = Folder(parsed.GetValue(prefix));
            Console.WriteLine(
                KernelSpec.IsInstalled(folder)
                    ? $"csharp  C#  {KernelSpec.Folder(folder)}"
                    : $"No C# kernel in {folder}. ./research kernel install puts it there."
            );
        });
        return command;
    }

    private static Command Uninstall()
    {
        Option<string?> prefix = Prefix();
        var command = new Command("uninstall", "Remove the kernel spec.") { prefix };
        command.SetAction(parsed =>
        {
            string folder = Folder(parsed.GetValue(prefix));
            Console.WriteLine(
                KernelSpec.Uninstall(folder)
                    ? $"Removed: {KernelSpec.Folder(folder)}"
                    : $"There was no C# kernel in {folder}."
            );
        });
        return command;
    }

    private static Command Run()
    {
        var file = new Argument<string>("connection-file") { Description = "The file that the client wrote." };
        var command = new Command("run", "Serve a client: what the kernel spec calls.") { file };
        command.SetAction(parsed => Kernel.Run(parsed.GetValue(file)!, Workspace.CellOptions));
        return command;
    }

    private static Option<string?> Prefix() =>
        new("--prefix")
        {
            Description = "An installation, such as a Python environment, instead of the user's own Jupyter folder.",
        };

    private static string Folder(string? prefix) =>
        prefix is null ? KernelSpec.UserFolder : KernelSpec.PrefixFolder(prefix);
}
