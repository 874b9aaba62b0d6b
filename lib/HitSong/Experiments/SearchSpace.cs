using HitSong.Numerics;

namespace HitSong.Experiments;

/// <summary>The fields that a sweep tries, of which some depend on others.</summary>
internal sealed class SearchSpace
{
    private readonly Recipe start;

    // Each after the one that it depends on, and of each where that one stands.
    private readonly int[] order;
    private readonly int?[] parents;

    /// <exception cref="HitSongException">
    /// There is no field, one is given twice, or a condition can never hold or goes in a circle.
    /// </exception>
    public SearchSpace(Recipe start, IReadOnlyList<SweepField> fields)
    {
        if (fields.Count == 0)
            throw new HitSongException(
                "There is nothing to try: name a field and its values, as in Training.LearningRate=0.001,0.0003."
            );
        this.start = start;
        string[] known = [.. start.ToFields().Keys];
        Fields =
        [
            .. fields.Select(field =>
                field with
                {
                    Name = AsKnown(field.Name),
                    When = field.When is var (other, values) ? (AsKnown(other), values) : null,
                }
            ),
        ];
        if (Fields.CountBy(field => field.Name).FirstOrDefault(field => field.Value > 1).Key is { } twice)
            throw new HitSongException($"{twice} is given twice: list all of its values once.");
        parents = [.. Fields.Select(ParentOf)];
        order = [.. Enumerable.Range(0, Fields.Count).OrderBy(Depth)];

        string AsKnown(string field) =>
            known.FirstOrDefault(name => name.Equals(field, StringComparison.OrdinalIgnoreCase)) ?? field;
    }

    /// <summary>The fields, named as the recipe names them.</summary>
    public IReadOnlyList<SweepField> Fields { get; }

    /// <summary>
    /// A value of each field at random, <see cref="SweepField.Left"/> where its condition does not hold.
    /// </summary>
    public string[] Draw(SeededRandom random) => Settled([.. Fields.Select(field => field.Draw(random))]);

    /// <summary>The values with <see cref="SweepField.Left"/> where a condition does not hold.</summary>
    public string[] Settled(string[] values)
    {
        string[] settled = [.. values];
        foreach (int field in order)
            if (!IsTried(field, settled))
                settled[field] = SweepField.Left;
        return settled;
    }

    /// <summary>
    /// Values of all fields, made one by one, each with those before it that its condition may look at.
    /// </summary>
    public string[] Choose(Func<int, string> choose)
    {
        var values = new string[Fields.Count];
        foreach (int field in order)
            values[field] = IsTried(field, values) ? choose(field) : SweepField.Left;
        return values;
    }

    /// <summary>The recipe with these values.</summary>
    /// <exception cref="HitSongException">It cannot have them.</exception>
    public Recipe With(IReadOnlyList<string> values) =>
        order
            .Where(field => values[field] != SweepField.Left)
            .Aggregate(start, (recipe, field) => recipe.With(Fields[field].Name, values[field]));

    private bool IsTried(int field, string[] values) =>
        parents[field] is not int parent
        || Fields[field].When!.Value.Values.Contains(values[parent], StringComparer.OrdinalIgnoreCase);

    private int? ParentOf(SweepField field)
    {
        if (field.When is not var (name, values))
            return null;
        int parent = Array.FindIndex([.. Fields], other => other.Name == name);
        if (parent < 0)
            throw new HitSongException(
                $"{field.Name} is tried when {name} has some value, and {name} is not tried: give that field and its "
                    + "values too, or leave the condition away."
            );
        SweepField on = Fields[parent];
        string? never = values.FirstOrDefault(value =>
            on.Range is null && !on.Values.Contains(value, StringComparer.OrdinalIgnoreCase)
        );
        return never is null
            ? parent
            : throw new HitSongException(
                $"{field.Name} is tried when {name} is {never}, which is not among {string.Join(", ", on.Values)}."
            );
    }

    private int Depth(int field)
    {
        int depth = 0;
        for (int? parent = parents[field]; parent is int above; parent = parents[above])
            if (++depth > Fields.Count)
                throw new HitSongException(
                    $"{Fields[field].Name} depends on itself: leave one of its conditions away."
                );
        return depth;
    }
}
