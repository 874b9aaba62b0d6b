namespace HitSong.Corpus.Demo;

/// <summary>Everything that is played in a song, by part.</summary>
internal sealed record Score(List<Note> Bass, List<Note> Chords, List<Note> Lead, List<Stroke> Drums);
