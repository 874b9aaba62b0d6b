using System.Text.Json.Nodes;

namespace Notebooks.Interactive;

/// <summary>
/// The messages of Jupyter's widgets: models of ipywidgets 8 and their comms (widget messaging protocol 2.1).
/// </summary>
internal static class Widgets
{
    private const string Version = "2.0.0",
        Base = "@jupyter-widgets/base",
        ControlsModule = "@jupyter-widgets/controls";

    /// <summary>The state that all models have; its layout is added when it is opened.</summary>
    public static JsonObject State(string model) =>
        new()
        {
            ["_model_module"] = ControlsModule,
            ["_model_module_version"] = Version,
            ["_model_name"] = model + "Model",
            ["_view_module"] = ControlsModule,
            ["_view_module_version"] = Version,
            // A bounded field's bounds are the model's; it looks like any field.
            ["_view_name"] = model.Replace("Bounded", "") + "View",
        };

    /// <summary>The state that what is changed has beside it; its style is added when it is opened.</summary>
    public static JsonObject State(string model, string style, string label)
    {
        JsonObject state = State(model);
        state["description"] = label;
        state["disabled"] = false;
        state["style"] = style;
        return state;
    }

    /// <summary>A model as others name it.</summary>
    public static string Reference(string id) => "IPY_MODEL_" + id;

    /// <summary>Makes a control known to the frontends, its layout and style before it.</summary>
    public static void Open(CellRun run, string id, JsonObject state, Action<JsonObject> heard)
    {
        string? style = (string?)state["style"];
        // Jupyter's own cuts off what is longer than "learning".
        bool isLabelled = style is not (null or "ButtonStyle" or "HTMLStyle");
        state["layout"] = Part(run, Base, "Layout", "LayoutView", isLabelled ? ("width", "34em") : null);
        if (style is not null)
            state["style"] = Part(
                run,
                ControlsModule,
                style,
                "StyleView",
                isLabelled ? ("description_width", "13em") : null
            );
        Send(run, id, state, heard);
    }

    /// <summary>Tells the frontends of a change.</summary>
    public static void Update(CellRun run, string id, JsonObject change) =>
        run.Emit(
            new OutputEvent.Comm(
                "comm_msg",
                id,
                new JsonObject
                {
                    ["comm_id"] = id,
                    ["data"] = new JsonObject
                    {
                        ["method"] = "update",
                        ["state"] = change.DeepClone(),
                        ["buffer_paths"] = new JsonArray(),
                    },
                }
            )
        );

    private static string Part(
        CellRun run,
        string module,
        string model,
        string view,
        (string Name, string Length)? length
    )
    {
        string id = Guid.NewGuid().ToString("N");
        var state = new JsonObject
        {
            ["_model_module"] = module,
            ["_model_module_version"] = Version,
            ["_model_name"] = model + "Model",
            ["_view_module"] = Base,
            ["_view_module_version"] = Version,
            ["_view_name"] = view,
        };
        if (length is { } given)
            state[given.Name] = given.Length;
        Send(
            run,
            id,
            state,
            message =>
            {
                if ((string?)message["method"] == "request_state")
                    Update(CellRun.Current ?? run, id, state);
            }
        );
        return Reference(id);
    }

    private static void Send(CellRun run, string id, JsonObject state, Action<JsonObject> heard) =>
        run.Emit(
            new OutputEvent.Comm(
                "comm_open",
                id,
                new JsonObject
                {
                    ["comm_id"] = id,
                    ["target_name"] = "jupyter.widget",
                    ["data"] = new JsonObject { ["state"] = state.DeepClone(), ["buffer_paths"] = new JsonArray() },
                },
                new JsonObject { ["version"] = "2.1.0" },
                heard
            )
        );
}
