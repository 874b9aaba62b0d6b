namespace TorchSharp;

/// <summary>What operations do that can give another result each time.</summary>
public enum DebugMode { @default, warn }
