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

/// <summary>A control that gives a value.</summary>
/// <typeparam name="T">What it gives.</typeparam>
public sealed class Control<T> : Control
{
    private readonly TryRead read;
    private readonly Func<T, JsonObject> write;
    private Action<T>? changed;
    private T value;

    /// <param name="text">What it is, in words, for where no widgets are drawn.</param>
    /// <param name="state">The model's state, by ipywidgets' names.</param>
    /// <param name="value">What it gives at first.</param>
    /// <param name="read">
    /// The value in a change of the state, or in a custom message; false where there is none.
    /// </param>
    /// <param name="write">The part of the state that a value is.</param>
    internal Control(string text, JsonObject state, T value, TryRead read, Func<T, JsonObject> write)
        : base(text, state) => (this.value, this.read, this.write) = (value, read, write);

    internal delegate bool TryRead(JsonObject change, out T value);

    /// <summary>What it gives now. Setting it moves the control, and doesn't call back.</summary>
    public T Value
    {
        get => value;
        set
        {
            this.value = value;
            Tell(write(value));
        }
    }

    /// <summary>
    /// Has <paramref name="callback"/> called with the value whenever the user changes it; it may update displays, and
    /// its errors are shown below the cell.
    /// </summary>
    /// <returns>The control itself.</returns>
    public Control<T> OnChange(Action<T> callback)
    {
        changed += callback;
        return this;
    }

    private protected override void Hear(JsonObject message)
    {
        base.Hear(message);
        if ((string?)message["method"] is not ("update" or "custom"))
            return;
        if (!read(message["state"] as JsonObject ?? message["content"] as JsonObject ?? [], out T given))
            return;
        value = given;
        Remember(write(given));
        changed?.Invoke(given);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{base.ToString()}: {ValueText.Of(value)}";
}
