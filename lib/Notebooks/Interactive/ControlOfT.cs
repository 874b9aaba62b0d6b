using System.Text.Json.Nodes;

namespace Notebooks.Interactive;

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
