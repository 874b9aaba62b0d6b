namespace Research.Slurm;

/// <summary>The command was stopped; what it has submitted goes on.</summary>
internal sealed class LeftRunningException(SlurmJob job)
    : OperationCanceledException(
        $"Job {job.Submitted.Id} goes on without this command. Look at it: ./research jobs. The same command picks up "
            + $"what is there. End it: scancel {job.Submitted.Id}"
    );
