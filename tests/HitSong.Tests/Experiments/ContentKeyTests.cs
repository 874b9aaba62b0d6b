using System.Reflection;
using System.Security.Cryptography;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Experiments;
using Tables;
using Tests;

namespace HitSong.Tests.Experiments;

/// <summary>A run is named by what it was made from, and tells it.</summary>
[Collection(DefaultGenerator.Name)]
public class ContentKeyTests(SmallCorpus corpus)
{
    private static readonly Recipe tabular = Recipes
        .Find("spotify-mlp-bins4", "audited")
        .With("Training.Epochs", "3")
        .With("Split.Validation", "0.25");

    private static readonly Recipe audio = Recipes
        .Find("tiktok-lstm", "audited")
        .AtDemoScale()
        .With("Training.Epochs", "1");

    [Fact]
    public void A_sweep_trains_anew_where_a_value_of_a_table_changed_and_only_there()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("sweeps"));
        Sweep sweep = Sweep.Grid(tabular, [SweepField.Parse("Training.LearningRate=0.001")]);
        Source source = Copied(folder, "a");
        Run first = Chosen();
        Assert.Equal(first.Id, Chosen().Id);

        // Elsewhere, under another name, and touched.
        source = Copied(folder, "b");
        File.SetLastWriteTimeUtc(source.Catalogue!, DateTime.UtcNow.AddDays(1));
        Run elsewhere = Chosen();
        Assert.Equal((first.Id, first.Environment.Started), (elsewhere.Id, elsewhere.Environment.Started));
        Assert.Single(Directory.GetDirectories(folder.At("sweeps")));

        string[] rows = File.ReadAllLines(source.Catalogue!),
            names = rows[0].Split(',');
        string energy = rows[1].Split(',')[Array.IndexOf(names, "energy")];
        Assert.StartsWith("0.", energy);
        rows[1] = rows[1].Replace($",{energy},", $",{energy[..^1]}{(energy[^1] - '0' + 1) % 10},");
        File.WriteAllLines(source.Catalogue!, rows);
        Run changed = Chosen();
        Assert.NotEqual(first.Id, changed.Id);
        Assert.NotEqual(Probabilities(first), Probabilities(changed));

        File.AppendAllText(source.Artists[0], "Somebody Else,50\n");
        Assert.NotEqual(changed.Id, Chosen().Id);
        Assert.Equal(3, Directory.GetDirectories(folder.At("sweeps")).Length);
        // What was trained first is still found.
        source = Copied(folder, "c");
        Assert.Equal(first.Id, Chosen().Id);

        Run Chosen() => sweep.Execute(source, store).Chosen!.Run;
    }

    [Fact]
    public void A_cut_off_training_goes_on_with_the_same_content_alone()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Source source = Copied(folder, "a");
        Assert.Throws<OperationCanceledException>(() => Experiment.Execute(tabular, source, store, CutOff));
        string state = store.StateOf(tabular, source);
        Assert.True(File.Exists(Path.Combine(state, "training.state")));

        // The rows trade places, and so sides: what was learnt of the others is of no use.
        Source other = Copied(folder, "b");
        string[] rows = File.ReadAllLines(other.Catalogue!);
        File.WriteAllLines(other.Catalogue!, [rows[0], .. rows.Skip(1).Reverse()]);
        Run ofOther = Experiment.Execute(tabular, other, store);
        Assert.Equal(Probabilities(Fresh(other)), Probabilities(ofOther));
        Assert.True(File.Exists(Path.Combine(state, "training.state")));

        Run goesOn = Experiment.Execute(tabular, Copied(folder, "c"), store);
        Assert.Equal(Probabilities(Fresh(source)), Probabilities(goesOn));
        Assert.False(Directory.Exists(state));
        Assert.NotEqual(ofOther.Data!.Hash, goesOn.Data!.Hash);

        Run Fresh(Source of) => Experiment.Execute(tabular, of, new RunStore(folder.At("fresh")));

        static void CutOff(ExperimentProgress progress)
        {
            if (progress.Epoch is { Epoch: 2 })
                throw new OperationCanceledException();
        }
    }

    [Fact]
    public void Audio_is_its_content_and_a_track_all_that_is_known_of_it()
    {
        using var folder = new TemporaryFolder();
        Track[] tracks = [.. corpus.Corpus.Tracks.Take(12).Select(track => track with { AudioPath = Copy(track) })];
        Source source = new("songs", tracks);
        string key = Key(audio, source);

        Assert.Equal(key, Key(audio, new("the same under another name", [.. corpus.Corpus.Tracks.Take(12)])));
        File.SetLastWriteTimeUtc(tracks[3].AudioPath, DateTime.UtcNow.AddDays(-1));
        Assert.Equal(key, Key(audio, source));

        byte[] before = File.ReadAllBytes(tracks[3].AudioPath);
        File.Copy(tracks[4].AudioPath, tracks[3].AudioPath, overwrite: true);
        Assert.NotEqual(key, Key(audio, source));
        File.Delete(tracks[3].AudioPath);
        Assert.NotEqual(key, Key(audio, source));
        File.WriteAllBytes(tracks[3].AudioPath, before);
        Assert.Equal(key, Key(audio, source));

        Track one = tracks[3];
        Track[] others =
        [
            one with
            {
                Id = one.Id + "x",
            },
            one with
            {
                Title = one.Title + "x",
            },
            one with
            {
                Artist = one.Artist + "x",
            },
            one with
            {
                Popularity = one.Popularity + 1,
            },
            one with
            {
                Views = one.Views + 1,
            },
            one with
            {
                Plays = one.Plays + 1,
            },
        ];
        string[] keys = [.. others.Select(other => Key(audio, new("songs", [.. tracks[..3], other, .. tracks[4..]])))];
        Assert.Equal(1 + others.Length, keys.Append(key).Distinct().Count());
        // The split is dealt by the order.
        Assert.NotEqual(key, Key(audio, new("songs", [.. tracks.Reverse()])));

        // What a recipe does not take is no part of it.
        Recipe few = audio with
        {
            Songs = 3,
        };
        Assert.Equal(Key(few, source), Key(few, new("songs", [.. tracks[..3], others[0]])));
        Assert.Equal(
            Key(tabular, corpus.Source),
            Key(tabular, corpus.Source with { Tracks = [.. corpus.Source.Tracks.Skip(1)] })
        );

        string Copy(Track track)
        {
            string path = folder.At($"{track.Id}.mp3");
            File.Copy(track.AudioPath, path);
            return path;
        }

        string Key(Recipe recipe, Source of) => new ContentKey(of, folder.At("features")).Of(recipe);
    }

    [Fact]
    public void Weights_that_a_network_starts_from_are_their_content()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("a.pth"), "weights");
        File.Copy(folder.At("a.pth"), folder.At("b.pth"));
        File.WriteAllText(folder.At("c.pth"), "others");
        string[] keys = [.. new[] { "a.pth", "b.pth", "c.pth" }.Select(Key)];
        Assert.Equal(keys[0], keys[1]);
        Assert.Equal(2, keys.Distinct().Count());

        string Key(string weights) =>
            new ContentKey(corpus.Source, folder.At("features")).Of(
                audio.With("Model.Weights", folder.At(weights)) with
                {
                    Songs = 1,
                }
            );
    }

    /// <summary>The hashes of the files in the repository that this was built from.</summary>
    [Fact]
    public void The_code_is_what_numbers_come_from()
    {
        string sources = typeof(Run)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "Sources")
            .Value!;
        string[] rooms =
        [
            "HitSong",
            .. "Numerics Audio Features Corpus Corpus/Demo Models Training Evaluation Experiments"
                .Split(' ')
                .Select(room => $"HitSong/{room}"),
            "Tables",
            "native/audio",
        ];
        string[] files =
        [
            .. rooms
                .SelectMany(room => Directory.GetFiles(Path.Combine(Repository.Root, "lib", room)))
                .Where(file => Path.GetExtension(file) is ".cs" or ".cpp" or ".h"),
        ];
        Assert.True(files.Length > 150);
        Assert.All(files, file => Assert.Contains(HashOf(file).ToUpperInvariant(), sources));
        Assert.Contains("TorchSharp 0.", sources);
        string charts = Path.Combine(Repository.Root, "lib/HitSong/Charts/Plot.cs");
        Assert.DoesNotContain(HashOf(charts).ToUpperInvariant(), sources);
        Assert.Matches("^[0-9a-f]{64}$", RunEnvironment.Code);
    }

    [Fact]
    public void A_run_lists_the_songs_that_it_was_made_from()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Run run = Experiment.Execute(audio, corpus.Source, store);
        Assert.Equal(run.Data, RunStore.Load(store.PathOf(run)).Data);
        Assert.Equal(RunEnvironment.Code, RunStore.Load(store.PathOf(run)).Environment.Sources);

        UsedTrack[] tracks = [.. store.TracksOf(run).Rows<UsedTrack>()];
        Assert.Equal(80, run.Data!.Tracks);
        Assert.Equal(80, tracks.DistinctBy(track => track.Track).Count());
        // By artist: a song stands on one side.
        Assert.Equal(
            (80, run.Data.Training, run.Data.Validation, run.Data.Test),
            (tracks.Length, On("training").Length, On("validation").Length, On("test").Length)
        );
        Assert.Equal(Songs(run.Predictions), On("test").Select(t => (t.Track, t.Label, t.Items)));
        Assert.Equal(Songs(run.Validation), On("validation").Select(t => (t.Track, t.Label, t.Items)));
        Assert.Equal(run.Train, On("training").Sum(track => track.Items));
        Dictionary<string, string> hashes = corpus.Corpus.Tracks.ToDictionary(t => t.Id, t => HashOf(t.AudioPath));
        Assert.All(tracks, track => Assert.Equal(hashes[track.Track], track.Content));

        string card = File.ReadAllText(Path.Combine(store.PathOf(run), "model-card.md"));
        Assert.Contains($"- Tracks: 80 (training {run.Data.Training}, validation", card);
        Assert.Contains($"SHA-256 {run.Data.Hash}\n", card);
        Assert.Equal(run.Data.Hash, store.ToTable().Values<string>("data_hash")[0]);

        UsedTrack[] On(string side) => [.. tracks.Where(track => track.Side == side)];

        static (string, int, int)[] Songs(IEnumerable<Prediction> predictions) =>
            [.. predictions.GroupBy(p => p.Track).Select(song => (song.Key, song.First().Label, song.Count()))];
    }

    [Fact]
    public void Where_clips_are_split_a_song_stands_on_several_sides_and_rows_have_no_content_of_their_own()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Recipe clips = Recipes.TikTokLstm.AtDemoScale().With("Training.Epochs", "1");
        Run run = Experiment.Execute(clips, corpus.Source, store);
        UsedTrack[] tracks = [.. store.TracksOf(run).Rows<UsedTrack>()];
        Assert.Equal(80, run.Data!.Tracks);
        Assert.True(tracks.Length > 80);
        Assert.Equal(run.Train + run.Validation.Count + run.Predictions.Count, tracks.Sum(track => track.Items));

        Run rows = Experiment.Execute(tabular, corpus.Source, store);
        tracks = [.. store.TracksOf(rows).Rows<UsedTrack>()];
        Assert.All(tracks, row => Assert.Equal((1, null), (row.Items, row.Content)));
        Assert.Equal(rows.Predictions.Select(p => p.Track).Order(), Test().Order());

        IEnumerable<string> Test() => tracks.Where(row => row.Side == "test").Select(row => row.Track);
    }

    // The catalogue and the artists' table, in a folder of their own.
    private Source Copied(TemporaryFolder folder, string name)
    {
        string to = Directory.CreateDirectory(folder.At(name)).FullName,
            catalogue = Path.Combine(to, $"catalogue {name}.csv"),
            artists = Path.Combine(to, "artists.csv");
        File.Copy(corpus.Source.Catalogue!, catalogue);
        File.Copy(corpus.Source.Artists[0], artists);
        return Source.Kaggle(catalogue, [artists]);
    }

    private static IEnumerable<double> Probabilities(Run run) => run.Predictions.SelectMany(p => p.Probabilities);

    private static string HashOf(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
}
