using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using HitSong;

namespace Research.Slurm;

/// <summary>What Slurm's own programs say and do.</summary>
internal static class SlurmQueue
{
    /// <summary>
    /// The array tasks of this user that wait, run, or have ended within the last minutes; null, with the reason, where
    /// the scheduler does not answer just now.
    /// </summary>
    public static (IReadOnlyList<QueuedTask>? Tasks, string Trouble) Mine()
    {
        var (exitCode, output, errors) = Run(
            "squeue",
            "--me",
            "--array",
            "--noheader",
            "--states=all",
            "--format=%F|%K|%T|%r"
        );
        return exitCode == 0 ? ([.. output.Split('\n').Select(Task).OfType<QueuedTask>()], "") : (null, errors);

        static QueuedTask? Task(string line) =>
            line.Split('|') is [var job, var number, var state, var reason]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int n)
                ? new(job, n, state, reason.Trim())
                : null;
    }

    /// <summary>Submits a script.</summary>
    /// <returns>The job id.</returns>
    /// <exception cref="HitSongException">Slurm is not on this machine, or refuses it.</exception>
    public static string Submit(string script)
    {
        var (exitCode, output, errors) = Run("sbatch", "--parsable", script);
        if (exitCode != 0)
            throw new HitSongException(
                $"Slurm refuses the array: {errors.Replace('\n', ' ')}. --dry-run shows what is submitted"
            );
        // With several clusters the cluster's name follows.
        return output.Trim().Split(';')[0];
    }

    private static (int ExitCode, string Output, string Errors) Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.Result.Trim());
        }
        catch (Win32Exception e)
        {
            throw new HitSongException(
                $"{program} is not on this machine: --on slurm is for one that submits to a cluster. --dry-run prints "
                    + "the script anywhere.",
                e
            );
        }
    }
}
