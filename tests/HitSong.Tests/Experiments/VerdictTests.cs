using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Experiments;
using HitSong.Numerics;

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
            Leaks = recipe.Split.Unit == SplitUnit.Clip ? [new(Leak.Track, 1, "a in training a", 0)] : [],
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
        Assert.StartsWith(
            "Not distinguishable from the best constant answer (75.0% by song): it gains 0.0 points",
            verdict.InWords()
        );
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
        // On 20 songs the model alone is right, on 5 the majority. With a pair added each way the mean difference of
        // 102 is 15/102, its variance (27 - 225/102) / 101, Student's quantile 1.983731: 5.0 to 24.4 points.
        Assert.StartsWith(
            "Better than the best constant answer (75.0% by song): it gains +15.0 points, 95% interval by artist +5.0 "
                + "to +24.4.",
            verdict.InWords()
        );
        Assert.Equal(0.25, verdict.SkillInterval!.Low, 0.005);
        Assert.Equal(1.22, verdict.SkillInterval.High, 0.005);
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
        // A heading takes three lines.
        Assert.Equal(["tiktok-lstm tiktok-lstm", "audited audited", "by clip by song"], table[..3].Select(Words));
        Assert.EndsWith(" 100.0%", table.Single(line => line.StartsWith("… by mean vote")));
        Assert.EndsWith(" 50.0%", table.Single(line => line.StartsWith("… by majority vote")));

        static string Words(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_split_by_clip_leaks_and_says_so()
    {
        Assert.Contains(
            new VerdictTable(Run(Recipes.TikTokLstm, null, (3, false, 0.2), (1, true, 0.2))).InWords,
            words => words.Contains("1 of 4 test clips share the track itself with training, such as a in training a.")
        );
        Assert.DoesNotContain(
            new VerdictTable(Run(Recipes.TikTokLstmAudited, null, (3, false, 0.2), (1, true, 0.2))).InWords,
            words => words.Contains("share the")
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
            ["tiktok-lstm", "75.08%", "75.0%", "72.2% to 77.7%", "75.0%", "80.0%", "95.0%", "0.25"],
            overview.Rows[1].Cells.Select(cell => cell.Figure)
        );
        Assert.Equal("71.1% to 86.7%; majority 75.0%", overview.Rows[1].Cells[5].Below);
        Assert.Contains(
            overview.InWords,
            words =>
                words.StartsWith("tiktok-lstm: Not distinguishable from", StringComparison.Ordinal)
                && words.Contains("The published 75.08% is the share of the majority class.")
        );
        // As text, too, what stands below a figure.
        Assert.Contains(overview.ToString().Split('\n'), line => line.Contains(" 71.1% to 86.7%"));
        Assert.Contains("data-label=\"ceiling\" style=\"text-align: right\">95.0%", overview.ToHtml());
    }

    [Fact]
    public void Two_runs_are_compared_on_the_songs_that_both_were_tested_on()
    {
        // The first is right on all 20, the second wrong on the first 6: with a pair added each way the mean difference
        // of 22 is 6/22, its variance (8 - 36/22) / 21; twice Student's tail of 21 degrees of freedom at 2.3237, by
        // scipy.
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
        Assert.Equal((20, 6, 0), (comparison.Songs, comparison.OnlyFirst, comparison.OnlySecond));
        Assert.Equal(0.3, comparison.Accuracy!.Value, 1e-12);
        Assert.Equal(0.03025361, comparison.Accuracy.P, 1e-6);
        Assert.Null(Comparison.Of(first, first with { Predictions = [] }));
    }

    [Fact]
    public void Many_comparisons_are_corrected_together()
    {
        Run first = Run(Recipes.TikTokLstmAudited, null, (10, false, 0.2), (10, true, 0.9)),
            second = Run(Recipes.TikTokLstmAudited, null, (6, false, 0.7), (4, false, 0.1), (10, true, 0.8));
        Comparison comparison = Comparison.Of(first, second)!;
        Assert.Contains("of 2 tests", comparison.ToString());
        string[] both = [.. Comparison.InWords([comparison, comparison])];
        // Four tests; the least p counts four times, the second as much.
        double[] adjusted = Holm.Adjust([
            comparison.Accuracy!.P,
            comparison.RocAuc!.P,
            comparison.Accuracy.P,
            comparison.RocAuc.P,
        ]);
        Assert.Contains(FormattableString.Invariant($"of 4 tests {adjusted[0]:0.000}"), both[0]);
        Assert.Contains(FormattableString.Invariant($"of 4 tests {adjusted[3]:0.000}"), both[1]);
    }

    [Fact]
    public void Where_training_and_test_have_another_majority_both_are_shown()
    {
        // Class 0 is the most frequent in training, and 3 of 10 test songs have it: the other constant is right in 70%.
        Run run = Run(Recipes.TikTokLstmAudited, 0.9, (3, false, 0.2), (7, true, 0.9));
        Assert.Equal((0.3, 0.7), (run.Verdict.BySong.MajorityBaseline, run.Verdict.BySong.BestConstant));
        Assert.Contains(
            "Always answering the class most frequent in training is right in 30.0%.",
            run.Verdict.InWords()
        );
        Assert.Equal(1.5, run.Verdict.Skill!.Value, 1e-12);
    }

    [Fact]
    public void No_ranking_is_claimed_whose_interval_contains_one_half()
    {
        Verdict unsure = Run(Recipes.TikTokLstmAudited, null, (3, false, 0.2), (3, true, 0.3), (3, false, 0.4)).Verdict;
        Assert.Contains("Nor can it be said to rank", unsure.InWords());
        Verdict sure = Run(Recipes.TikTokLstmAudited, null, (40, false, 0.2), (4, false, 0.9), (40, true, 0.8)).Verdict;
        Assert.Contains("It ranks the more popular above the rest", sure.InWords());
    }

    [Fact]
    public void The_quantile_is_numpys() => Assert.Equal(3.25, Quantile.Linear([4, 1, 3, 2], 0.75));

    [Fact]
    public void Rows_that_are_equal_by_construction_say_so_and_so_does_what_measures_the_rule()
    {
        Run Audited(string experiment) =>
            Run(Recipes.Find(experiment, "audited"), 0.9, (3, false, 0.2), (3, true, 0.8)) with
            {
                IsDemo = true,
            };
        var overview = new VerdictOverview([
            Audited("spotify-mlp-bins11"),
            Audited("spotify-mlp-bins11-artist"),
            Audited("spotify-mlp-bins4"),
            Audited("descriptor-mlp"),
        ]);
        Assert.Equal(
            [
                "",
                "audited, the same as spotify-mlp-bins11",
                "",
                "ours; its descriptors hold what the demo corpus's rule rewards",
            ],
            overview.Rows.Select(row => row.Cells[0].Below)
        );
        Assert.Contains("audited, the same as spotify-mlp-bins11", overview.ToHtml());
    }

    [Fact]
    public void A_catalogue_has_rows_and_neither_clips_nor_songs_that_vote()
    {
        Run run = Run(Recipes.Find("spotify-mlp-bins4", "published"), null, (3, false, 0.2), (3, true, 0.8)) with
        {
            Bins = Bins.Threshold(50),
            Leaks = [new(Leak.Song, 1, "")],
        };
        var table = new VerdictTable(run);
        Assert.Equal([("spotify-mlp-bins4 published", "by row")], table.Columns);
        Assert.All(table.Rows, row => Assert.Single(row.Cells));
        string[] said =
        [
            table.ToString(),
            new VerdictOverview([run]).ToString(),
            new ModelCard(run).ToString(),
            new ModelCard(run).ToMetadata()["limits"],
            (string)run.Recipe.ToMimeBundle()["text/plain"],
        ];
        Assert.All(said, words => Assert.DoesNotContain("clip", words, StringComparison.OrdinalIgnoreCase));
        Assert.All(said, words => Assert.DoesNotContain("by song", words));
        Assert.Contains("1 of 6 test rows share title and artist with training.", said[0]);
        Assert.Contains("by row, stratified", said[4]);
    }
}
