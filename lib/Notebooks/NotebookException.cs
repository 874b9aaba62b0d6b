namespace Notebooks;

/// <summary>
/// A notebook or a wish of its reader that can't be followed: a damaged file, an unknown parameter. The message says
/// what is wrong, where (path, cell, field) and what to do; a command prints it as it is, without a stack trace.
/// </summary>
public sealed class NotebookException(string message, Exception? inner = null) : Exception(message, inner);
