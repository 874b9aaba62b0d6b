using Microsoft.CodeAnalysis.Scripting;

namespace Notebooks;

/// <summary>What cells have declared with <c>using</c> and nobody has disposed of.</summary>
internal sealed class KeptDisposables
{
    private readonly List<Entry> entries = [];

    /// <summary>
    /// Takes over what a cell that succeeded has kept, and disposes of what no variable holds any more.
    /// </summary>
    public async Task AddAsync(IReadOnlyList<Item> kept, ScriptState<object>? state)
    {
        entries.AddRange(kept.Select(item => new Entry(item, Declarations(item.Name))));
        await DisposeAsync(entry => Declarations(entry.Item.Name) > entry.Declarations);

        int Declarations(string name) => state?.Variables.Count(v => v.Name == name) ?? 0;
    }

    /// <summary>Disposes of what the names held.</summary>
    public Task DisposeAsync(IReadOnlyList<string> names) => DisposeAsync(entry => names.Contains(entry.Item.Name));

    /// <summary>Disposes of everything.</summary>
    public Task DisposeAsync() => DisposeAsync(_ => true);

    /// <summary>Disposes of what a cell that failed had kept, the last first.</summary>
    public static async Task DisposeAsync(IEnumerable<Item> kept)
    {
        foreach (Item item in kept.Reverse())
            try
            {
                await item.Dispose();
            }
            catch (Exception e)
            {
                Console.Error.WriteLine($"{item.Name} could not be disposed of: {e.Message}");
            }
    }

    private async Task DisposeAsync(Func<Entry, bool> isDue)
    {
        Entry[] due = [.. entries.Where(isDue)];
        entries.RemoveAll(due.Contains);
        await DisposeAsync(due.Select(entry => entry.Item));
    }

    /// <summary>A variable, what it held when it was declared, and how that is disposed of.</summary>
    internal sealed record Item(string Name, object Value, Func<Task> Dispose);

    private sealed record Entry(Item Item, int Declarations);
}
