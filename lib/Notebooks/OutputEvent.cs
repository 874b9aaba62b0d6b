using System.Text.Json.Nodes;

namespace Notebooks;

/// <summary>
/// What a running cell gives, in order; the messages of the Jupyter protocol without their envelope. Data are
/// nbformat's MIME bundles: text under text types, JSON under JSON types, base64 under image and audio types. Whoever
/// receives an event owns its data.
/// </summary>
public abstract record OutputEvent
{
    private OutputEvent() { }

    /// <summary>Printed text.</summary>
    /// <param name="Name"><c>stdout</c> or <c>stderr</c>.</param>
    /// <param name="Text">Some of the text, coalesced.</param>
    public sealed record Stream(string Name, string Text) : OutputEvent;

    /// <summary>A displayed value.</summary>
    /// <param name="Data">Its forms by MIME type.</param>
    /// <param name="DisplayId">What later updates name it by.</param>
    public sealed record Display(JsonObject Data, string DisplayId) : OutputEvent;

    /// <summary>New forms for every output that was displayed with this id.</summary>
    /// <param name="Data">Its forms by MIME type.</param>
    /// <param name="DisplayId">The id of the outputs to change.</param>
    public sealed record Update(JsonObject Data, string DisplayId) : OutputEvent;

    /// <summary>The value of the cell's last expression.</summary>
    /// <param name="Data">Its forms by MIME type.</param>
    /// <param name="ExecutionCount">The cell's number.</param>
    public sealed record Result(JsonObject Data, int ExecutionCount) : OutputEvent;

    /// <summary>The cell failed.</summary>
    /// <param name="Name">
    /// The exception's type; <c>CompilationError</c> or <c>Interrupted</c> where there was none.
    /// </param>
    /// <param name="Message">What went wrong, in a line or a few.</param>
    /// <param name="Traceback">Where, as lines of text to be shown.</param>
    public sealed record Error(string Name, string Message, IReadOnlyList<string> Traceback) : OutputEvent;

    /// <summary>The cell's outputs so far are to go.</summary>
    /// <param name="Wait">Only when the next output comes, so that nothing flickers.</param>
    public sealed record Clear(bool Wait) : OutputEvent;

    /// <summary>A message of a comm, by which a value talks with its counterpart in the frontend.</summary>
    /// <param name="Type"><c>comm_open</c>, <c>comm_msg</c> or <c>comm_close</c>.</param>
    /// <param name="Id">The comm's id.</param>
    /// <param name="Content">The message's content, its <c>comm_id</c> included.</param>
    /// <param name="Metadata">The message's metadata.</param>
    /// <param name="Heard">
    /// Of the message that opens it: called on the cells' thread with what the frontend says.
    /// </param>
    public sealed record Comm(
        string Type,
        string Id,
        JsonObject Content,
        JsonObject? Metadata = null,
        Action<JsonObject>? Heard = null
    ) : OutputEvent;
}
