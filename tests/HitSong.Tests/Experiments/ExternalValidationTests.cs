using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Experiments;
using Tests;

namespace HitSong.Tests.Experiments;

[Collection(DefaultGenerator.Name)]
public class ExternalValidationTests(SmallCorpus corpus) : IClassFixture<SmallCorpus>
{
    [Fact]
    public void Of_its_own_songs_a_model_that_listens_has_never_seen_the_test_and_answers_as_it_did()
    {
        using var folder = new TemporaryFolder();
        RunStore store = new(folder.At("runs"));
        Run run = Experiment.Execute(
            Recipes.DescriptorMlp.AtDemoScale().With("Training.Epochs", "2"),
            corpus.Source,
            store
        );
        int trained = store.TracksOf(run).Rows<UsedTrack>().Count(track => track.Side != "test");
        AssertIsTest(
            ExternalValidation.Of(run, store, corpus.Source),
            "of a title and artist that trained or validated it"
        );
        // The same files under other names.
        Source renamed = new(
            "renamed",
            [
                .. corpus.Source.Tracks.Select(track => new Track(
                    track.Id,
                    $"{track.Id}?",
                    track.Artist,
                    track.AudioPath
                )
                {
                    Popularity = track.Popularity,
                    Views = track.Views,
                    Plays = track.Plays,
                }),
            ]
        );
        AssertIsTest(ExternalValidation.Of(run, store, renamed), "of an audio file that trained or validated it");
        Assert.Contains(
            $"{trained} of a title and artist",
            Assert
                .Throws<CorpusException>(() =>
                    ExternalValidation.Of(
                        run,
                        store,
                        corpus.Source with
                        {
                            Tracks =
                            [
                                .. corpus.Source.Tracks.Where(track => run.Predictions.All(p => p.Track != track.Id)),
                            ],
                        }
                    )
                )
                .Message
        );

        void AssertIsTest(ExternalValidation evaluation, string reason)
        {
            Assert.Equal([new LeftOut(reason, trained, IsGap: false)], evaluation.LeftOut);
            Assert.Equal(
                run.Predictions.Select(p => (p.Track, p.Clip, p.Label)).Order(),
                evaluation.Predictions.Select(p => (p.Track, p.Clip, p.Label)).Order()
            );
            var expected = run.Predictions.ToDictionary(p => (p.Track, p.Clip));
            Assert.All(
                evaluation.Predictions,
                p => Assert.Equal(expected[(p.Track, p.Clip)].Probabilities[1], p.Probabilities[1], 1e-5)
            );
            Assert.Equal(run.Verdict.BySong.Gain!.Value, evaluation.Verdict.BySong.Gain!.Value, 1e-12);
            Assert.Null(evaluation.Verdict.Skill);
            Assert.Equal(0, evaluation.OfKnownArtists);
        }
    }

    [Fact]
    public void Rows_of_another_catalogue_are_prepared_as_the_trainings_and_what_is_left_out_is_counted()
    {
        using var folder = new TemporaryFolder();
        RunStore store = new(folder.At("runs"));
        Run run = Experiment.Execute(
            Recipes.Find("spotify-mlp-bins4", "audited").With("Training.Epochs", "2"),
            corpus.Source,
            store
        );
        using Predictor predictor = Predictor.Load(store.PathOf(run));
        UsedTrack seen = store.TracksOf(run).Rows<UsedTrack>().First(track => track.Side == "training");
        string[] columns = File.ReadLines(corpus.Corpus.CataloguePath).First().Split(',');
        string genre = predictor.Preparation!.Genres[1];
        var random = new Random(5);
        double[][] numbers =
        [
            .. Enumerable
                .Range(0, 30)
                .Select(_ => predictor.Preparation.Numbers.Select(_ => random.NextDouble()).ToArray()),
        ];
        string Row(int i, string artist, string title, string of, string popularity) =>
            string.Join(
                ',',
                columns.Select(column =>
                    column switch
                    {
                        "artist_name" => $"\"{artist}\"",
                        "track_name" => $"\"{title}\"",
                        "track_id" => $"id{title}",
                        "popularity" => popularity,
                        "genre" => of,
                        "" => "0",
                        "year" => "2020",
                        _ when predictor.Preparation.Numbers.Index().FirstOrDefault(n => n.Item == column)
                                is { Item: not null } number => $"{numbers[i][number.Index]:R}",
                        _ => "1",
                    }
                )
            );
        // New songs by five artists, of which all but one do well; then one row for each reason.
        string[] rows =
        [
            .. Enumerable
                .Range(0, 25)
                .Select(i => Row(i, $"New {i % 5}", $"song {i}", genre, i % 5 == 0 ? "10" : "90")),
            Row(25, "New 1", "gap", genre, ""),
            Row(24, "New 4", "song 24", genre, "90"),
            Row(26, "Nobody", "unknown artist", genre, "90"),
            Row(27, "New 1", "strange", "a genre of their own", "90"),
            Row(28, seen.Artist.ToUpperInvariant(), $" {seen.Title}", genre, "90"),
        ];
        File.WriteAllLines(folder.At("new.csv"), [string.Join(',', columns), .. rows]);
        File.WriteAllLines(
            folder.At("artists.csv"),
            [
                "artist_name,popularity",
                .. Enumerable.Range(0, 5).Select(i => $"New {i},50"),
                $"\"{seen.Artist.ToUpperInvariant()}\",5",
            ]
        );
        ExternalValidation evaluation = ExternalValidation.Of(
            run,
            store,
            Source.Kaggle(folder.At("new.csv"), [folder.At("artists.csv")])
        );
        Assert.Equal(
            [
                new LeftOut("with a gap", 1),
                new LeftOut("that repeat another row", 1, IsGap: false),
                new LeftOut("of an artist whose popularity is not given", 1),
                new LeftOut("of a genre that training did not have", 1),
                new LeftOut("of a title and artist that trained or validated it", 1, IsGap: false),
            ],
            evaluation.LeftOut
        );
        Assert.Equal(25, evaluation.Predictions.Count);
        IReadOnlyList<Prediction> calibrated = Predictor.Tested(run with { Predictions = evaluation.Predictions });
        for (int i = 0; i < 25; i++)
        {
            Assert.Equal(i % 5 == 0 ? 0 : 3, evaluation.Predictions[i].Label);
            double[] alone = predictor.Predict(numbers[i], genre).Song;
            Assert.All(alone.Zip(calibrated[i].Probabilities), p => Assert.Equal(p.First, p.Second, 1e-5));
        }
        // 5 of 25 at or below 25, 20 above 75; nothing between.
        Assert.Equal([0.2, 0, 0, 0.8], evaluation.Classes.Select(shift => shift.Observed));
        UsedTrack[] trained = [.. store.TracksOf(run).Rows<UsedTrack>().Where(track => track.Side == "training")];
        Assert.Equal(trained.Average(track => track.Label == 3 ? 1.0 : 0), evaluation.Classes[3].Trained!.Value, 1e-12);
        Assert.Contains(
            evaluation.InWords,
            words => words.StartsWith("Labels have shifted: ") && words.Contains("over 75 has 80.0%")
        );
        Assert.Contains("1 with a gap", evaluation.InWords[0]);
        // Without the artist of most of them it is not evaluated unasked.
        File.WriteAllLines(folder.At("artists.csv"), ["artist_name,popularity", "New 0,50", "New 1,50"]);
        Source gaps = Source.Kaggle(folder.At("new.csv"), [folder.At("artists.csv")]);
        Assert.Contains(
            "of an artist whose popularity is not given",
            Assert.Throws<CorpusException>(() => ExternalValidation.Of(run, store, gaps)).Message
        );
        Assert.Equal(10, ExternalValidation.Of(run, store, gaps with { AllowGaps = true }).Predictions.Count);
        Assert.Contains(
            "has no column ",
            Assert
                .Throws<CorpusException>(() =>
                    ExternalValidation.Of(run, store, Source.Kaggle(folder.At("artists.csv"), [folder.At("new.csv")]))
                )
                .Message
        );
    }
}
