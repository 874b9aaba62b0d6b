using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using HitSong.Audio;

namespace HitSong.Features;

/// <summary>Everything that decides what the feature store holds of an audio file.</summary>
public sealed record FeatureSettings
{
    // Raised whenever the same settings would give other bytes than before, so that no folder mixes two versions.
    private const int Format = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
    };

    private sealed record Document(int Format, FeatureSettings Settings);

    /// <summary>
    /// <c>views-resnet</c>: mel of four 15 s clips at 44,100 Hz, dB relative to the largest of each, [128 × 1292].
    /// </summary>
    public static FeatureSettings ViewsResNet { get; } =
        new() { Audio = new(44_100), Clips = ClipSettings.ViewsResNet };

    /// <summary>
    /// The hip hop experiments: mel of 30 s at 22,050 Hz in dB above each clip's least power, [128 × 1292].
    /// </summary>
    public static FeatureSettings HipHop { get; } = new() { Decibels = DecibelSettings.RelativeToMin };

    /// <summary><c>tiktok-lstm</c>: 13 of torchaudio's MFCCs of five segments of 22,050 samples, [13 × 44].</summary>
    public static FeatureSettings TikTok { get; } =
        new()
        {
            Audio = new(null, ChannelMode.First),
            Clips = ClipSettings.TikTok,
            Mel = MelSettings.Torchaudio with { FftLength = 2048, HopLength = 512 },
            Coefficients = 13,
        };

    /// <summary>Rate and channels of what is cut.</summary>
    public AudioSettings Audio { get; init; } = new(22_050);

    /// <summary>The clips.</summary>
    public ClipSettings Clips { get; init; } = ClipSettings.HipHop;

    /// <summary>How each clip is altered before its features are taken; null: it is as recorded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClipAlteration? Alteration { get; init; }

    /// <summary>The mel spectrogram of each; its sample rate is replaced by the audio's.</summary>
    public MelSettings Mel { get; init; } = MelSettings.Librosa;

    /// <summary><see cref="Mel"/> at the audio's rate; as it is where each file keeps its own.</summary>
    [JsonIgnore]
    public MelSettings MelOfClips => Mel with { SampleRate = Audio.SampleRate ?? Mel.SampleRate };

    /// <summary>How power becomes dB; null: it stays power. MFCCs have their own.</summary>
    public DecibelSettings? Decibels { get; init; } = DecibelSettings.RelativeToMax;

    /// <summary>How many MFCCs to take of the mel spectrogram; null: the mel spectrogram itself.</summary>
    public int? Coefficients { get; init; }

    /// <summary>
    /// How many descriptors of the whole recording's sound (<c>Descriptor.All</c>) are taken in the place of a mel
    /// spectrogram of clips; null: none. Rate, clips, mel and decibels then play no part.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Descriptors { get; init; }

    /// <summary>
    /// Values are kept as float16 (11 bits of precision: 0.03 dB at 60 dB) in half the space; float32 otherwise.
    /// </summary>
    public bool HalfPrecision { get; init; }

    /// <summary>[bands, frames] of every clip; of descriptors, [descriptors, 1].</summary>
    /// <exception cref="HitSongException">
    /// The clips' length is given in seconds, but no rate: the clips would not be alike.
    /// </exception>
    [JsonIgnore]
    public (int Bands, int Frames) Shape
    {
        get
        {
            if (Descriptors is { } descriptors)
                return (descriptors, 1);
            if (Audio.SampleRate is null && Clips.Samples is null)
                throw new HitSongException(
                    "clips of so many seconds at each file's own rate differ in size: give Audio.SampleRate, "
                        + "or the clips' length as Clips.Samples"
                );
            return (Coefficients ?? Mel.Bands, Mel.Stft.Frames(Clips.Length(Audio.SampleRate ?? 0)));
        }
    }

    /// <summary>A name of these settings: what the feature is, and a hash of them all.</summary>
    [JsonIgnore]
    public string Key
    {
        get
        {
            string feature =
                Descriptors is not null ? "descriptors"
                : Coefficients is null ? "mel"
                : "mfcc";
            string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToJson())));
            return $"{feature}-{hash[..12]}";
        }
    }

    /// <summary>The settings as <c>settings.json</c> holds them.</summary>
    public string ToJson() => JsonSerializer.Serialize(new Document(Format, this), Json) + "\n";

    /// <summary>Reads a <c>settings.json</c>; what it does not name has its default.</summary>
    /// <exception cref="HitSongException">The file is missing, no such JSON, or of another version.</exception>
    public static FeatureSettings Read(string path)
    {
        try
        {
            Document document =
                JsonSerializer.Deserialize<Document>(File.ReadAllText(path), Json)
                ?? throw new JsonException("it is empty");
            if (document is not { Format: Format, Settings: not null })
                throw new HitSongException($"{path} is of format {document.Format}; this version reads {Format}");
            return document.Settings;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new HitSongException($"{path} holds no feature settings: {e.Message}", e);
        }
    }
}
