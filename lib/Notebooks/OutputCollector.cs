using System.Text.Json.Nodes;

namespace Notebooks;

/// <summary>Keeps the outputs of a run in a notebook's cells, as a Jupyter frontend does.</summary>
internal sealed class OutputCollector
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<JsonObject>> displays = [];
    private readonly HashSet<NotebookCell> toClear = [];
    private bool closed;

    public void Add(NotebookCell cell, OutputEvent output)
    {
        lock (gate)
        {
            // Nobody is there whom a comm could talk with.
            if (closed || output is OutputEvent.Comm)
                return;
            if (output is OutputEvent.Clear clear)
            {
                if (clear.Wait)
                    toClear.Add(cell);
                else
                    cell.Outputs.Clear();
                return;
            }
            if (output is OutputEvent.Update update)
            {
                foreach (JsonObject shown in displays.GetValueOrDefault(update.DisplayId) ?? [])
                    shown["data"] = update.Data.DeepClone();
                return;
            }
            if (toClear.Remove(cell))
                cell.Outputs.Clear();
            if (
                output is OutputEvent.Stream stream
                && cell.Outputs.LastOrDefault() is JsonObject last
                && (string?)last["name"] == stream.Name
            )
            {
                last["text"] = (string)last["text"]! + stream.Text;
                return;
            }
            JsonObject node = Node(output);
            if (output is OutputEvent.Display display)
            {
                if (!displays.TryGetValue(display.DisplayId, out List<JsonObject>? shown))
                    displays[display.DisplayId] = shown = [];
                shown.Add(node);
            }
            cell.Outputs.Add(node);
        }
    }

    /// <summary>From here on outputs are dropped: those of tasks that cells left behind.</summary>
    public void Close()
    {
        lock (gate)
            closed = true;
    }

    private static JsonObject Node(OutputEvent output) =>
        output switch
        {
            OutputEvent.Stream stream => new()
            {
                ["name"] = stream.Name,
                ["output_type"] = "stream",
                ["text"] = stream.Text,
            },
            OutputEvent.Display display => new()
            {
                ["data"] = display.Data.DeepClone(),
                ["metadata"] = new JsonObject(),
                ["output_type"] = "display_data",
            },
            OutputEvent.Result result => new()
            {
                ["data"] = result.Data.DeepClone(),
                ["execution_count"] = result.ExecutionCount,
                ["metadata"] = new JsonObject(),
                ["output_type"] = "execute_result",
            },
            OutputEvent.Error error => new()
            {
                ["ename"] = error.Name,
                ["evalue"] = error.Message,
                ["output_type"] = "error",
                ["traceback"] = new JsonArray([.. error.Traceback.Select(line => JsonValue.Create(line))]),
            },
            _ => throw new ArgumentOutOfRangeException(nameof(output), output, "is no output of its own"),
        };
}
