using System.Text.Json.Nodes;

namespace Notebooks.Interactive;

/// <summary>
/// Something in the notebook that the user moves, types into, clicks or looks at: a model of Jupyter's widgets
/// (ipywidgets 8), which VS Code and JupyterLab draw. <see cref="Controls"/> makes them; as a cell's last expression or
/// by <c>display</c> they are shown.
/// </summary>
public class Control
{
    private readonly string text;
    private readonly JsonObject state;
    private readonly CellRun run;

    /// <param name="text">What it is, in words, for where no widgets are drawn.</param>
    /// <param name="state">The model's state, by ipywidgets' names.</param>
    internal Control(string text, JsonObject state)
    {
        run =
            CellRun.Current
            ?? throw new InvalidOperationException("Only code that a notebook's cell runs can make controls.");
        (this.text, this.state) = (text, state);
        Widgets.Open(run, Id, state, Hear);
    }

    /// <summary>What other models know it by.</summary>
    internal string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Whether the user can change it.</summary>
    public bool IsEnabled
    {
        get => state["disabled"] is not { } disabled || !(bool)disabled;
        set => Tell(new JsonObject { ["disabled"] = !value });
    }

    /// <summary>What is said of it where the pointer rests.</summary>
    public string Help
    {
        get => (string?)state["tooltip"] ?? "";
        set => Tell(new JsonObject { ["tooltip"] = value });
    }

    private CellRun Run => CellRun.Current ?? run;

    /// <summary>Changes the state, here and where it is drawn; from any thread.</summary>
    private protected void Tell(JsonObject change)
    {
        Remember(change);
        Widgets.Update(Run, Id, change);
    }

    /// <summary>Changes the state here, as the frontend has done already.</summary>
    private protected void Remember(JsonObject change)
    {
        lock (state)
            foreach ((string name, JsonNode? part) in change)
                state[name] = part?.DeepClone();
    }

    /// <summary>Told what the frontend says.</summary>
    private protected virtual void Hear(JsonObject message)
    {
        if ((string?)message["method"] == "request_state")
            lock (state)
                Widgets.Update(Run, Id, state);
    }

    /// <summary>HTML for where no widgets are drawn; its text where null.</summary>
    public string? Instead { get; set; }

    /// <summary>The widget, and what stands in its place where none is drawn.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle()
    {
        Dictionary<string, object> forms = new()
        {
            ["application/vnd.jupyter.widget-view+json"] = new
            {
                version_major = 2,
                version_minor = 0,
                model_id = Id,
            },
            ["text/plain"] = ToString(),
        };
        if (Instead is { } html)
            forms["text/html"] = html;
        return forms;
    }

    /// <inheritdoc/>
    public override string ToString() => text;
}
