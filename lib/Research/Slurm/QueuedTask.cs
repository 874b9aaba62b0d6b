namespace Research.Slurm;

/// <summary>A task of a job array, as <c>squeue</c> lists it: waiting, running, or ended some minutes ago.</summary>
/// <param name="Job">The array's job id.</param>
/// <param name="Number">Its number in the array.</param>
/// <param name="State">Slurm's word: PENDING, RUNNING, NODE_FAIL…</param>
/// <param name="Reason">Why it waits, or None.</param>
internal sealed record QueuedTask(string Job, int Number, string State, string Reason)
{
    private static readonly string[] ended =
    [
        "COMPLETED",
        "FAILED",
        "CANCELLED",
        "TIMEOUT",
        "NODE_FAIL",
        "OUT_OF_MEMORY",
        "PREEMPTED",
        "BOOT_FAIL",
        "DEADLINE",
    ];

    /// <summary>Whether more of it is to come.</summary>
    public bool IsActive => !ended.Contains(State);

    /// <summary>Whether it has not begun.</summary>
    public bool IsWaiting => State is "PENDING" or "REQUEUED" or "REQUEUE_HOLD" or "SPECIAL_EXIT";
}
