using HitSong.Audio;

namespace HitSong.Experiments;

/// <summary>
/// What a recipe changes where it runs on the demo corpus on a small machine: fewer, shorter clips and fewer epochs for
/// the same model.
/// </summary>
/// <param name="Epochs">Passes over the training set; null: the recipe's.</param>
/// <param name="Clips">The clips; null: the recipe's.</param>
/// <param name="Songs">How many songs at most; null: all.</param>
public sealed record DemoScale(int? Epochs = null, ClipSettings? Clips = null, int? Songs = null);
