// Tests that compare with Python seed the one default generator, so no two may run at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
