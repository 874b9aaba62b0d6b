namespace HitSong.Corpus.Demo;

/// <summary>A way of making a note sound.</summary>
internal abstract record Instrument
{
    /// <summary>Plays whole chords a bar long rather than rhythms.</summary>
    public bool Sustained { get; init; }

    /// <summary>Adds a note to a bus, [samples] at the stage's rate; what lies beyond the bus's end is cut.</summary>
    public abstract void Play(Note note, Span<float> bus, Stage stage);
}
