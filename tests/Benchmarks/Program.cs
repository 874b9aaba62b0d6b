using System.CommandLine;
using Benchmarks;

RootCommand root = new("Measures this workspace beside its peers, in one run, interleaved.")
{
    DataBenchmark.Command(),
    FeaturesBenchmark.Command(),
    TrainBenchmark.Command(),
    EpochBenchmark.Command(),
    KernelBenchmark.Command(),
    ServeBenchmark.Command(),
};
return await root.Parse(args).InvokeAsync();
