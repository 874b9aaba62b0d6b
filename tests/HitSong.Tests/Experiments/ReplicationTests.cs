using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Experiments;
using Tests;

namespace HitSong.Tests.Experiments;

[Collection(DefaultGenerator.Name)]
public class ReplicationTests(SmallCorpus corpus) : IClassFixture<SmallCorpus>
{
    private static readonly Recipe start = Recipes
        .Find("spotify-mlp-bins4", "audited")
        .With("Training.Epochs", "3")
        .With("Split.Validation", "0.25");

    [Fact]
    public void Seeds_are_trained_on_one_split_and_their_spread_stands_beside_the_songs()
    {
        using var folder = new TemporaryFolder();
        RunStore store = new(folder.At("replications")),
            alone = new(folder.At("alone"));
        Replication replication = Replication.Repeats(start, 3);
        ReplicationResult result = replication.Execute(corpus.Source, store);
        Assert.Equal([42, 43, 44], result.Runs.Select(run => run.Recipe.Seed));
        Assert.Equal([42, 43, 44], result.Rows.Take(3).Select(row => int.Parse(row[0])));
        Run first = Experiment.Execute(start, corpus.Source, alone),
            second = Experiment.Execute(start.With("Seed", "43").With("Split.Seed", "42"), corpus.Source, alone);
        foreach (var (expected, actual) in new[] { first, second }.Zip(result.Runs))
            Assert.Equal(
                expected.Predictions.SelectMany(p => p.Probabilities),
                actual.Predictions.SelectMany(p => p.Probabilities)
            );
        Assert.Equal(
            Songs(first).Select(song => (song.Track, song.Label)),
            Songs(second).Select(song => (song.Track, song.Label))
        );

        double[] shares = [.. result.Runs.Select(run => Songs(run).Average(song => song.Right ? 1.0 : 0))];
        double mean = shares.Sum() / 3,
            deviation = Math.Sqrt(shares.Sum(share => (share - mean) * (share - mean)) / 2),
            constant = (double)Songs(first).CountBy(song => song.Label).Max(c => c.Value) / Songs(first).Count;
        Assert.Equal(mean, result.Accuracy!.Mean, 1e-12);
        Assert.Equal(deviation, result.Accuracy.Deviation, 1e-12);
        Assert.Equal(deviation / Math.Sqrt(3), result.Accuracy.StandardError, 1e-12);
        Assert.Equal(mean - constant, result.Gain!.Value, 1e-12);
        Assert.True(deviation > 0 && result.Gain.Interval.Low < result.GainBySongs!.Interval.Low);
        Assert.Equal((mean - constant) / (first.Ceiling!.Value - constant), result.Skill!.Value, 1e-9);
        Assert.Contains("3 seeds on one split", result.InWords[0]);

        // What is there is not trained again; one more seed is one training.
        var written = Directory
            .GetDirectories(store.PathOf(""))
            .ToDictionary(path => path, Directory.GetLastWriteTimeUtc);
        Assert.Equal(4, Replication.Repeats(start, 4).Execute(corpus.Source, store).Runs.Count);
        Assert.All(written, run => Assert.Equal(run.Value, Directory.GetLastWriteTimeUtc(run.Key)));
    }

    [Fact]
    public void Folds_test_every_song_once_and_are_judged_as_one()
    {
        using var folder = new TemporaryFolder();
        foreach (Recipe recipe in (Recipe[])[start, Recipes.DescriptorMlp.With("Training.Epochs", "2")])
        {
            ReplicationResult result = Replication
                .Folds(recipe.AtDemoScale().With("Training.Epochs", "2"), 3)
                .Execute(corpus.Source, new RunStore(folder.At("replications")));
            Assert.Equal([1, 2, 3], result.Runs.Select(run => run.Recipe.Split.Fold));
            Prediction[] all = [.. result.Runs.SelectMany(Songs)];
            Assert.Equal(corpus.Source.Tracks.Count, all.Length);
            Assert.Equal(all.Length, all.DistinctBy(song => song.Track).Count());
            // An artist is tested in one fold, and neither trains nor validates there.
            var folds = result.Runs.Select(run => Songs(run).Select(song => song.Artist).ToHashSet()).ToArray();
            Assert.Equal(folds.Sum(fold => fold.Count), all.DistinctBy(song => song.Artist).Count());
            Assert.All(
                result.Runs.Zip(folds),
                fold => Assert.DoesNotContain(fold.First.Validation, item => fold.Second.Contains(item.Artist))
            );
            Assert.All(result.Runs, run => Assert.Equal(0, run.Leaks.Single(leak => leak.Kind == Leak.Artist).Items));

            Assert.Equal(all.Average(song => song.Right ? 1.0 : 0), result.Verdict!.BySong.Accuracy, 1e-12);
            Score scored = Score.Of(all, result.Runs[0].Majority);
            Assert.Equal(
                (scored.BestConstant, scored.RocAuc, scored.LogLoss, scored.Gain),
                (
                    result.Verdict.BySong.BestConstant,
                    result.Verdict.BySong.RocAuc,
                    result.Verdict.BySong.LogLoss,
                    result.Gain
                )
            );
            double[] shares = [.. result.Runs.Select(run => Songs(run).Average(song => song.Right ? 1.0 : 0))];
            double mean = shares.Average(),
                variance = shares.Sum(share => (share - mean) * (share - mean)) / 2,
                ratio = result.Runs.Average(run => (double)run.Predictions.Count / run.Train);
            Assert.Equal(Math.Sqrt((1 / 3.0 + ratio) * variance), result.Accuracy!.StandardError, 1e-12);
            Assert.Equal("all", result.Rows[^1][0]);
            Assert.StartsWith("3 folds by artist, every song tested", result.InWords[0]);
        }
    }

    [Theory]
    [InlineData(SplitUnit.Clip, false)]
    [InlineData(SplitUnit.Clip, true)]
    [InlineData(SplitUnit.Track, false)]
    [InlineData(SplitUnit.Track, true)]
    [InlineData(SplitUnit.Song, false)]
    [InlineData(SplitUnit.Artist, true)]
    public void Every_kind_of_split_has_folds(SplitUnit unit, bool stratified)
    {
        Track[] items =
        [
            .. Enumerable.Range(0, 120).Select(i => new Track($"{i / 3}", $"title {i / 6}", $"artist {i / 12}", "")),
        ];
        int[] classes = [.. items.Select(track => int.Parse(track.Id) % 2)];
        var rule = new SplitRule(unit, Validation: 0.25, Stratified: stratified, Folds: 4);
        Split[] folds =
        [
            .. Enumerable.Range(1, 4).Select(fold => (rule with { Fold = fold }).Assign(items, classes, 7)),
        ];
        Assert.Equal(Enumerable.Range(0, 120), folds.SelectMany(fold => fold.Test).Order());
        foreach (Split fold in folds)
        {
            Assert.Equal(Enumerable.Range(0, 120), fold.Train.Concat(fold.Validation).Concat(fold.Test).Order());
            Assert.InRange(fold.Test.Count, 20, 40);
            Assert.InRange(fold.Validation.Count, 12, 36);
            IEnumerable<string> Units(IReadOnlyList<int> side) =>
                side.Select(i =>
                        unit switch
                        {
                            SplitUnit.Clip => $"{i}",
                            SplitUnit.Track => items[i].Id,
                            SplitUnit.Song => items[i].Title,
                            _ => items[i].Artist,
                        }
                    )
                    .Distinct();
            IReadOnlyList<int>[] sides = [fold.Train, fold.Validation, fold.Test];
            string[] units = [.. sides.SelectMany(Units)];
            Assert.Equal(units.Length, units.Distinct().Count());
        }
        Assert.Contains("fold 2 of 4 test", $"{rule with { Fold = 2 }}");
        Assert.Throws<HitSongException>(() => start.With("Split.Fold", "6").With("Split.Folds", "5"));
    }

    private static IReadOnlyList<Prediction> Songs(Run run) => Prediction.BySong(run.Predictions, run.Recipe.SongVote);
}
