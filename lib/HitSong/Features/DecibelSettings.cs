using System.Text.Json.Serialization;

namespace HitSong.Features;

/// <summary>How power becomes decibels (librosa <c>power_to_db</c>).</summary>
/// <param name="Reference">
/// The power that is 0 dB; null: the largest in the matrix (librosa's <c>ref=np.max</c>).
/// </param>
/// <param name="MinPower">Less power counts as this much, librosa's amin.</param>
/// <param name="TopDb">No value lies further below the largest, dB; null: no such floor.</param>
public sealed record DecibelSettings(double? Reference = 1, double MinPower = 1e-10, double? TopDb = 80)
{
    /// <summary>librosa's <c>power_to_db(S, ref=np.max)</c>: the largest power is 0 dB, the floor −80 dB.</summary>
    public static DecibelSettings RelativeToMax { get; } = new(Reference: null);

    /// <summary>
    /// librosa's <c>power_to_db(S, ref=np.min)</c>: the least power is 0 dB, or what of it lies 80 dB below the largest
    /// is raised to that.
    /// </summary>
    public static DecibelSettings RelativeToMin { get; } = new(Reference: null) { IsRelativeToMin = true };

    /// <summary>
    /// Whether the power that is 0 dB is the least in the matrix, where <see cref="Reference"/> is null.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsRelativeToMin { get; init; }
}
