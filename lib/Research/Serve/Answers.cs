using System.Text.Json;

namespace Research.Serve;

// What the API takes and gives, as JSON.

/// <summary>The largest file, bytes, and how many songs can be ranked.</summary>
internal sealed record Limits(long Bytes, int Songs);

/// <summary>A class and its probability, calibrated, with the range that the calibration allows.</summary>
internal sealed record ClassChance(string Name, double Probability, double Low, double High);

/// <summary>
/// [bands × frames] as a byte each, low bands first: 0 is <paramref name="Low"/>, 255 is <paramref name="High"/>.
/// </summary>
internal sealed record Picture(int Bands, int Frames, double Low, double High, byte[] Values);

/// <summary>
/// A clip that the model heard: where it begins and how long it is, s (null where the recipe counts samples), what the
/// model alone says of it and what it was given.
/// </summary>
internal sealed record ClipAnswer(double Start, double? Seconds, double[] Probabilities, Picture Features);

/// <summary>
/// What a model says of a song. <paramref name="Frequencies"/> are the bands' centres, Hz; null where it is given
/// coefficients.
/// </summary>
internal sealed record SongAnswer(
    string File,
    string Model,
    string Measure,
    string Worth,
    int Answer,
    IReadOnlyList<ClassChance> Classes,
    IReadOnlyList<ClipAnswer> Clips,
    IReadOnlyList<double>? Frequencies
);

/// <summary>Where in each clip, 0…1, the model finds what speaks for a class.</summary>
internal sealed record AttentionAnswer(
    string File,
    string Model,
    int Class,
    string Name,
    string Method,
    IReadOnlyList<AttentionClip> Clips
);

/// <summary>The map of a clip.</summary>
internal sealed record AttentionClip(double Start, Picture Map);

/// <summary>Songs to put in order, each with the probabilities that <c>/api/predict</c> gave.</summary>
internal sealed record RankQuestion(string? Model, IReadOnlyList<RankedSong>? Songs);

/// <summary>A song's name and its probabilities, [classes].</summary>
internal sealed record RankedSong(string? File, double[]? Probabilities);

/// <summary>
/// The songs' order: each with its place in the question, and the probability that it is rightly before the next; null
/// for the last.
/// </summary>
internal sealed record RankAnswer(string Model, string Worth, IReadOnlyList<RankPlace> Order);

/// <summary>A place in the order.</summary>
internal sealed record RankPlace(int Song, string File, double? BeforeNext, bool TooCloseToCall);

/// <summary>The form of a model that reads a catalogue's numbers.</summary>
internal sealed record FormDescription(
    string Model,
    string Measure,
    string Worth,
    IReadOnlyList<string> Classes,
    IReadOnlyList<string> Genres,
    string Genre,
    IReadOnlyList<FormField> Fields
);

/// <summary>
/// A filled form: the genre, each number by its name, and the class whose contributions are wanted (the last where none
/// is named).
/// </summary>
internal sealed record FormQuestion(string? Genre, Dictionary<string, JsonElement>? Numbers, int? Class);

/// <summary>
/// What a model says of numbers, and what each makes of a class's probability, beside that of a typical song.
/// </summary>
internal sealed record FormAnswer(
    string Model,
    int Answer,
    IReadOnlyList<ClassChance> Classes,
    int Class,
    double Typical,
    IReadOnlyList<Contribution> Contributions
);

/// <summary>What an input adds to the probability, or takes where below 0.</summary>
internal sealed record Contribution(string Name, double Change);

/// <summary>A model, what it learned from and what it is worth.</summary>
internal sealed record ModelAnswer(
    string Id,
    string Experiment,
    string Variant,
    string Question,
    string Network,
    bool Listens,
    bool IsDefault,
    string Source,
    bool IsDemo,
    DateTime Trained,
    int TrainingItems,
    int TestSongs,
    long Parameters,
    string Measure,
    IReadOnlyList<string> Classes,
    double Accuracy,
    double Low,
    double High,
    double Majority,
    double? Ceiling,
    double? Skill,
    double? RocAuc,
    bool Leaks,
    string InWords,
    string Worth,
    IReadOnlyList<CalibrationCurve> Calibration
);

/// <summary>Of the test songs to which a class was given about so much probability, the share that has it.</summary>
internal sealed record CalibrationCurve(string Class, IReadOnlyList<CalibrationPoint> Points);

/// <summary>A point of the curve.</summary>
internal sealed record CalibrationPoint(int Songs, double Predicted, double Observed);
