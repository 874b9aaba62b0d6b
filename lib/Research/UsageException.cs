namespace Research;

/// <summary>The command was not used as it is meant; exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
