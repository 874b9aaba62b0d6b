using System.Text.Json.Nodes;

namespace Notebooks.Interactive;

/// <summary>
/// Something in the notebook that the user moves, types into or clicks: a model of Jupyter's widgets (ipywidgets 8),
/// which VS Code and JupyterLab draw. <see cref="Controls"/> makes them; as a cell's last expression or by
/// <c>display</c> they are shown.
/// </summary>
/// <typeparam name="T">What it gives.</typeparam>
public sealed class Control<T>
{
    private readonly string id = Guid.NewGuid().ToString("N");
    private readonly string text;
    private readonly JsonObject state;
    private readonly Func<T, JsonObject> write;
    private readonly CellRun run;
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
    {
        run =
            CellRun.Current
            ?? throw new InvalidOperationException("Only code that a notebook's cell runs can make controls.");
        (this.text, this.state, this.value, this.write) = (text, state, value, write);
        Widgets.Open(
            run,
            id,
            state,
            message =>
            {
                switch ((string?)message["method"])
                {
                    case "request_state":
                        Widgets.Update(Run, id, state);
                        break;
                    case "update" or "custom":
                        if (
                            !read(message["state"] as JsonObject ?? message["content"] as JsonObject ?? [], out T given)
                        )
                            break;
                        this.value = given;
                        foreach ((string name, JsonNode? part) in write(given))
                            state[name] = part?.DeepClone();
                        changed?.Invoke(given);
                        break;
                }
            }
        );
    }

    internal delegate bool TryRead(JsonObject change, out T value);

    /// <summary>What it gives now. Setting it moves the control, and doesn't call back.</summary>
    public T Value
    {
        get => value;
        set
        {
            this.value = value;
            JsonObject change = write(value);
            foreach ((string name, JsonNode? part) in change)
                state[name] = part?.DeepClone();
            Widgets.Update(Run, id, change);
        }
    }

    private CellRun Run => CellRun.Current ?? run;

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

    /// <summary>The widget, and its text.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() =>
        new Dictionary<string, object>
        {
            ["application/vnd.jupyter.widget-view+json"] = new
            {
                version_major = 2,
                version_minor = 0,
                model_id = id,
            },
            ["text/plain"] = ToString(),
        };

    /// <inheritdoc/>
    public override string ToString() => $"{text}: {ValueText.Of(value)}";
}
