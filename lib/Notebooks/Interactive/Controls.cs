using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Notebooks.Interactive;

/// <summary>
/// Makes controls. A hyperparameter that the chart follows:
/// <c>var chart = display(Draw(0.5)); Controls.Slider("dropout", 0.5, 0, 0.9).OnChange(p => chart.Update(Draw(p)))</c>
/// </summary>
public static class Controls
{
    /// <summary>
    /// Whether somebody can move controls here: not where a notebook is executed without a user, as by
    /// <c>./research run</c> and nbclient.
    /// </summary>
    public static bool AreDrawn => CellRun.Current?.HasUser ?? false;

    /// <summary>A slider over numbers; over whole ones where <typeparamref name="T"/> is <see cref="int"/>.</summary>
    /// <param name="label">What stands before it.</param>
    /// <param name="value">Where it starts.</param>
    /// <param name="min">Its left end.</param>
    /// <param name="max">Its right end.</param>
    /// <param name="step">The smallest move; a hundredth of the range where 0, or 1 for whole numbers.</param>
    public static Control<T> Slider<T>(string label, T value, T min, T max, T step = default)
        where T : struct, INumber<T> =>
        Number(
            label,
            value,
            min,
            max,
            step,
            IsWhole<T>() ? "IntSlider" : "FloatSlider",
            "SliderStyle",
            Sliding(IsWhole<T>() ? "d" : ".4~g")
        );

    /// <summary>A slider over numbers above 0 that moves by ratios, as a learning rate is tried.</summary>
    /// <param name="label">What stands before it.</param>
    /// <param name="value">Where it starts.</param>
    /// <param name="min">Its left end.</param>
    /// <param name="max">Its right end.</param>
    public static Control<double> LogSlider(string label, double value, double min, double max)
    {
        if (!(min > 0 && min < max && value >= min && value <= max))
            throw new ArgumentOutOfRangeException(
                nameof(value),
                value,
                $"{label} is to lie between {min} and {max}, both above 0."
            );
        (double low, double high) = (Math.Log10(min), Math.Log10(max));
        JsonObject state = Widgets.State("FloatLogSlider", "SliderStyle", label);
        state["value"] = value;
        state["base"] = 10;
        (state["min"], state["max"], state["step"]) = (low, high, (high - low) / 100);
        Add(state, Sliding(".3~g"));
        return new Control<double>(
            label,
            state,
            value,
            // An end of it comes back as a power of a logarithm.
            (JsonObject change, out double given) =>
            {
                given = Math.Clamp((double?)change["value"] ?? value, min, max);
                return change.ContainsKey("value");
            },
            given => new JsonObject { ["value"] = given }
        );
    }

    /// <summary>A field for a number.</summary>
    /// <param name="label">What stands before it.</param>
    /// <param name="value">What it starts with.</param>
    /// <param name="min">The smallest that it takes.</param>
    /// <param name="max">The largest that it takes.</param>
    public static Control<T> Number<T>(string label, T value, T min, T max)
        where T : struct, INumber<T> =>
        Number(
            label,
            value,
            min,
            max,
            default,
            IsWhole<T>() ? "BoundedIntText" : "BoundedFloatText",
            "DescriptionStyle",
            new JsonObject { ["continuous_update"] = false }
        );

    /// <summary>A field for text.</summary>
    /// <param name="label">What stands before it.</param>
    /// <param name="value">What it starts with.</param>
    public static Control<string> Text(string label, string value = "")
    {
        JsonObject state = Widgets.State("Text", "TextStyle", label);
        state["value"] = value;
        state["continuous_update"] = false;
        return new Control<string>(
            label,
            state,
            value,
            (JsonObject change, out string given) =>
            {
                given = change["value"]?.GetValue<string>() ?? "";
                return change.ContainsKey("value");
            },
            given => new JsonObject { ["value"] = given }
        );
    }

    /// <summary>HTML among other controls; setting its value shows another in its place.</summary>
    public static Control<string> Html(string html)
    {
        JsonObject state = Widgets.State("HTML", "HTMLStyle", "");
        state["value"] = html;
        // By which Jupyter's pages have tables and headings look as in outputs.
        state["_dom_classes"] = new JsonArray("rendered_html", "jp-RenderedHTMLCommon");
        return new Control<string>(
            "HTML",
            state,
            html,
            (JsonObject _, out string given) =>
            {
                given = "";
                return false;
            },
            given => new JsonObject { ["value"] = given }
        );
    }

    /// <summary>Controls beside each other.</summary>
    public static Control Row(params IReadOnlyList<Control> controls) => Box("HBox", controls);

    /// <summary>Controls below each other.</summary>
    public static Control Column(params IReadOnlyList<Control> controls) => Box("VBox", controls);

    private static Control Box(string model, IReadOnlyList<Control> controls)
    {
        JsonObject state = Widgets.State(model);
        state["children"] = new JsonArray([
            .. controls.Select(control => JsonValue.Create(Widgets.Reference(control.Id))),
        ]);
        return new Control(string.Join('\n', controls), state);
    }

    /// <summary>A choice of one.</summary>
    /// <param name="label">What stands before it.</param>
    /// <param name="options">What there is to choose; the first is chosen.</param>
    public static Control<T> Choice<T>(string label, params IReadOnlyList<T> options)
    {
        if (options.Count == 0)
            throw new ArgumentException("There is nothing to choose.", nameof(options));
        JsonObject state = Widgets.State("Dropdown", "DescriptionStyle", label);
        state["_options_labels"] = new JsonArray([.. options.Select(o => JsonValue.Create(ValueText.Short(o)))]);
        state["index"] = 0;
        return new Control<T>(
            label,
            state,
            options[0],
            (JsonObject change, out T chosen) =>
            {
                int index = (int?)change["index"] ?? -1;
                chosen = index >= 0 && index < options.Count ? options[index] : options[0];
                return index >= 0 && index < options.Count;
            },
            chosen => new JsonObject { ["index"] = options.ToList().IndexOf(chosen) }
        );
    }

    /// <summary>A box to tick.</summary>
    public static Control<bool> Checkbox(string label, bool value = false)
    {
        JsonObject state = Widgets.State("Checkbox", "CheckboxStyle", label);
        state["value"] = value;
        return new Control<bool>(
            label,
            state,
            value,
            (JsonObject change, out bool ticked) =>
                (ticked = (bool?)change["value"] ?? false) || change.ContainsKey("value"),
            ticked => new JsonObject { ["value"] = ticked }
        );
    }

    /// <summary>A button; its value is how often it was clicked.</summary>
    public static Control<int> Button(string label, Action clicked)
    {
        int count = 0;
        return new Control<int>(
            label,
            Widgets.State("Button", "ButtonStyle", label),
            0,
            (JsonObject message, out int clicks) =>
            {
                bool click = (string?)message["event"] == "click";
                clicks = click ? ++count : count;
                return click;
            },
            _ => []
        ).OnChange(_ => clicked());
    }

    private static Control<T> Number<T>(
        string label,
        T value,
        T min,
        T max,
        T step,
        string model,
        string style,
        JsonObject more
    )
        where T : struct, INumber<T>
    {
        if (min > max || value < min || value > max)
            throw new ArgumentOutOfRangeException(nameof(value), value, $"{label} is to lie between {min} and {max}.");
        JsonObject state = Widgets.State(model, style, label);
        if (step == T.Zero)
            step = IsWhole<T>() ? T.One : (max - min) / T.CreateChecked(100);
        foreach ((string name, T number) in new[] { ("value", value), ("min", min), ("max", max), ("step", step) })
            state[name] = JsonSerializer.SerializeToNode(number);
        Add(state, more);
        return new Control<T>(
            label,
            state,
            value,
            (JsonObject change, out T given) =>
            {
                given = change["value"] is { } node ? node.Deserialize<T>() : default;
                return change.ContainsKey("value") && given >= min && given <= max;
            },
            given => new JsonObject { ["value"] = JsonSerializer.SerializeToNode(given) }
        );
    }

    // What sliders have beside their ends.
    private static JsonObject Sliding(string format) =>
        new()
        {
            ["readout"] = true,
            ["readout_format"] = format,
            ["orientation"] = "horizontal",
            ["continuous_update"] = true,
        };

    private static void Add(JsonObject state, JsonObject more)
    {
        foreach ((string name, JsonNode? part) in more)
            state[name] = part?.DeepClone();
    }

    private static bool IsWhole<T>()
        where T : INumber<T> => T.IsInteger(T.One / T.CreateChecked(2));
}
