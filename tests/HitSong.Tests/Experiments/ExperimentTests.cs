using System.Diagnostics;
using System.Text;
using System.Text.Json;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Experiments;
using HitSong.Models;
using HitSong.Numerics;
using HitSong.Training;
using Tests;
using TorchSharp;

namespace HitSong.Tests.Experiments;

/// <summary>A small corpus, rendered once.</summary>
public sealed class SmallCorpus : IDisposable
{
    private readonly TemporaryFolder folder = new("small corpus");

    public SmallCorpus()
    {
        Corpus = DemoCorpus.Open(
            folder.At("corpus"),
            new DemoCorpusSettings
            {
                Songs = 80,
                Artists = 20,
                Seconds = 10,
            }
        );
        Source = Source.Demo(Corpus);
    }

    public DemoCorpus Corpus { get; }

    public Source Source { get; }

    public void Dispose() => folder.Dispose();
}

[Collection(DefaultGenerator.Name)]
public class ExperimentTests(SmallCorpus corpus)
{
    private static Recipe Short(Recipe recipe) =>
        recipe.AtDemoScale() with
        {
            Training = recipe.Training with { Epochs = 1 },
            Songs = null,
        };

    [Fact]
    public void Every_recipe_runs_on_the_same_songs_and_the_same_seed_gives_the_same_files_to_the_byte()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        // The largest networks in one variant and once, the rest in both and twice.
        static bool IsLarge(Recipe recipe) =>
            recipe.Model.Network is "ResNet34" or "HipHopCrnn" or "HipHopCnn1" or "HipHopCnn2";
        var recipes = Recipes.All.Where(recipe => !IsLarge(recipe) || recipe.Variant == "audited");
        foreach (Recipe recipe in recipes.Select(Short))
        {
            Run first = Experiment.Execute(recipe, corpus.Source, store);
            Assert.Single(first.History);
            Assert.All(first.Predictions, p => Assert.Equal(1, p.Probabilities.Sum(), 1e-5));
            Assert.Equal(recipe.Variant == "audited", first.Leaks.Single(leak => leak.Kind == Leak.Artist).Items == 0);
            // As published, songs or the artist's popularity leak, and who remembers is right more often.
            if (recipe.Variant == "audited")
                Assert.InRange(first.Ceiling!.Value, 0.2, 1);
            else if (recipe.Experiment is "tiktok-lstm" or "spotify-mlp-bins11-artist")
                Assert.Null(first.Ceiling ?? first.Verdict.Skill);
            if (IsLarge(recipe))
                continue;
            Run second = Experiment.Execute(recipe, corpus.Source, store);
            foreach (string file in new[] { "config.json", "predictions.csv", "result.json", "checkpoint.safetensors" })
                Assert.Equal(
                    File.ReadAllBytes(Path.Combine(store.PathOf(first), file)),
                    File.ReadAllBytes(Path.Combine(store.PathOf(second), file))
                );
        }
        Assert.Equal(
            ["published 3", "audited 3"],
            store
                .Read()
                .Runs.Where(run => run.Recipe.Experiment == "spectrogram-cnn")
                .DistinctBy(run => run.Recipe.Variant)
                .Select(run => $"{run.Recipe.Variant} {run.Bins.Count}")
        );
    }

    [Theory]
    [InlineData("spotify-mlp-bins4", "ReduceOnPlateau")]
    [InlineData("tiktok-lstm", "Constant")]
    public void A_run_goes_on_to_the_same_bytes_as_if_it_had_never_stopped(string experiment, string schedule)
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Recipe six = Recipes
            .Find(experiment, "audited")
            .With("Model.Dropout", "0.4")
            .With("Training.Schedule", schedule)
            .With("Training.ScheduleEpochs", "1")
            .With("Split.Validation", "0.25");
        six = six with { Training = six.Training with { Epochs = 6, BatchSize = 16 } };
        string rate = six.ToFields()["Training.LearningRate"];
        Recipe three = six with { Training = six.Training with { Epochs = 3 } };

        Run whole = Experiment.Execute(six, corpus.Source, store),
            first = Experiment.Execute(three, corpus.Source, store),
            second = Experiment.Execute(six, corpus.Source, store, continues: store.PathOf(first));

        Assert.Equal((6, 3, 6), (whole.History.Count, first.History.Count, second.History.Count));
        string[] files = ["metrics.csv", "predictions.csv", "validation.csv", "result.json", "checkpoint.safetensors"];
        foreach (string file in files)
            Assert.Equal(Content(whole, file), Content(second, file));
        Assert.Equal(first.Id, RunStore.Load(store.PathOf(second)).Continues);
        Assert.Contains(
            $"the first of them in the run {first.Id}",
            Encoding.UTF8.GetString(Content(second, "model-card.md"))
        );
        Assert.Null(RunStore.Load(store.PathOf(whole)).Continues);

        // Not with another recipe, other songs or no more epochs.
        Assert.Contains(
            $"Training.LearningRate {rate}, and cannot go on with 0.1",
            Refused(six.With("Training.LearningRate", "0.1"))
        );
        Assert.Contains("has the 3 epochs already", Refused(three));
        Assert.Contains(
            "other songs",
            Refused(
                six,
                source: corpus.Source with
                {
                    Tracks = corpus.Source.Tracks.Skip(1).ToArray(),
                    Catalogue = Shorter(),
                }
            )
        );
        File.Delete(Path.Combine(store.PathOf(first), "training.state"));
        Assert.Contains("has no training.state to go on from", Refused(six));

        byte[] Content(Run run, string file) => File.ReadAllBytes(Path.Combine(store.PathOf(run), file));

        string Shorter()
        {
            string[] rows = File.ReadAllLines(corpus.Source.Catalogue!);
            File.WriteAllLines(folder.At("catalogue.csv"), rows[..^1]);
            return folder.At("catalogue.csv");
        }

        string Refused(Recipe recipe, Source? source = null) =>
            Assert
                .Throws<HitSongException>(() =>
                    Experiment.Execute(recipe, source ?? corpus.Source, store, continues: store.PathOf(first))
                )
                .Message;
    }

    [Fact]
    public void What_has_stopped_for_want_of_progress_goes_on_with_more_patience()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Recipe patient = Recipes
                .Find("spotify-mlp-bins4", "audited")
                .With("Split.Validation", "0.25")
                .With("Training.LearningRate", "0.3")
                .With("Training.Epochs", "12"),
            impatient = patient.With("Training.Patience", "1");
        Run stopped = Experiment.Execute(impatient, corpus.Source, store);
        Assert.InRange(stopped.History.Count, 2, 11);
        string path = store.PathOf(stopped);
        Assert.Contains(
            "give it more patience",
            Assert
                .Throws<HitSongException>(() => Experiment.Execute(impatient, corpus.Source, store, continues: path))
                .Message
        );
        Run further = Experiment.Execute(patient, corpus.Source, store, continues: path);
        Assert.Equal(Experiment.Execute(patient, corpus.Source, store).History, further.History);
        Assert.Equal(12, further.History.Count);
    }

    [Fact]
    public void A_kept_run_reads_back_as_it_was()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Run run = Experiment.Execute(Short(Recipes.TikTokLstmAudited), corpus.Source, store);

        Run read = Assert.Single(store.OfThisProcess(run.Environment.Started));

        Assert.Equal(
            run.Predictions.SelectMany(p => p.Probabilities),
            read.Predictions.SelectMany(p => p.Probabilities)
        );
        Assert.Equal(
            run.Predictions.Select(p => (p.Track, p.Artist, p.Clip, p.Label)),
            read.Predictions.Select(p => (p.Track, p.Artist, p.Clip, p.Label))
        );
        Assert.Equal(run.Validation.Count, read.Validation.Count);
        Assert.Equal(run.History, read.History);
        Assert.Equal(run.Verdict.InWords(), read.Verdict.InWords());
        Assert.Equal(
            ["majority", "prior", "artist mean", "logistic regression", "gradient boosting"],
            read.Baselines.Select(b => b.Name)
        );
        Assert.Equal(run.Stratified(run.Verdict.BySong), read.Stratified(read.Verdict.BySong));
        Assert.Equal(new VerdictTable(run).ToString(), new VerdictTable(read).ToString());
        Assert.Equal(run.Recipe.Training, read.Recipe.Training);
        Assert.Equal(run.Recipe.Features, read.Recipe.Features);
        Assert.Equal(run.Bins.Edges, read.Bins.Edges);
        using var model = new TikTokLstm(batchFirst: true);
        Checkpoint.Load(model, Path.Combine(store.PathOf(run), "checkpoint.safetensors"));
        float[] weights = model.parameters().First().data<float>().ToArray();
        using var other = new TikTokLstm(batchFirst: true);
        Checkpoint.Load(other, Path.Combine(store.PathOf(run), "checkpoint.pth"));
        Assert.Equal(weights, other.parameters().First().data<float>().ToArray());
    }

    [Fact]
    public void The_audited_split_shows_the_model_no_artist_twice_and_the_published_one_does()
    {
        using var folder = new TemporaryFolder();

        using Dataset audited = Dataset.Prepare(Recipes.TikTokLstmAudited, corpus.Source, folder.At("features")),
            published = Dataset.Prepare(Recipes.TikTokLstm, corpus.Source, folder.At("features"));

        Assert.Equal((80 * 5, (13, 44)), (audited.Labels.Count, audited.Shape));
        HashSet<string>[] Artists(Dataset data) =>
            [
                .. new[] { data.Split.Train, data.Split.Validation, data.Split.Test }.Select(side =>
                    side.Select(i => data.Tracks[i].Artist).ToHashSet()
                ),
            ];
        Assert.Equal(20, Artists(audited).Sum(side => side.Count));
        Assert.True(Artists(published)[2].Overlaps(Artists(published)[0]));
        // Standard scores: of the training clips' coefficients, mean 0 and deviation 1.
        using torch.Tensor training = audited.For(Recipes.TikTokLstmAudited.Model).Batch(audited.Split.Train);
        Assert.True(training.mean([0, 1]).abs().max().item<float>() < 1e-3);
        Assert.True((training.std([0, 1]) - 1).abs().max().item<float>() < 1e-3);
    }

    [Fact]
    public void Altered_copies_stand_in_for_training_clips_and_for_no_others()
    {
        using var folder = new TemporaryFolder();
        Recipe plain = Recipes.TikTokLstmAudited,
            augmented = plain.With("Training.Waveform", "{\"Copies\": 2}");
        using Dataset expected = Dataset.Prepare(plain, corpus.Source, folder.At("features")),
            actual = Dataset.Prepare(augmented, corpus.Source, folder.At("features"));
        int[] others = [.. actual.Split.Validation, .. actual.Split.Test];

        Assert.Equal(expected.Split.Train, actual.Split.Train);
        Assert.Equal(expected.Scaler!.Offset, actual.Scaler!.Offset);
        Assert.Equal(Bits(expected, others), Bits(actual, others));
        Assert.Equal(Bits(expected, others), Bits(actual, others, new SeededRandom(1, "test")));
        Assert.Equal(Bits(expected, actual.Split.Train), Bits(actual, actual.Split.Train));
        Assert.Equal(
            Bits(actual, actual.Split.Train, new SeededRandom(1, "test")),
            Bits(actual, actual.Split.Train, new SeededRandom(1, "test"))
        );
        // Of every clip three versions turn up, of which one is the clip itself, each about as often: of 4,000 draws a
        // share is known to 0.0075.
        List<string>[] drawn = [.. Enumerable.Range(0, 40).Select(i => Versions(actual.Split.Train[i]))];
        Assert.All(drawn, versions => Assert.Equal(3, versions.Distinct().Count()));
        IEnumerable<double> unaltered = drawn.Select(
            (versions, i) => versions.Count(version => version == Bits(expected, [actual.Split.Train[i]])) / 100.0
        );
        Assert.Equal(1 / 3.0, unaltered.Average(), 0.03);

        // What was altered once is found again, and more copies leave the first ones as they are.
        string[] stores = Directory.GetDirectories(folder.At("features"));
        using Dataset more = Dataset.Prepare(
            augmented.With("Training.Waveform.Copies", "3").With("Training.Epochs", "2"),
            corpus.Source,
            folder.At("features")
        );
        Assert.Single(Directory.GetDirectories(folder.At("features")).Except(stores));

        static string Bits(Dataset data, IReadOnlyList<int> items, SeededRandom? random = null)
        {
            Examples examples = data.For(Recipes.TikTokLstmAudited.Model);
            using torch.Tensor batch = random is null ? examples.Batch(items) : examples.Altered!(items, random);
            return Convert.ToHexString(batch.bytes);
        }

        List<string> Versions(int item) =>
            [
                .. Enumerable
                    .Range(0, 100)
                    .Select(draw => Bits(actual, [item], new SeededRandom((ulong)item, "draw", draw))),
            ];
    }

    [Fact]
    public void A_run_with_altered_copies_is_the_same_to_the_byte_and_says_what_was_done()
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Short(Recipes.TikTokLstmAudited).With("Training.Waveform", "{\"Copies\": 1}");
        string[] files = ["config.json", "predictions.csv", "result.json", "checkpoint.safetensors"];
        // Each with a store of its own, so that both alter the audio.
        byte[][][] runs = [.. new[] { "a", "b" }.Select(name => Files(new RunStore(folder.At($"{name}/runs"))))];
        Assert.Equal(runs[0], runs[1]);

        var plain = new RunStore(folder.At("c/runs"));
        Experiment.Execute(recipe with { Training = recipe.Training with { Waveform = null } }, corpus.Source, plain);
        Assert.NotEqual(runs[0][1], File.ReadAllBytes(Path.Combine(plain.PathOf(plain.Read().Runs[0]), files[1])));

        byte[][] Files(RunStore store)
        {
            Run run = Experiment.Execute(recipe, corpus.Source, store);
            Assert.Contains(
                "an altered copy of each clip, stretched to 0.9–1.1 of its time",
                File.ReadAllText(Path.Combine(store.PathOf(run), "model-card.md"))
            );
            return [.. files.Select(file => File.ReadAllBytes(Path.Combine(store.PathOf(run), file)))];
        }
    }

    [Fact]
    public void Clips_of_one_song_never_part_in_the_test_of_views_resnet_but_do_in_its_validation()
    {
        Track[] tracks =
        [
            .. Enumerable
                .Range(0, 75)
                .SelectMany(song => Enumerable.Repeat(new Track($"{song}", $"{song}", "one artist", ""), 4)),
        ];
        Split split = Recipes.ViewsResNet.Split.Assign(tracks, new int[300], 42);
        // As published: 12 songs of 4 clips test; of the other 252 clips 41 validate.
        Assert.Equal((211, 41, 48), (split.Train.Count, split.Validation.Count, split.Test.Count));
        Assert.Equal(12, split.Test.Select(i => tracks[i].Id).Distinct().Count());
        Assert.NotEmpty(split.Validation.Select(i => tracks[i].Id).Intersect(split.Train.Select(i => tracks[i].Id)));
        Assert.Equal(300, split.Train.Concat(split.Validation).Concat(split.Test).Distinct().Count());
    }

    [Fact]
    public void A_test_of_one_class_is_refused_and_says_what_may_help()
    {
        using var folder = new TemporaryFolder();
        Recipe all = Recipes.ViewsResNet.AtDemoScale() with { Label = Recipes.ViewsResNet.Label with { Edges = [1] } };
        Assert.Contains(
            "has only the class",
            Assert.Throws<CorpusException>(() => Dataset.Prepare(all, corpus.Source, folder.At("features"))).Message
        );
    }

    [Fact]
    public void A_class_that_training_or_test_lacks_is_named_beside_the_figures()
    {
        static IEnumerable<Prediction> Of(int label, int count) =>
            Enumerable.Range(0, count).Select(i => new Prediction($"{label}-{i}", "x", 0, label, [0.2, 0.5, 0.3]));
        Run With(int[] train, params int[] tested) =>
            new()
            {
                Id = "x",
                Recipe = Recipes.SpectrogramCnn,
                Source = "songs",
                Bins = Bins.Custom([20, 60]),
                Train = train.Sum(),
                TrainCounts = train,
                Majority = 1,
                History = [],
                Environment = RunEnvironment.Now(DateTime.UtcNow, 1, 1),
                Predictions = [.. tested.SelectMany((count, label) => Of(label, count))],
            };
        Run run = With([0, 7, 5], 3, 2, 0);
        Assert.Equal(
            [
                $"Training has no item of the class {run.Bins.Names[0]}, and the test 3: "
                    + "no model can tell what it never met.",
                $"The test has no item of the class {run.Bins.Names[2]}, and training 5: nothing is measured of it.",
            ],
            run.MissingClasses
        );
        Assert.All(run.MissingClasses, words => Assert.Contains(words, new VerdictTable(run).ToString()));
        Assert.All(run.MissingClasses, words => Assert.Contains($"- {words}", new ModelCard(run).ToString()));
        // What both lack is no loss.
        Assert.Empty(With([4, 7, 0], 3, 2, 0).MissingClasses);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_the_loss_becomes_no_number_the_epochs_before_are_kept_as_a_run(bool keepBest)
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Recipe recipe = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale();
        // A rate that rises with every epoch, until a float holds it no more.
        recipe = recipe with
        {
            Training = recipe.Training with
            {
                Epochs = 12,
                LearningRate = 1e-3,
                Schedule = Schedule.Step,
                ScheduleEpochs = 1,
                ScheduleFactor = 1e8,
                KeepBest = keepBest,
            },
        };
        int told = 0;
        string message = Assert
            .Throws<DivergenceException>(() =>
                Experiment.Execute(recipe, corpus.Source, store, progress => told = progress.Epoch?.Epoch ?? told)
            )
            .Message;
        Run run = Assert.Single(store.Read().Runs);
        Assert.Contains($"in epoch {told + 1}, ", message);
        Assert.Contains($"kept as the run {run.Id}", message);
        Assert.Equal(told, run.History.Count);
        Assert.All(run.Predictions, p => Assert.Equal(1, p.Probabilities.Sum(), 1e-5));
        Assert.True(double.IsFinite(run.Verdict.ByClip.LogLoss));
        using Predictor predictor = Predictor.Load(store.PathOf(run));
    }

    [Theory]
    [InlineData("tiktok-lstm", "published")]
    [InlineData("descriptor-mlp", "audited")]
    [InlineData("spotify-mlp-bins4", "audited")]
    public void The_baselines_of_a_run_are_those_of_its_split(string experiment, string variant)
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Recipe recipe = Short(Recipes.Find(experiment, variant));
        Run run = Experiment.Execute(recipe, corpus.Source, store);
        using Dataset data = Dataset.Prepare(recipe, corpus.Source, store.Features);
        object Side(IReadOnlyList<int> items) =>
            new
            {
                x = items.Select(data.Summary),
                y = items.Select(i => data.Labels[i]),
                artist = items.Select(i => data.Tracks[i].Artist),
                song = items.Select(i => data.Tracks[i].Id),
            };
        string path = folder.At("data.json");
        File.WriteAllText(
            path,
            JsonSerializer.Serialize(
                new
                {
                    train = Side(data.Split.Train),
                    test = Side(data.Split.Test),
                    classes = data.Bins.Count,
                }
            )
        );
        double[] expected = HitSong.Tests.Evaluation.Problem.Numbers(
            Python.Run(
                """
                import json, sys, numpy as np
                from sklearn.linear_model import LogisticRegression
                from sklearn.preprocessing import StandardScaler
                d = json.load(open(sys.argv[1])); train, test = d['train'], d['test']
                y, t = np.array(train['y']), np.array(test['y'])
                prior = np.bincount(y, minlength=d['classes']) / len(y)
                scaler = StandardScaler().fit(train['x'])
                model = LogisticRegression(solver='newton-cg', tol=1e-8, max_iter=1000)
                model.fit(scaler.transform(train['x']), y)
                p = np.zeros((len(t), d['classes']))
                p[:, model.classes_] = model.predict_proba(scaler.transform(test['x']))
                by_known = {s for s, a in zip(test['song'], test['artist']) if a in train['artist']}
                print((t == prior.argmax()).mean(), -np.log(prior[t]).mean(),
                      (p.argmax(1) == t).mean(), -np.log(p[range(len(t)), t]).mean(), len(by_known),
                      prior @ np.bincount(t, minlength=d['classes']) / len(t))
                """,
                path
            )
        );

        Assert.Equal(expected[0], run.BaselineOf("majority")!.ByClip.Accuracy, 1e-12);
        Assert.Equal(expected[1], run.BaselineOf("prior")!.ByClip.LogLoss, 1e-9);
        Assert.Equal(expected[2], run.BaselineOf("logistic regression")!.ByClip.Accuracy, 1e-12);
        Assert.Equal(expected[3], run.BaselineOf("logistic regression")!.ByClip.LogLoss, 1e-5);
        // Where no artist of the test is known, the artist mean knows what the prior knows, and says so.
        Assert.Equal(variant == "audited", expected[4] == 0);
        Baseline artist = run.BaselineOf("artist mean")!;
        Assert.Equal(
            variant == "audited",
            artist.Note.Contains("no artist of the ") && artist.Note.Contains("it is the prior")
        );
        Assert.Equal(variant == "audited", Math.Abs(artist.ByClip.LogLoss - expected[1]) < 1e-9);
        Assert.Contains(artist.Note, new VerdictTable(run).ToString());
        Score regression =
            variant == "audited"
                ? run.BaselineOf("logistic regression")!.BySong
                : run.BaselineOf("logistic regression")!.ByClip;
        Baseline boosting = run.BaselineOf("gradient boosting")!;
        Score boosted = variant == "audited" ? boosting.BySong : boosting.ByClip;
        Assert.Contains(
            $"<br>regression {regression.Accuracy:0.0%}<br>boosting {boosted.Accuracy:0.0%}",
            new VerdictOverview([run]).ToHtml()
        );
        Assert.Equal(expected[5], run.Stratified(run.Verdict.ByClip)!.Value, 1e-12);
        Assert.Contains(
            new VerdictTable(run).Rows,
            row => row.Name == "drawn by training's shares" && row.Cells[0] == $"{expected[5]:0.0%}"
        );
    }

    [Fact]
    public void A_checkpoint_that_leaves_carries_its_card_as_python_reads_it()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Run run = Experiment.Execute(Short(Recipes.TikTokLstmAudited), corpus.Source, store);
        string path = store.PathOf(run);
        // The format's rule: a length, a JSON object whose metadata are texts, tensors without gaps from the header's
        // end to the file's; and the same weights as the .pth, which holds tensors alone.
        using JsonDocument metadata = JsonDocument.Parse(
            Python.Run(
                """
                import json, os, struct, sys, torch, numpy as np
                name = sys.argv[1] + "/checkpoint.safetensors"
                with open(name, "rb") as f:
                    n, = struct.unpack("<Q", f.read(8)); raw = f.read(n); data = f.read()
                assert raw[:1] == b"{" and n % 8 == 0, n
                pairs = json.loads(raw, object_pairs_hook=list)
                assert len({k for k, v in pairs}) == len(pairs)
                header = json.loads(raw); metadata = header.pop("__metadata__")
                assert all(type(k) is str and type(v) is str for k, v in metadata.items())
                end = 0
                weights = torch.load(sys.argv[1] + "/checkpoint.pth", weights_only=True)
                assert list(sorted(weights)) == list(sorted(header))
                for tensor, t in sorted(header.items(), key=lambda i: i[1]["data_offsets"]):
                    assert t["data_offsets"][0] == end, tensor
                    end = t["data_offsets"][1]
                    dtype = {"F32": "<f4", "I64": "<i8"}[t["dtype"]]
                    stored = np.frombuffer(data[slice(*t["data_offsets"])], dtype).reshape(t["shape"])
                    assert (stored == weights[tensor].numpy()).all(), tensor
                assert end == len(data)
                print(json.dumps(metadata))
                """,
                path
            )
        );

        Score score = run.Verdict.BySong;
        string Said(string name) => metadata.RootElement.GetProperty(name).GetString()!;
        Assert.Equal(
            ("pt", "tiktok-lstm", "audited", "MIT"),
            (Said("format"), Said("experiment"), Said("variant"), Said("license"))
        );
        Assert.Equal(score.Accuracy, double.Parse(Said("accuracy")), 1e-4);
        Assert.Contains("no forecast for any real song", Said("intended_use"));
        Assert.Contains("0 of 100 test clips share title and artist", Said("leaks"));
        Assert.Contains("it says nothing of real songs", Said("limits"));
        Assert.Equal(
            run.Recipe.ToFields(),
            JsonSerializer.Deserialize<Recipe>(Said("recipe"), Recipe.Json)!.ToFields()
        );
        Assert.Equal(
            Checkpoint.Metadata(Path.Combine(path, "checkpoint.safetensors")),
            metadata.RootElement.EnumerateObject().ToDictionary(e => e.Name, e => e.Value.GetString()!)
        );

        string card = File.ReadAllText(Path.Combine(path, "model-card.md"));
        string[] headings =
        [
            "Intended use",
            "Data",
            "Recipe",
            "What was measured",
            "Baselines",
            "Calibration",
            "Limits",
            "How to load it",
            "Licence",
        ];
        Assert.All(headings, heading => Assert.Contains($"\n## {heading}\n", card));
        Assert.Contains(
            $"| accuracy | {run.Verdict.ByClip.Accuracy:0.0%} | {score.Accuracy:0.0%} |\n"
                + $"| 95% interval | {run.Verdict.ByClip.Interval} | {score.Interval} |",
            card
        );
        Assert.Contains(
            $"| logistic regression | {run.BaselineOf("logistic regression")!.ByClip.Accuracy:0.0%} |",
            card
        );
        Assert.Contains($"Predictor.Load(\"artifacts/runs/{run.Id}\")", card);
        // Of a table's rows every one has the same number of cells.
        Assert.All(
            card.Split("\n\n").Where(part => part.StartsWith('|')),
            table =>
                Assert.Single(
                    table.TrimEnd().Split('\n').Select(row => row.Replace("\\|", "").Count(c => c == '|')).Distinct()
                )
        );
    }

    [Fact]
    public void What_another_process_trains_is_refused_until_it_ends_or_is_killed()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Recipe recipe = Short(Recipes.TikTokLstm);
        string state = Directory.CreateDirectory(store.StateOf(recipe, corpus.Source)).FullName;
        // As another process holds it, by flock(2).
        const string Hold =
            "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); "
            + "print('held', flush=True); time.sleep(600)";
        ProcessStartInfo start = new("/usr/bin/python3", ["-c", Hold, Path.Combine(state, "lock")])
        {
            RedirectStandardOutput = true,
        };
        using Process other = Process.Start(start)!;
        Assert.Equal("held", other.StandardOutput.ReadLine());
        File.WriteAllText(Path.Combine(state, "holder"), $"by process {other.Id}");

        string message = Assert
            .Throws<HitSongException>(() => Experiment.Execute(recipe, corpus.Source, store))
            .Message;
        Assert.Contains(
            $"tiktok-lstm published with these settings on {corpus.Source.Name} is being trained already, "
                + $"by process {other.Id}.",
            message
        );
        Assert.Contains("Wait until that run is kept", message);
        Assert.Single(Experiment.Execute(recipe with { Seed = 43 }, corpus.Source, store).History);

        other.Kill();
        other.WaitForExit();
        Assert.Single(Experiment.Execute(recipe, corpus.Source, store).History);
        Assert.False(Directory.Exists(state));
    }

    [Fact]
    public void A_damaged_run_is_named_and_passed_over()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Run run = Experiment.Execute(Short(Recipes.TikTokLstm), corpus.Source, store);
        File.WriteAllText(
            Path.Combine(store.PathOf(run), "predictions.csv"),
            "track,artist,clip,label,p0,p1\na,b,0,1,0.5\n"
        );
        Assert.Equal(store.PathOf(run), Assert.Single(store.Read().Damaged).Path);
        File.WriteAllText(Path.Combine(store.PathOf(run), "config.json"), "{\"recipe\": ");
        var (runs, damaged) = store.Read();
        Assert.Empty(runs);
        Assert.Equal(store.PathOf(run), Assert.Single(damaged).Path);
        Assert.Contains(run.Id, Assert.Throws<HitSongException>(() => RunStore.Load(store.PathOf(run))).Message);
    }
}
