// Engines set the process's current directory while a cell runs.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
