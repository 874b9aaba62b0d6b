using HitSong.Tests.Experiments;

namespace Tests;

/// <summary>
/// Tests that seed torch's default generator, of which there is one a process: no other test runs beside them. Those
/// that need songs share one small corpus.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class DefaultGenerator : ICollectionFixture<SmallCorpus>
{
    /// <summary>What such a test class puts into its <c>[Collection(…)]</c>.</summary>
    public const string Name = "The default generator";
}
