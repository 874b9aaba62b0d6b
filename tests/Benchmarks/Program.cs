using System.CommandLine;
using Benchmarks;

RootCommand root = new("Measures this workspace beside its peers, in one run, interleaved.")
{
    DataBenchmark.Command(),
    FeaturesBenchmark.Command(),
    DescriptorsBenchmark.Command(),
    TrainBenchmark.Command(),
    EpochBenchmark.Command(),
    KernelBenchmark.Command(),
    ServeBenchmark.Command(),
    FaultsBenchmark.Command(),
    ScaleBenchmark.Command(),
    SearchBenchmark.Command(),
};
return await root.Parse(args).InvokeAsync();
