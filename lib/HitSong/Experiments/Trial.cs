namespace HitSong.Experiments;

/// <summary>One choice of values that a sweep tries.</summary>
/// <param name="Number">From 1, in the sweep's order.</param>
/// <param name="Recipe">The recipe with these values.</param>
/// <param name="Values">
/// [fields] the values, in the order of <see cref="Sweep.Fields"/>; <see cref="SweepField.Left"/> for one whose
/// condition does not hold.
/// </param>
public sealed record Trial(int Number, Recipe Recipe, IReadOnlyList<string> Values)
{
    /// <summary>The recipe with as many epochs as a rung of halving gives it.</summary>
    public Recipe At(int epochs) =>
        epochs == Recipe.Training.Epochs ? Recipe : Recipe.With("Training.Epochs", $"{epochs}");
}
