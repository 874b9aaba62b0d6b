namespace Tests;

/// <summary>
/// Tests that seed torch's default generator, of which there is one a process: no other test runs beside them.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class DefaultGenerator
{
    /// <summary>What such a test class puts into its <c>[Collection(…)]</c>.</summary>
    public const string Name = "The default generator";
}
