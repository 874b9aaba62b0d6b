namespace HitSong.Corpus.Demo;

/// <summary>A piece of the drum kit.</summary>
internal enum Drum
{
    Kick,
    Snare,
    Hat,
    OpenHat,
    Shaker,
    Tom,
    Crash,
}
