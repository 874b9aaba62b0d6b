namespace Notebooks;

/// <summary>Something that could stand at the cursor.</summary>
/// <param name="Text">What stands there when it is chosen.</param>
/// <param name="Kind">
/// <c>method</c>, <c>property</c>, <c>class</c>, <c>keyword</c>, <c>path</c>, … as frontends draw them.
/// </param>
/// <param name="Signature">Its parameters or its type; empty where it has none.</param>
internal sealed record Completion(string Text, string Kind, string Signature);
