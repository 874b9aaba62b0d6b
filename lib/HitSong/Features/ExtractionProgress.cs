namespace HitSong.Features;

/// <summary>How far an extraction is.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">Files done in this stage.</param>
/// <param name="Total">Of how many.</param>
/// <param name="AudioSeconds">Seconds of audio whose features were extracted so far.</param>
public sealed record ExtractionProgress(string Stage, int Done, int Total, double AudioSeconds);
