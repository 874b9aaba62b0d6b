using System.Text.Json.Nodes;

namespace Notebooks.Jupyter;

/// <summary>The comms that cells have opened, and who hears what the frontend says through them.</summary>
internal sealed class Comms
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, OutputEvent.Comm> open = [];

    /// <summary>Keeps a comm that was opened, forgets one that was closed.</summary>
    public void Remember(OutputEvent.Comm comm)
    {
        lock (gate)
        {
            if (comm.Type == "comm_open")
                open[comm.Id] = comm;
            if (comm.Type == "comm_close")
                open.Remove(comm.Id);
        }
    }

    /// <summary>The open comms by id, for <c>comm_info_reply</c>.</summary>
    public JsonObject Info(string? target)
    {
        var comms = new JsonObject();
        lock (gate)
            foreach ((string id, OutputEvent.Comm comm) in open)
                if ((string)comm.Content["target_name"]! is var name && (target is null || target == name))
                    comms[id] = new JsonObject { ["target_name"] = name };
        return comms;
    }

    /// <summary>What a message through a comm asks to be done; null where nobody hears it.</summary>
    public Action? Receive(Message message)
    {
        string? id = (string?)message.Content["comm_id"];
        OutputEvent.Comm? comm;
        lock (gate)
        {
            if (id is null || !open.TryGetValue(id, out comm))
                return null;
            if (message.Type == "comm_close")
                open.Remove(id);
        }
        return message.Type == "comm_msg" && comm.Heard is { } heard && message.Content["data"] is JsonObject data
            ? () => heard(data)
            : null;
    }
}
