namespace Research.Serve.Answers;

/// <summary>A descriptor, its value (null where the recording has none), the same in words, and what it is.</summary>
internal sealed record MeasuredDescriptor(string Name, double? Value, string Text, string Definition);
