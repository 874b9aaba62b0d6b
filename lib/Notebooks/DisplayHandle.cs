namespace Notebooks;

/// <summary>A displayed value's place in the notebook.</summary>
public sealed class DisplayHandle
{
    private readonly CellRun run;

    internal DisplayHandle(string id, CellRun run) => (Id, this.run) = (id, run);

    /// <summary>The id that the protocol names the place by.</summary>
    public string Id { get; }

    /// <summary>Shows <paramref name="value"/> in place of what was there, from any cell or thread.</summary>
    public void Update(object? value)
    {
        CellRun now = CellRun.Current ?? run;
        now.CheckOutput();
        now.Emit(new OutputEvent.Update(MimeBundle.Of(value, now.Options, now.Scripts), Id));
    }
}
