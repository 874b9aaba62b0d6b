using System.Globalization;
using HitSong.Corpus;
using HitSong.Experiments;
using Tests;

namespace HitSong.Tests.Experiments;

[Collection(DefaultGenerator.Name)]
public class ImportedWeightsTests(SmallCorpus corpus)
{
    // Weights of spotify-mlp as Keras keeps them, their scaler, and what NumPy answers to the catalogue's rows.
    private const string Catalogue =
        KerasWeightsTests.Keras
        + """
            import pandas as pd
            folder, catalogue, artists = sys.argv[1:]
            songs = pd.read_csv(catalogue, keep_default_na=False)
            popularity = pd.read_csv(artists).drop_duplicates("artist_name").set_index("artist_name").popularity
            numbers = ("danceability energy key loudness mode speechiness acousticness instrumentalness liveness "
                       "valence tempo duration_ms time_signature").split()
            x = songs[numbers].astype(float)
            x["artist_popularity"] = songs.artist_name.map(popularity).astype(float)
            x = pd.concat([x, pd.get_dummies(songs.genre, prefix="genre")], axis=1)
            for i in range(96 - x.shape[1]): x[f"genre_other {i}"] = 0
            mean, scale = x.mean(), x.std().where(x.std() > 0, 1)
            pd.DataFrame({"mean": mean, "scale": scale}).to_csv(folder + "/scaler.csv")
            layers = dense([96, 80, 80, 80, 4])
            write(folder + "/model.h5", "keras 2, save", layers)
            y = np.exp(answer(((x - mean) / scale).to_numpy("f8"), layers))
            for row in y / y.sum(1, keepdims=True): print(*row)
            """;

    [Fact]
    public void A_catalogues_published_network_answers_as_numpy_does_and_its_run_goes_everywhere()
    {
        using var folder = new TemporaryFolder();
        RunStore store = new(folder.At("runs"));
        string printed = Python.Run(Catalogue, folder.Path, corpus.Corpus.CataloguePath, corpus.Corpus.ArtistsPath);
        double[][] expected =
        [
            .. printed
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray()),
        ];

        Run run = ImportedWeights.Import(
            Recipes.SpotifyBins4Duration,
            corpus.Source,
            store,
            folder.At("model.h5"),
            folder.At("scaler.csv")
        );

        Assert.Equal(expected.Length, run.Predictions.Count);
        Assert.All(
            run.Predictions,
            p =>
                Assert.All(
                    expected[int.Parse(p.Track["row ".Length..], CultureInfo.InvariantCulture)].Zip(p.Probabilities),
                    pair => Assert.Equal(pair.First, pair.Second, 1e-5)
                )
        );
        Run read = Assert.Single(store.Read().Runs);
        Assert.Contains("spotify-mlp-bins4-duration-imported-", read.Id);
        Assert.Equal("model.h5", read.Imported!.File);
        Assert.Empty(read.History);
        Assert.Equal(21_044, read.Parameters);
        Assert.Contains("weights of others", string.Join(' ', new VerdictTable(read).InWords));
        Assert.Contains(
            "there are no figures of its own training",
            File.ReadAllText(Path.Combine(store.PathOf(read), "model-card.md"))
        );
        Assert.Equal(1, store.ToTable().Count);

        using Predictor predictor = Predictor.Load(store.PathOf(read));
        Assert.Equal(82, predictor.Preparation!.Genres.Count);
        double[] means = [.. predictor.Preparation.Mean.Take(14)];
        Assert.Equal(1, predictor.Predict(means, predictor.Preparation.Genres[0]).Song.Sum(), 1e-6);
        Assert.False(predictor.IsCalibrated);

        ExternalValidation evaluation = ExternalValidation.Of(read, store, corpus.Source);
        Assert.Equal(read.Verdict.BySong.Accuracy, evaluation.Verdict.BySong.Accuracy);
        Assert.All(evaluation.Classes, shift => Assert.Null(shift.Trained));
        Assert.Contains("which songs trained them is not known", evaluation.InWords[0]);
        Assert.DoesNotContain("NaN", evaluation.ToJson());
    }

    [Fact]
    public void The_published_lstm_is_given_all_clips_as_one_batch_and_answers_as_pytorch_does()
    {
        using var folder = new TemporaryFolder();
        RunStore store = new(folder.At("runs"));
        Recipe recipe = Recipes.TikTokLstm;
        using ClipSet clips = ClipSet.Read(corpus.Source.Tracks, recipe.Features!, store.Features);
        File.WriteAllText(
            folder.At("clips.txt"),
            string.Join(
                '\n',
                Enumerable
                    .Range(0, clips.Clips.Count)
                    .Select(i => string.Join(' ', clips.Features(i).Values.Select(v => $"{v:R}")))
            )
        );
        File.WriteAllText(
            folder.At("plays.txt"),
            string.Join(' ', Enumerable.Range(0, clips.Clips.Count).Select(i => clips.TrackOf(i).Plays))
        );
        string[] lines = Python
            .Run(
                PythonModels.Source
                    + """
                    import sys, numpy as np
                    folder = sys.argv[1]
                    torch.manual_seed(3)
                    model = Lstm(batch_first=False).eval()
                    torch.save(model.state_dict(), folder + "/lstm.pth")
                    torch.save(Lstm(batch_first=True), folder + "/whole.pth")
                    torch.save({k: v for k, v in model.state_dict().items() if k != "fc2.bias"}, folder + "/lacks.pth")
                    x = torch.tensor(np.loadtxt(folder + "/clips.txt", dtype="f4")).reshape(-1, 13, 44).transpose(1, 2)
                    with torch.no_grad(): print(*model(x).tolist())
                    print(np.percentile(np.loadtxt(folder + "/plays.txt"), 75))
                    """,
                folder.Path
            )
            .Split('\n');

        Run run = ImportedWeights.Import(recipe, corpus.Source, store, folder.At("lstm.pth"));

        double[] expected = [.. lines[0].Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
        Assert.Equal(clips.Clips.Count, run.Predictions.Count);
        Assert.All(expected.Zip(run.Predictions), pair => Assert.Equal(pair.First, pair.Second.Probabilities[1], 1e-5));
        Assert.Equal(double.Parse(lines[1], CultureInfo.InvariantCulture), run.Bins.Edges[0], 1e-6);
        ExternalValidation evaluation = ExternalValidation.Of(run, store, corpus.Source);
        Assert.Equal(
            run.Predictions.Select(p => p.Probabilities[1]),
            evaluation.Predictions.Select(p => p.Probabilities[1])
        );
        Assert.Contains("given all of them as one", evaluation.InWords[1]);
        Assert.False(Predictor.CanAsk(run));

        Refused("whole.pth", "nothing of it was executed");
        Refused("lacks.pth", "It lacks fc2.bias");
        Assert.Single(Directory.GetDirectories(store.PathOf("")));

        void Refused(string file, string words) =>
            Assert.Contains(
                words,
                Assert
                    .Throws<HitSongException>(() =>
                        ImportedWeights.Import(recipe, corpus.Source, store, folder.At(file))
                    )
                    .Message
            );
    }

    [Fact]
    public void A_scaler_that_does_not_fit_is_named_with_what_was_expected()
    {
        using var folder = new TemporaryFolder();
        RunStore store = new(folder.At("runs"));
        IReadOnlyList<string> numbers = Recipes.SpotifyBins4Duration.Columns!;
        string whole = string.Concat(numbers.Append("pop").Select(name => $"{name},0.5,2\n"));

        Refused(null, "give the scaler that the weights were trained with");
        Refused(",mean,deviation\n" + whole, "has no column scale");
        Refused(",mean,scale\n" + whole.Replace("tempo,", "speed,"), "lacks tempo", "time_signature");
        Refused(",mean,scale\n" + whole.Replace("tempo,0.5,2", "tempo,0.5,0"), "for tempo the scale \"0\"");
        Refused(",mean,scale\n" + whole.Replace("key,0.5,2", "key,nan,2"), "for key the mean \"nan\"");
        Refused(",mean,scale\n" + whole + "pop,0,1\n", "names pop twice");
        File.WriteAllText(folder.At("scaler.csv"), ",mean,scale\n" + whole);
        Assert.Contains(
            "tiktok-lstm published scales nothing",
            Message(() =>
                ImportedWeights.Import(Recipes.TikTokLstm, corpus.Source, store, "x.pth", folder.At("scaler.csv"))
            )
        );
        Assert.Contains(
            "has 15 rows, and the clips have 13 bands",
            Message(() =>
                ImportedWeights.Import(
                    Recipes.TikTokLstmAudited,
                    corpus.Source,
                    store,
                    "x.pth",
                    folder.At("scaler.csv")
                )
            )
        );
        Assert.False(Directory.Exists(folder.At("runs")));

        void Refused(string? csv, params string[] words)
        {
            if (csv is not null)
                File.WriteAllText(folder.At("scaler.csv"), csv);
            string message = Message(() =>
                ImportedWeights.Import(
                    Recipes.SpotifyBins4Duration,
                    corpus.Source,
                    store,
                    "x.h5",
                    csv is null ? null : folder.At("scaler.csv")
                )
            );
            Assert.All(words, word => Assert.Contains(word, message));
        }

        static string Message(Func<object> import) => Assert.Throws<HitSongException>(import).Message;
    }
}
