namespace HitSong.Evaluation;

/// <summary>How a song's class follows from its clips'.</summary>
public enum Vote
{
    /// <summary>The class of the largest mean probability.</summary>
    Mean,

    /// <summary>The class that most clips answer; of a tie that of the larger mean probability.</summary>
    Majority,

    /// <summary>
    /// Of two classes, class 1 where at least half of the clips answer it: the "2 of 4" of <c>views-resnet</c>.
    /// </summary>
    AtLeastHalf,
}
