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

    /// <summary>The state that all controls have; its layout and style are added when it is opened.</summary>
    public static JsonObject State(string model, string style, string label) =>
        new()
        {
            ["_model_module"] = ControlsModule,
            ["_model_module_version"] = Version,
            ["_model_name"] = model + "Model",
            ["_view_module"] = ControlsModule,
            ["_view_module_version"] = Version,
            // A bounded field's bounds are the model's; it looks like any field.
            ["_view_name"] = model.Replace("Bounded", "") + "View",
            ["description"] = label,
            ["disabled"] = false,
            ["style"] = style,
        };

    /// <summary>Makes a control known to the frontends, its layout and style before it.</summary>
    public static void Open(CellRun run, string id, JsonObject state, Action<JsonObject> heard)
    {
        state["layout"] = Part(run, Base, "Layout", "LayoutView");
        state["style"] = Part(run, ControlsModule, (string)state["style"]!, "StyleView");
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

    private static string Part(CellRun run, string module, string model, string view)
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
        return "IPY_MODEL_" + id;
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
