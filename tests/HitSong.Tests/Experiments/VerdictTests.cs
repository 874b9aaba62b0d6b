using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Experiments;

namespace HitSong.Tests.Experiments;

public class VerdictTests
{
    // Test songs of one clip each: so many with each label and probability.
    private static Run Run(Recipe recipe, double? ceiling, params (int Count, bool Label, double Probability)[] songs)
    {
        var labelled = songs.SelectMany(song => Enumerable.Repeat(song, song.Count));
        return new()
        {
            Id = "x",
            Recipe = recipe,
            Source = "songs",
            Ceiling = ceiling,
            Bins = Bins.Threshold(1),
            Train = 1,
            Majority = 0,
            History = [],
            Leaks = recipe.Split.Unit == SplitUnit.Clip ? [new(Leak.Song, 1, "")] : [],
            Environment = RunEnvironment.Now(DateTime.UtcNow, 1, 1),
            Predictions = [.. labelled.Select((song, i) => Of($"{i}", song.Label, song.Probability))],
        };

        static Prediction Of(string name, bool label, double probability) =>
            new(name, name, 0, label ? 1 : 0, [1 - probability, probability]);
    }

    [Fact]
    public void Answering_no_to_all_is_the_majority_and_has_no_skill()
    {
        Verdict verdict = Run(Recipes.TikTokLstmAudited, 0.9, (75, false, 0.2), (25, true, 0.2)).Verdict;
        Assert.Equal(0.75, verdict.BySong.Accuracy);
        Assert.Equal(0, verdict.Skill);
        Assert.Contains("Not to be told from always answering the majority", verdict.InWords());
        Assert.Contains("The published 75.08% is the share of the majority class.", verdict.InWords());
    }

    [Fact]
    public void Skill_is_the_part_of_the_way_from_the_majority_to_the_ceiling()
    {
        // 90 of 100 right, majority 75, ceiling 95: (90 − 75) / (95 − 75).
        Verdict verdict = Run(
            Recipes.TikTokLstmAudited,
            0.95,
            (70, false, 0.2),
            (5, false, 0.6),
            (20, true, 0.9),
            (5, true, 0.1)
        ).Verdict;
        Assert.Equal(0.75, verdict.Skill!.Value, 12);
        Assert.StartsWith(
            "Better than always answering the majority (75.0% by song): the interval, 82.6% to 94.5%, lies above it.",
            verdict.InWords()
        );
    }

    [Fact]
    public void Both_votes_of_a_songs_clips_are_scored()
    {
        // Of a's clips two say no and one is so sure that the mean says yes; b is right by both.
        Run run = Run(Recipes.TikTokLstmAudited, null) with
        {
            Predictions =
            [
                .. new[] { ("a", 0.4), ("a", 0.4), ("a", 0.95), ("b", 0.9) }.Select(
                    (clip, i) => new Prediction(clip.Item1, clip.Item1, i, 1, [1 - clip.Item2, clip.Item2])
                ),
            ],
        };
        Assert.Equal((1, 0.5), (run.AccuracyBy(Vote.Mean), run.AccuracyBy(Vote.Majority)));
        string[] table = new VerdictTable(run).ToString().Split('\n');
        Assert.EndsWith(" 100.0%", table.Single(line => line.StartsWith("… by mean vote")));
        Assert.EndsWith(" 50.0%", table.Single(line => line.StartsWith("… by majority vote")));
    }

    [Fact]
    public void A_split_by_clip_leaks_and_says_so()
    {
        Assert.Contains(
            new VerdictTable(Run(Recipes.TikTokLstm, null, (3, false, 0.2), (1, true, 0.2))).InWords,
            words => words.Contains("leaks")
        );
        Assert.DoesNotContain(
            new VerdictTable(Run(Recipes.TikTokLstmAudited, null, (3, false, 0.2), (1, true, 0.2))).InWords,
            words => words.Contains("leaks")
        );
    }

    [Fact]
    public void The_overview_has_a_row_an_experiment_of_its_last_runs()
    {
        // Of the audited, 80 of 100 right, 75 without a hit, ceiling 95: skill (80 − 75) / (95 − 75).
        Run first = Run(Recipes.TikTokLstmAudited, 0.95, (100, false, 0.2)),
            last = Run(Recipes.TikTokLstmAudited, 0.95, (75, false, 0.2), (5, true, 0.9), (20, true, 0.2));
        Run published = Run(Recipes.TikTokLstm, null, (3, false, 0.2), (1, true, 0.2)),
            tuned = last with { Recipe = last.Recipe with { Variant = "tuned" } };
        VerdictOverview overview = new([
            Run(Recipes.HipHopCnn1, null, (1, false, 0.2), (1, true, 0.2)),
            first,
            published,
            last,
            tuned,
        ]);
        Assert.Equal(["hiphop-cnn1", "tiktok-lstm"], overview.Rows.Select(row => row.Experiment));
        Assert.Equal(
            ["hiphop-cnn1", "–", "–", "–", "50.0%", "–", "–", "–"],
            overview.Rows[0].Cells.Select(cell => cell.Figure)
        );
        Assert.Equal(
            ["tiktok-lstm", "75.08%", "75.0%", "–", "75.0%", "80.0%", "95.0%", "0.25"],
            overview.Rows[1].Cells.Select(cell => cell.Figure)
        );
        Assert.Equal("71.1% to 86.7%; majority 75.0%", overview.Rows[1].Cells[5].Below);
        Assert.Contains(
            overview.InWords,
            words =>
                words.StartsWith("tiktok-lstm: Not to be told from", StringComparison.Ordinal)
                && words.Contains("The published 75.08% is the share of the majority class.")
        );
        Assert.Contains("data-label=\"ceiling\" style=\"text-align:right\">95.0%", overview.ToHtml());
    }

    [Fact]
    public void Two_runs_are_compared_on_the_songs_that_both_were_tested_on()
    {
        // The first is right on all 20, the second wrong on the first 6: McNemar's p is 2 · ½⁶.
        Run first = Run(Recipes.TikTokLstmAudited, null, (10, false, 0.2), (10, true, 0.9)),
            second = Run(
                Recipes.TikTokLstmAudited,
                null,
                (6, false, 0.7),
                (4, false, 0.1),
                (10, true, 0.8),
                (5, true, 0.8)
            );
        Comparison comparison = Comparison.Of(first, second)!;
        Assert.Equal((20, 6, 0), (comparison.Songs, comparison.Accuracy.OnlyFirst, comparison.Accuracy.OnlySecond));
        Assert.Equal(2 / 64.0, comparison.Accuracy.P, 12);
        Assert.Null(Comparison.Of(first, first with { Predictions = [] }));
    }

    [Fact]
    public void The_quantile_is_numpys() => Assert.Equal(3.25, Quantile.Linear([4, 1, 3, 2], 0.75));
}
