using System.Text.Json.Nodes;

namespace Notebooks.Jupyter;

/// <summary>A message of the Jupyter protocol that came in.</summary>
/// <param name="Sender">The frames that an answer is addressed by.</param>
/// <param name="Header">The header's bytes, which answers repeat as their parent's.</param>
/// <param name="Type">Such as <c>execute_request</c>.</param>
/// <param name="Metadata">What the client adds, such as the cell's id.</param>
/// <param name="Content">What the type says it holds.</param>
/// <param name="Buffers">Raw data that the content refers to.</param>
internal sealed record Message(
    IReadOnlyList<byte[]> Sender,
    byte[] Header,
    string Type,
    JsonObject Metadata,
    JsonObject Content,
    IReadOnlyList<byte[]> Buffers
);
