using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Tests;

/// <summary>
/// A real Slurm of one's own on the loopback address: munged, slurmctld and two slurmd, which are two nodes of one core
/// each. All lies in a temporary folder, and ends when it is disposed of, with whatever still runs of its jobs.
/// </summary>
public sealed class SlurmCluster : IDisposable
{
    // slurmd gives it to its tasks; with it set for slurmd too, all of a node is found by it.
    private const string NodeVariable = "SLURMD_NODENAME";

    private readonly TemporaryFolder folder = new("slurm");
    private readonly Process munge,
        controller;
    private readonly Dictionary<string, Process> nodes = [];
    private readonly bool isPinned;

    /// <summary>Starts it, and waits until both nodes are idle.</summary>
    /// <param name="isPinned">Whether each node has a core of its own; else it takes what the other leaves.</param>
    public SlurmCluster(bool isPinned = false)
    {
        this.isPinned = isPinned;
        foreach (string name in (string[])["state", "munge", "log"])
            Directory.CreateDirectory(folder.At(name));
        string key = folder.At("munge/key");
        File.WriteAllBytes(key, RandomNumberGenerator.GetBytes(128));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(Configuration, Settings());

        // --force: the folder is not for all to see, and need not be.
        string[] files = ["key", "socket", "pid", "seed"];
        munge = Start(
            "/usr/sbin/munged",
            ["--force", "--foreground", .. files.Select(file => $"--{Option(file)}={folder.At($"munge/{file}")}")]
        );
        Wait("munged", () => File.Exists(folder.At("munge/socket")));
        controller = Start("/usr/sbin/slurmctld", ["-D", "-c", "-f", Configuration]);
        StartNode("node1");
        StartNode("node2");
        Wait("idle nodes", () => Run("sinfo", "--noheader", "--format=%D %t").Contains("2 idle"));

        static string Option(string file) =>
            file switch
            {
                "key" => "key-file",
                "pid" => "pid-file",
                "seed" => "seed-file",
                _ => file,
            };
    }

    /// <summary>Why there can be none on this machine; null where there can.</summary>
    public static string? Missing
    {
        get
        {
            string[] programs = ["/usr/sbin/munged", "/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/bin/sbatch"];
            string[] missing = [.. programs.Where(program => !File.Exists(program)).Select(p => Path.GetFileName(p)!)];
            return missing.Length == 0 ? null : $"needs Slurm; {string.Join(", ", missing)} not installed";
        }
    }

    /// <summary>For <c>SLURM_CONF</c>, by which Slurm's programs find this cluster.</summary>
    public string Configuration => folder.At("slurm.conf");

    /// <summary>Runs a program of Slurm's.</summary>
    /// <returns>What it says, errors behind the output.</returns>
    public string Run(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + errors.Result;
    }

    /// <summary>The tasks that are queued, as <c>JOB_TASK STATE NODE</c>.</summary>
    public string[] Queue() =>
        Run("squeue", "--array", "--noheader", "--format=%F_%K %T %N")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Starts tasks that Slurm holds back for two minutes, as it does with what was requeued.</summary>
    public void StartHeldBack()
    {
        foreach (string task in Run("squeue", "--array", "--noheader", "--format=%F_%K %r").Split('\n'))
            if (task.Split(' ') is [var id, "BeginTime"])
                Run("scontrol", "update", $"JobId={id}", "StartTime=now");
    }

    /// <summary>Starts a node, for the first time or again.</summary>
    public void StartNode(string name) =>
        nodes[name] = Start("/usr/sbin/slurmd", ["-D", "-N", name, "-f", Configuration], name);

    /// <summary>Has a program run on one core alone, as a pinned node's tasks do.</summary>
    /// <param name="number">The core's, from 1; beyond the machine's cores they begin again.</param>
    /// <param name="start">The program.</param>
    public static void Pin(int number, ProcessStartInfo start)
    {
        string[] command = [start.FileName, .. start.ArgumentList];
        start.FileName = "taskset";
        start.ArgumentList.Clear();
        foreach (string part in (string[])["--cpu-list", $"{(number - 1) % Environment.ProcessorCount}", .. command])
            start.ArgumentList.Add(part);
    }

    /// <summary>Kills a node's slurmd (SIGKILL); what it runs goes on.</summary>
    public void KillDaemon(string name)
    {
        nodes[name].Kill();
        nodes[name].WaitForExit();
    }

    /// <summary>Kills a node as a loss of power does: its slurmd, and what it runs.</summary>
    public void KillNode(string name)
    {
        KillDaemon(name);
        KillAll($"{NodeVariable}={name}\0");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Process process in nodes.Values.Append(controller))
            process.Kill();
        KillAll();
        munge.Kill();
        foreach (Process process in nodes.Values.Append(controller).Append(munge))
        {
            process.WaitForExit();
            process.Dispose();
        }
        folder.Dispose();
    }

    private string Settings()
    {
        int[] ports = FreePorts(3);
        string host = Environment.MachineName,
            user = Environment.UserName;
        long megabytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 20) / 2;
        string Node(int number) =>
            $"NodeName=node{number} NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[number]} CPUs=1 "
            + $"RealMemory={megabytes}";
        return $"""
            ClusterName=test
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={ports[0]}
            AuthType=auth/munge
            AuthInfo=socket={folder.At("munge/socket")}
            CredType=cred/munge
            SlurmUser={user}
            SlurmdUser={user}
            StateSaveLocation={folder.At("state")}
            SlurmdSpoolDir={folder.At("spool")}-%n
            SlurmctldPidFile={folder.At("slurmctld.pid")}
            SlurmdPidFile={folder.At("slurmd")}-%n.pid
            SlurmctldLogFile={folder.At("log/slurmctld.log")}
            SlurmdLogFile={folder.At("log/slurmd")}-%n.log
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core_Memory
            AccountingStorageType=accounting_storage/none
            JobAcctGatherType=jobacct_gather/none
            MpiDefault=none
            SwitchType=switch/none
            ReturnToService=2
            SlurmdTimeout=5
            KillWait=2
            SchedulerParameters=sched_min_interval=0,batch_sched_delay=0,sched_interval=1,requeue_delay=0
            {Node(1)}
            {Node(2)}
            PartitionName=main Nodes=node1,node2 Default=YES MaxTime=INFINITE State=UP

            """;
    }

    // Held all at once, so that they differ.
    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
            listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners)
            listener.Dispose();
        return ports;
    }

    private Process Start(string program, string[] arguments, string node = "")
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SLURM_CONF"] = Configuration;
        if (node != "")
        {
            start.Environment[NodeVariable] = node;
            if (isPinned)
                Pin(node[^1] - '0', start);
        }
        Process process = Process.Start(start)!;
        if (!program.StartsWith("/usr/sbin/", StringComparison.Ordinal))
            return process;
        // Daemons have logs of their own.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Wait(string what, Func<bool> isThere)
    {
        var clock = Stopwatch.StartNew();
        while (!isThere())
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(30))
            {
                string logs = string.Join('\n', Directory.GetFiles(folder.At("log")).Select(File.ReadAllText));
                Dispose();
                throw new TimeoutException($"Slurm has no {what} after 30 s:\n{logs}");
            }
            Thread.Sleep(50);
        }
    }

    // Tasks are no children of the daemon that has started them.
    private void KillAll(string variable = "")
    {
        foreach (string process in Directory.GetDirectories("/proc").Where(IsMarked))
            if (int.TryParse(Path.GetFileName(process), out int id) && id != Environment.ProcessId)
                try
                {
                    Process.GetProcessById(id).Kill();
                }
                catch (Exception e) when (e is ArgumentException or InvalidOperationException)
                {
                    // It has ended meanwhile.
                }

        bool IsMarked(string process)
        {
            try
            {
                string environment = File.ReadAllText(Path.Combine(process, "environ"));
                return environment.Contains($"SLURM_CONF={Configuration}\0") && environment.Contains(variable);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }
}
