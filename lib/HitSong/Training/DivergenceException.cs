namespace HitSong.Training;

/// <summary>
/// A training whose loss or answers are no numbers any more; the message names the epoch, the step and the batch.
/// </summary>
public sealed class DivergenceException(string message) : HitSongException(message);
