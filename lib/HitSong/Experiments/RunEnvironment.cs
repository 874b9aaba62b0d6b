using System.Runtime.InteropServices;

namespace HitSong.Experiments;

/// <summary>When, how long and on what a run ran: what may differ between two runs of equal results.</summary>
/// <param name="Started">When it began, UTC.</param>
/// <param name="Seconds">How long it took, from reading audio to predictions.</param>
/// <param name="Threads">Threads that libtorch computed on.</param>
/// <param name="ProcessId">The process that ran it.</param>
/// <param name="Machine">Operating system, processor architecture and number of cores.</param>
/// <param name="Runtime">.NET's version.</param>
public sealed record RunEnvironment(DateTime Started, double Seconds, int Threads, int ProcessId, string Machine, string Runtime)
{
    /// <summary>Of this process.</summary>
    public static RunEnvironment Now(DateTime started, double seconds, int threads) => new(
        started, seconds, threads, System.Environment.ProcessId,
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {System.Environment.ProcessorCount} cores", RuntimeInformation.FrameworkDescription);
}
