namespace TorchSharp;

/// <summary>What stands beyond the edges of a padded tensor.</summary>
public enum PaddingModes { Zeros, Reflect, Replicate, Circular, Constant }
