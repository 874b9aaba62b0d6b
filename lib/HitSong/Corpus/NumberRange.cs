namespace HitSong.Corpus;

/// <summary>Between what a number of a catalogue lies, if it is what its column is named after.</summary>
/// <param name="Least">The least that is possible.</param>
/// <param name="Most">The most.</param>
internal sealed record NumberRange(double Least, double Most)
{
    private const double MillisecondsOfADay = 86_400_000;

    private static readonly NumberRange unit = new(0, 1),
        percent = new(0, 100);

    /// <summary>The range of a column by its name; any number where nothing is known of it.</summary>
    public static NumberRange Of(string column) =>
        column switch
        {
            "danceability" or "energy" or "speechiness" or "acousticness" => unit,
            "instrumentalness" or "liveness" or "valence" or "mode" => unit,
            "popularity" or "track_popularity" or "artist_popularity" => percent,
            "key" => new(-1, 11),
            "loudness" => new(-100, 100),
            "tempo" => new(0, 1000),
            "time_signature" => new(0, 32),
            "duration_ms" => new(1, MillisecondsOfADay),
            "year" => new(ReleaseYear.First, ReleaseYear.Last),
            _ => new(double.MinValue, double.MaxValue),
        };

    /// <summary>The range in words.</summary>
    public override string ToString() =>
        Least == double.MinValue ? "no number" : FormattableString.Invariant($"no number from {Least} to {Most}");
}
