namespace Research.Serve.Answers;

/// <summary>
/// [bands × frames] as a byte each, low bands first: 0 is <paramref name="Low"/>, 255 is <paramref name="High"/>.
/// </summary>
internal sealed record Picture(int Bands, int Frames, double Low, double High, byte[] Values);
