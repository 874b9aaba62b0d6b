namespace HitSong.Features.Descriptors;

/// <summary>Major or minor.</summary>
public enum Mode
{
    /// <summary>Major, with its large third.</summary>
    Major,

    /// <summary>Minor, with its small third.</summary>
    Minor,
}
