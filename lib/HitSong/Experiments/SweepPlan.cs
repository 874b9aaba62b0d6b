namespace HitSong.Experiments;

/// <summary>
/// What a sweep trains, and in which order: decided on a clock that counts epochs, so that it follows from what the
/// trainings gave alone, and not from how long they took.
/// </summary>
/// <param name="sweep">The sweep.</param>
/// <param name="search">Proposes the trials that are not known beforehand; null: all are.</param>
internal sealed class SweepPlan(Sweep sweep, TreeParzenSearch? search)
{
    /// <summary>A training: a trial up to a rung.</summary>
    /// <param name="Trial">The trial.</param>
    /// <param name="Rung">Which of <see cref="Sweep.Rungs"/>.</param>
    /// <param name="Epochs">The rung's epochs in all; null: as many as the trial's recipe says.</param>
    public sealed record Step(Trial Trial, int Rung, int? Epochs);

    private readonly List<(Step Step, double End)> underWay = [];
    private readonly List<(Step Step, double Loss)> ended = [];
    private readonly HashSet<(int Trial, int Rung)> begun = [];
    private readonly HashSet<string> tried = [];
    private bool isExhausted;
    private int trials;

    /// <summary>Goes through the whole sweep.</summary>
    /// <param name="begin">Told of each training when it is decided; it may begin.</param>
    /// <param name="lossOf">
    /// Waits for a training and gives its validation loss, infinite where it gave nothing; told what else is under way.
    /// </param>
    /// <returns>All trainings, in the order in which they ended on the clock.</returns>
    public IReadOnlyList<(Step Step, double Loss)> Follow(
        Action<Step> begin,
        Func<Step, IReadOnlyList<Step>, double> lossOf
    )
    {
        double now = 0;
        while (true)
        {
            while (underWay.Count < sweep.AtOnce && Next() is { } next)
            {
                begun.Add((next.Trial.Number, next.Rung));
                underWay.Add((next, now + Epochs(next)));
                begin(next);
            }
            if (underWay.Count == 0)
                return ended;
            var first = underWay.MinBy(training => (training.End, training.Step.Trial.Number));
            underWay.Remove(first);
            now = first.End;
            ended.Add((first.Step, lossOf(first.Step, [.. underWay.Select(training => training.Step)])));
        }
    }

    private Step? Next() => Promoted() ?? (NewTrial() is { } trial ? new(trial, 0, sweep.Rungs[0]) : null);

    // The highest rung first.
    private Step? Promoted()
    {
        for (int rung = sweep.Rungs.Count - 2; rung >= 0; rung--)
        {
            var onRung = ended.Where(training => training.Step.Rung == rung).ToArray();
            bool isWhole = HasBegunAll && underWay.All(training => training.Step.Rung > rung);
            int goOn =
                sweep.IsAsynchronous ? onRung.Length / sweep.Keep
                : isWhole ? (onRung.Length + sweep.Keep - 1) / sweep.Keep
                : 0;
            var best = onRung
                .Where(training => double.IsFinite(training.Loss))
                .OrderBy(training => training.Loss)
                .ThenBy(training => training.Step.Trial.Number)
                .Take(goOn)
                .FirstOrDefault(training => !begun.Contains((training.Step.Trial.Number, rung + 1)));
            if (best.Step is { } step)
                return new(step.Trial, rung + 1, sweep.Rungs[rung + 1]);
        }
        return null;
    }

    private bool HasBegunAll => isExhausted || trials == sweep.Count;

    private Trial? NewTrial()
    {
        if (HasBegunAll)
            return null;
        Trial? trial = trials < sweep.Trials.Count ? sweep.Trials[trials] : Proposed(trials + 1);
        isExhausted = trial is null;
        if (trial is null)
            return null;
        trials++;
        tried.Add(Settings(trial));
        return trial;
    }

    // Null where the fields have no more choices.
    private Trial? Proposed(int number)
    {
        // Who came further knows more of itself than its loss on a lower rung says.
        (int, IReadOnlyList<string>)[] known =
        [
            .. ended
                .GroupBy(training => training.Step.Trial.Number)
                .Select(of => of.MaxBy(training => training.Step.Rung))
                .OrderByDescending(training => training.Step.Rung)
                .ThenBy(training => training.Loss)
                .ThenBy(training => training.Step.Trial.Number)
                .Select(training => (training.Step.Trial.Number, training.Step.Trial.Values)),
        ];
        foreach (string[] values in search!.Propose(number, known))
            try
            {
                Trial trial = sweep.TrialOf(number, values);
                if (!tried.Contains(Settings(trial)))
                    return trial;
            }
            // No network can be so.
            catch (HitSongException) { }
        return null;
    }

    // 0.001 and 1e-3 are one trial.
    private static string Settings(Trial trial) => string.Join('\n', trial.Recipe.ToFields().Values);

    // Of a trial that goes on those that it lacks.
    private double Epochs(Step step)
    {
        int epochs = step.Epochs ?? step.Trial.Recipe.Training.Epochs;
        return step.Rung == 0 || step.Trial.Recipe.Training.IsScheduledToEnd
            ? epochs
            : epochs - sweep.Rungs[step.Rung - 1]!.Value;
    }
}
