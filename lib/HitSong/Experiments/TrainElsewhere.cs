namespace HitSong.Experiments;

/// <summary>Trains runs of a sweep on other machines, and returns when none is left to wait for.</summary>
/// <param name="missing">The trials that are not done, each with the folder that its run will have.</param>
/// <param name="epochs">The rung of halving; null: each trial's own epochs.</param>
/// <param name="done">Told now and then which have been done since, from one thread at a time.</param>
/// <returns>Why those that are still not there gave nothing, by the trial's number.</returns>
public delegate IReadOnlyDictionary<int, string> TrainElsewhere(
    IReadOnlyList<(Trial Trial, string Path)> missing,
    int? epochs,
    Action<IEnumerable<Trial>> done
);
