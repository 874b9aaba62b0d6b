using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Notebooks.Jupyter;
using Spectre.Console;

namespace Benchmarks;

/// <summary>The C# kernel beside python3-ipykernel, both driven by the same client, jupyter_client, in turn.</summary>
internal static class KernelBenchmark
{
    private const string Client = """
        import json, os, statistics, sys, time
        os.environ.update(JUPYTER_PATH=os.path.join(sys.argv[1], 'share', 'jupyter'), JUPYTER_PLATFORM_DIRS='0')
        rounds, cells = int(sys.argv[2]), int(sys.argv[3])
        os.environ['PYDEVD_DISABLE_FILE_VALIDATION'] = '1'
        from jupyter_client.manager import start_new_kernel

        def run(client, code):
            start = time.perf_counter()
            answer = client.execute_interactive(code, output_hook=lambda m: None, timeout=120)
            assert answer['content']['status'] == 'ok', code
            return (time.perf_counter() - start) * 1e3

        def memory(manager):
            status = open(f'/proc/{manager.provisioner.process.pid}/status')
            return int(next(l for l in status if l.startswith('VmRSS')).split()[1]) / 1024

        kernels = {'csharp': ('for (int i = 0; i < 10000; i++) Console.WriteLine(i);',
                              'for (int i = 0; i < 1000; i++) display(i);'),
                   'python3': ('for i in range(10000): print(i)', 'for i in range(1000): display(i)')}
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
        time.sleep(5)  # neither is still at what it does after its start
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
        manager, client = alive['csharp']
        def completed():
            start = time.perf_counter()
            client.complete('Console.WriteLine("a".ToU', reply=True, timeout=30)
            return (time.perf_counter() - start) * 1e3
        for _ in range(5): completed()
        times['csharp']['complete'] = [completed() for _ in range(11)]
        before = memory(manager)
        for i in range(cells): run(client, f'int v{i % 50} = {i};')
        result = {name: {what: statistics.median(t) for what, t in found.items()} for name, found in times.items()}
        result['csharp']['growth'] = memory(manager) - before
        for manager, client in alive.values():
            client.stop_channels()
            manager.shutdown_kernel(now=True)
        print(json.dumps(result), flush=True)
        os._exit(0)
        """;

    public static Command Command()
    {
        Option<int> rounds = new("--rounds")
        {
            Description = "Measured rounds of 1 + 1; the median counts",
            DefaultValueFactory = _ => 51,
        };
        Option<int> cells = new("--cells")
        {
            Description = "Cells executed for the growth of memory",
            DefaultValueFactory = _ => 1000,
        };
        Command command = new(
            "kernel",
            "The C# kernel beside python3-ipykernel: start, 1 + 1, 10,000 lines, completion, memory."
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
            using Process client = Process.Start(
                new ProcessStartInfo("/usr/bin/python3", ["-c", Client, prefix, $"{rounds}", $"{cells}"])
                {
                    RedirectStandardOutput = true,
                }
            )!;
            string output = client.StandardOutput.ReadToEnd();
            client.WaitForExit();
            if (client.ExitCode != 0)
                return client.ExitCode;
            using var measured = JsonDocument.Parse(output);
            double Ours(string what) => measured.RootElement.GetProperty("csharp").GetProperty(what).GetDouble();
            double Peers(string what) => measured.RootElement.GetProperty("python3").GetProperty(what).GetDouble();

            Table table = new Table().AddColumns("what", "C#", "ipykernel", "ratio", "target");
            (string What, string Name, double Most)[] measures =
            [
                ("start", "start to first result", 1.5),
                ("one", "1 + 1, request to idle", 2),
                ("lines", "10,000 lines printed", 1),
                ("displays", "1,000 displays", double.NaN),
            ];
            foreach (var (what, name, most) in measures)
            {
                double ratio = Ours(what) / Peers(what);
                bool met = double.IsNaN(most) || ratio <= most || (what == "start" && Ours(what) < 2000);
                table.AddRow(
                    name,
                    $"{Ours(what):F1} ms",
                    $"{Peers(what):F1} ms",
                    $"{ratio:F2}",
                    double.IsNaN(most)
                        ? ""
                        : $"{(what == "start" ? "1.5 or 2 s" : $"{most:F0}")}: {(met ? "met" : "missed")}"
                );
            }
            table.AddRow(
                "completion, warm",
                $"{Ours("complete"):F1} ms",
                "",
                "",
                $"150 ms: {(Ours("complete") < 150 ? "met" : "missed")}"
            );
            table.AddRow(
                $"memory after {cells} cells",
                $"{Ours("growth"):F0} MiB more",
                "",
                "",
                $"150 MiB: {(Ours("growth") < 150 ? "met" : "missed")}"
            );
            AnsiConsole.Write(table);
            return 0;
        }
        finally
        {
            Directory.Delete(prefix, recursive: true);
        }
    }
}
