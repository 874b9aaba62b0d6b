using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Notebooks.Jupyter;
using Spectre.Console;

namespace Benchmarks;

/// <summary>
/// The C# kernel beside python3-ipykernel and .NET Interactive's C# kernel, all driven by the same client,
/// jupyter_client, in turn.
/// </summary>
internal static class KernelBenchmark
{
    private const string Client = """
        import json, os, statistics, subprocess, sys, time
        prefix, root, rounds, cells, most = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
        kernels_folder = os.path.join(prefix, 'share', 'jupyter')
        os.environ.update(JUPYTER_PATH=kernels_folder, JUPYTER_PLATFORM_DIRS='0', PYDEVD_DISABLE_FILE_VALIDATION='1',
                          DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT='1')
        # Its kernel is a local tool of the repository.
        os.chdir(root)
        from jupyter_client.manager import start_new_kernel

        def run(client, code):
            start = time.perf_counter()
            answer = client.execute_interactive(code, output_hook=lambda m: None, timeout=120)
            assert answer['content']['status'] == 'ok', code
            return (time.perf_counter() - start) * 1e3

        # Of the kernel and the processes that it started, in MiB.
        def memory(manager):
            tree = {manager.provisioner.process.pid}
            listed = subprocess.run(['ps', '-eo', 'pid=,ppid='], capture_output=True, text=True).stdout
            parents = dict(map(int, line.split()) for line in listed.splitlines())
            for _ in range(3): tree |= {pid for pid, parent in parents.items() if parent in tree}
            total = 0
            for pid in tree:
                try: status = open(f'/proc/{pid}/status')
                except OSError: continue
                total += sum(int(line.split()[1]) for line in status if line.startswith('VmRSS'))
            return total / 1024

        lines = 'for (int i = 0; i < 10000; i++) Console.WriteLine(i);'
        kernels = {'csharp': (lines, 'for (int i = 0; i < 1000; i++) display(i);'),
                   'python3': ('for i in range(10000): print(i)', 'for i in range(1000): display(i)')}
        if os.path.exists(os.path.join(kernels_folder, 'kernels', '.net-csharp')):
            kernels['.net-csharp'] = kernels['csharp']
        times = {name: {} for name in kernels}
        for _ in range(3):
            for name in kernels:
                start = time.perf_counter()
                manager, client = start_new_kernel(kernel_name=name)
                run(client, '1 + 1')
                times[name].setdefault('start', []).append((time.perf_counter() - start) * 1e3)
                client.stop_channels()
                manager.shutdown_kernel(now=True)
        alive = {name: start_new_kernel(kernel_name=name) for name in kernels}
        time.sleep(5)  # none is still at what it does after its start
        for warm in range(30):
            for _, client in alive.values(): run(client, '1 + 1')
        for _ in range(rounds):
            for name, (_, client) in alive.items(): times[name].setdefault('one', []).append(run(client, '1 + 1'))
        for round in range(-3, rounds // 2):
            for name, (_, client) in alive.items():
                for what, code in zip(('lines', 'displays'), kernels[name]):
                    if what == 'lines' or round % 5 == 0:
                        taken = run(client, code)
                        if round >= 0: times[name].setdefault(what, []).append(taken)

        def completed(client, name):
            start = time.perf_counter()
            client.complete('"a".upp' if name == 'python3' else 'Console.WriteLine("a".ToU', reply=True, timeout=most)
            return (time.perf_counter() - start) * 1e3

        for name, (manager, client) in alive.items():
            found = times[name]
            found['memory before'] = [memory(manager)]
            began, done = time.perf_counter(), 0
            while done < cells and time.perf_counter() - began < most:
                run(client, f'v{done % 50} = {done}' if name == 'python3' else f'int v{done % 50} = {done};')
                done += 1
            found['cells'], found['memory'] = [done], [memory(manager)]
            try:
                for _ in range(5): completed(client, name)
                found['complete'] = [completed(client, name) for _ in range(11)]
            except Exception:
                # no answer in time
                found['complete'] = [-1]
        result = {name: {what: statistics.median(t) for what, t in found.items()} for name, found in times.items()}
        for manager, client in alive.values():
            client.stop_channels()
            manager.shutdown_kernel(now=True)
        print(json.dumps(result), flush=True)
        os._exit(0)
        """;

    // What the other kernels get for their cells, and each for a completion.
    private const int MostSeconds = 120;

    public static Command Command()
    {
        Option<int> rounds = new("--rounds")
        {
            Description = "Measured rounds of 1 + 1; the median counts",
            DefaultValueFactory = _ => 51,
        };
        Option<int> cells = new("--cells")
        {
            Description = "Cells executed before completion and memory are measured",
            DefaultValueFactory = _ => 1000,
        };
        Command command = new(
            "kernel",
            "The C# kernel beside python3-ipykernel and .NET Interactive's: start, 1 + 1, 10,000 lines, completion, "
                + "memory."
        )
        {
            rounds,
            cells,
        };
        command.SetAction(parsed => Run(parsed.GetValue(rounds), parsed.GetValue(cells)));
        return command;
    }

    private static int Run(int rounds, int cells)
    {
        string prefix = Directory.CreateTempSubdirectory("bench-").FullName;
        try
        {
            KernelSpec.Install(
                KernelSpec.PrefixFolder(prefix),
                [
                    Environment.ProcessPath!,
                    Path.Combine(Machine.Root(), "lib", "Research", "bin", "Release", "net10.0", "research.dll"),
                    "kernel",
                    "run",
                ]
            );
            InstallInteractive(Path.Combine(prefix, "share", "jupyter", "kernels"));
            using Process client = Process.Start(
                new ProcessStartInfo(
                    "/usr/bin/python3",
                    ["-c", Client, prefix, Machine.Root(), $"{rounds}", $"{cells}", $"{MostSeconds}"]
                )
                {
                    RedirectStandardOutput = true,
                }
            )!;
            string output = client.StandardOutput.ReadToEnd();
            client.WaitForExit();
            if (client.ExitCode != 0)
                return client.ExitCode;
            // The tool's own web server speaks on the output.
            Show(JsonNode.Parse(output.Trim().Split('\n')[^1])!.AsObject(), cells);
            return 0;
        }
        finally
        {
            Directory.Delete(prefix, recursive: true);
        }
    }

    private static void InstallInteractive(string kernels)
    {
        Directory.CreateDirectory(kernels);
        foreach (
            string[] arguments in (string[][])
                [
                    ["tool", "restore"],
                    ["dotnet-interactive", "jupyter", "install", "--path", kernels],
                ]
        )
        {
            using Process tool = Process.Start(
                new ProcessStartInfo("dotnet", arguments)
                {
                    WorkingDirectory = Machine.Root(),
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            Task<string> errors = tool.StandardError.ReadToEndAsync();
            string output = tool.StandardOutput.ReadToEnd() + errors.Result;
            tool.WaitForExit();
            if (tool.ExitCode == 0)
                continue;
            Console.WriteLine($"Without .NET Interactive's kernel, which can't be had here: {output.Trim()}");
            return;
        }
    }

    private static void Show(JsonObject measured, int cells)
    {
        Table table = new Table().AddColumns("what", "C#", "ipykernel", "ratio", "target", ".NET Interactive");
        AddTime("start", "start to first result", 1.5);
        AddTime("one", "1 + 1, request to idle", 1.5);
        AddTime("lines", "10,000 lines printed", 1);
        AddTime("displays", "1,000 displays", null);
        AddLimit("complete", $"completion after {cells} cells", "ms", 150);
        AddLimit("memory", $"memory after {cells} cells", "MiB", 400);
        AnsiConsole.Write(table);

        double? Of(string kernel, string what) => (double?)measured[kernel]?[what];

        void AddTime(string what, string name, double? most)
        {
            double ours = Of("csharp", what)!.Value,
                ratio = ours / Of("python3", what)!.Value;
            string target = most is null ? "" : $"{most:0.0}: {(ratio <= most ? "met" : "missed")}";
            table.AddRow(
                name,
                $"{ours:F1} ms",
                $"{Of("python3", what):F1} ms",
                $"{ratio:F2}",
                target,
                Of(".net-csharp", what) is { } theirs ? $"{theirs:F1} ms" : ""
            );
        }

        void AddLimit(string what, string name, string unit, double most)
        {
            double ours = Of("csharp", what)!.Value;
            string theirs =
                Of(".net-csharp", what) is not { } value ? ""
                : value >= 0 ? $"{value:F0} {unit} after {Of(".net-csharp", "cells")}"
                : $"none within {MostSeconds} s after {Of(".net-csharp", "cells")}";
            table.AddRow(
                name,
                $"{ours:F0} {unit}",
                $"{Of("python3", what):F0} {unit}",
                "",
                $"{most} {unit}: {(ours <= most ? "met" : "missed")}",
                theirs
            );
        }
    }
}
