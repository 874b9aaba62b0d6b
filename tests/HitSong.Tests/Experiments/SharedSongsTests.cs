using System.Globalization;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Experiments;
using Tests;

namespace HitSong.Tests.Experiments;

/// <summary>What recipes let the sides of a split share, of a catalogue and of one artist's albums.</summary>
[Collection(DefaultGenerator.Name)]
public class SharedSongsTests(SmallCorpus corpus)
{
    // 40 artists of 6 songs, each twice under ids of its own, with other numbers, and written as catalogues write them.
    private static readonly string[] Spellings = ["", " - 2011 Remaster", " (feat. Guest)", " - Remastered"];

    private static (string Artist, string Song)[] Write(TemporaryFolder folder)
    {
        var random = new Random(1);
        string header = "artist_name,track_name,track_id,popularity,year,genre,";
        List<string> rows = [header + string.Join(',', TabularSettings.CatalogueNumbers)];
        List<(string, string)> truth = [];
        for (int row = 0; row < 480; row++)
        {
            int artist = row / 12,
                song = row % 6;
            string name = row % 12 < 6 ? $"Artist {artist}" : $"ARTIST {artist}",
                title = row % 12 < 6 ? $"Song {song}" : $"song {song}{Spellings[artist % 4]}";
            var numbers = TabularSettings.CatalogueNumbers.Select(column =>
                (random.NextDouble() + (column == "duration_ms" ? 1 : 0)).ToString(
                    "0.000",
                    CultureInfo.InvariantCulture
                )
            );
            rows.Add($"{name},{title},id{row},{random.Next(100)},2000,pop,{string.Join(',', numbers)}");
            truth.Add(($"{artist}", $"{artist} {song}"));
        }
        File.WriteAllLines(folder.At("catalogue.csv"), rows);
        string[] artists = [.. Enumerable.Range(0, 40).SelectMany(i => new[] { $"Artist {i},50", $"ARTIST {i},50" })];
        File.WriteAllLines(folder.At("artists.csv"), ["artist_name,popularity", .. artists]);
        return [.. truth];
    }

    [Fact]
    public void Audited_catalogues_have_no_song_under_another_id_on_two_sides_and_published_ones_do()
    {
        using var folder = new TemporaryFolder();
        (string Artist, string Song)[] truth = Write(folder);
        Source source = Source.Kaggle(folder.At("catalogue.csv"), [folder.At("artists.csv")]);
        foreach (Recipe recipe in Recipes.All.Where(recipe => recipe.Features is null))
        {
            using Dataset data = Dataset.Prepare(recipe, source, folder.At("features"));
            (string Artist, string Song)[] Of(IReadOnlyList<int> side) =>
                [.. side.Select(i => truth[int.Parse(data.Tracks[i].Id["row ".Length..])])];
            var (train, validation, test) = (Of(data.Split.Train), Of(data.Split.Validation), Of(data.Split.Test));
            var before = train.Concat(validation).ToArray();

            LeakCount songs = data.Leaks.Counts.Single(leak => leak.Kind == Leak.Song),
                artists = data.Leaks.Counts.Single(leak => leak.Kind == Leak.Artist);
            Assert.Equal(test.Count(row => before.Any(other => other.Song == row.Song)), songs.Items);
            Assert.Equal(validation.Count(row => train.Any(other => other.Song == row.Song)), songs.Validation);
            Assert.Equal(test.Count(row => before.Any(other => other.Artist == row.Artist)), artists.Items);
            if (recipe.Variant == "audited")
                Assert.Equal((0, 0, 0, 0), (songs.Items, songs.Validation, artists.Items, artists.Validation));
            else
                Assert.True(songs.Items > test.Length / 2, $"{songs}");
        }
    }

    [Fact]
    public void The_same_music_in_another_file_is_found_and_its_fingerprint_is_kept()
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Recipes.Find("hiphop-mlp", "published").AtDemoScale().With("Split.Test", "0.5");
        using Dataset data = Dataset.Prepare(recipe, corpus.Source, folder.At("features"));
        string[] files = [.. data.Tracks.Select(track => track.AudioPath)];
        LeakAudit decoded = LeakAudit.Of(data.Split, data.Tracks, Fingerprint.ReadAll(files));
        Assert.Equal(decoded[Leak.NearAudio], data.Leaks[Leak.NearAudio]);
        Assert.True(data.Leaks[Leak.NearAudio] > data.Leaks[Leak.ExactAudio], "re-releases are other files");

        string kept = folder.At("features/fingerprints.csv");
        DateTime written = File.GetLastWriteTimeUtc(kept);
        using Dataset again = Dataset.Prepare(recipe, corpus.Source, folder.At("features"));
        Assert.Equal(data.Leaks[Leak.NearAudio], again.Leaks[Leak.NearAudio]);
        Assert.Equal(written, File.GetLastWriteTimeUtc(kept));
        File.WriteAllText(kept, "no fingerprints");
        using Dataset anew = Dataset.Prepare(recipe, corpus.Source, folder.At("features"));
        Assert.Equal(data.Leaks[Leak.NearAudio], anew.Leaks[Leak.NearAudio]);
    }

    // The songs of the corpus as one artist's, each artist's an album of theirs.
    private Source OneArtist =>
        corpus.Source with
        {
            Tracks =
            [
                .. corpus.Corpus.Tracks.Select(track => track with { Album = track.Artist, Artist = "Only One" }),
            ],
        };

    [Fact]
    public void One_artists_songs_are_split_by_album()
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Recipes.TikTokLstmAudited;

        using Dataset data = Dataset.Prepare(recipe, OneArtist, folder.At("features"));

        Assert.Equal((0, 0), Counted(Leak.Album));
        Assert.Equal((data.Split.Test.Count, data.Split.Validation.Count), Counted(Leak.Artist));
        Assert.True(data.Split.Test.Count > 0 && data.Split.Validation.Count > 0);
        Recipe made = recipe.For(OneArtist);
        Assert.Equal(SplitUnit.Album, made.Split.Unit);
        Assert.DoesNotContain(made.Ours, choice => choice.StartsWith("split by artist", StringComparison.Ordinal));
        Assert.Contains(made.Ours, choice => choice.StartsWith("split by album, as all songs are by Only One"));
        // Of several artists it stays as it is, and of one without albums nothing can be parted.
        Assert.Same(recipe, recipe.For(corpus.Source));
        Source bare = OneArtist with { Tracks = [.. OneArtist.Tracks.Select(track => track with { Album = null })] };
        Assert.Contains("no two albums are known", Assert.Throws<CorpusException>(() => recipe.For(bare)).Message);

        (int, int) Counted(Leak kind)
        {
            LeakCount count = data.Leaks.Counts.Single(leak => leak.Kind == kind);
            return (count.Items, count.Validation);
        }
    }

    [Fact]
    public void Each_albums_majority_in_training_is_a_baseline()
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Recipes.TikTokLstmAudited with
        {
            Split = new(SplitUnit.Track, Test: 0.3),
            Training = Recipes.TikTokLstmAudited.Training with { Epochs = 1 },
        };
        Run run = Experiment.Execute(recipe, OneArtist, new RunStore(folder.At("runs")));
        // Once more from the rule's words: the test songs, and what most of their album's other songs in training are.
        HashSet<string> heldOut = [.. run.Predictions.Concat(run.Validation).Select(prediction => prediction.Track)];
        int ClassOf(Track track) => run.Bins.Assign([track.Plays!.Value])[0];
        var training = OneArtist.Tracks.Where(track => !heldOut.Contains(track.Id)).ToArray();
        Track[] test = [.. run.Predictions.Select(p => OneArtist.Tracks.Single(t => t.Id == p.Track)).Distinct()];
        int right = test.Count(track =>
        {
            int[] album = [.. training.Where(other => other.Album == track.Album).Select(ClassOf)];
            int hits = album.Sum();
            return ClassOf(track)
                == (
                    album.Length == 0 ? run.Majority
                    : 2 * hits > album.Length ? 1
                    : 0
                );
        });

        Baseline albums = run.BaselineOf("album majority")!;
        Assert.Equal((double)right / test.Length, albums.BySong.Accuracy, 1e-12);
        Assert.Contains("test songs have theirs in training", albums.Note);
        Assert.Contains($" of {OneArtist.Tracks.Count}", albums.Note);
        Assert.Contains("album majority", new VerdictTable(run).ToString());
        // Where no album is known there is none, and the audit leaves it out.
        using Dataset demo = Dataset.Prepare(recipe, corpus.Source, new RunStore(folder.At("runs")).Features);
        Assert.DoesNotContain(demo.Leaks.Counts, leak => leak.Kind == Leak.Album);
    }

    // The six albums of the published label file: songs of 300 million views and more, and songs (29 of 63). The
    // majority of each is right for 7 + 4 + 7 + 8 + 11 + 10.
    [Fact]
    public void Of_the_published_songs_their_albums_majority_is_right_for_47_of_63()
    {
        (int Hits, int Songs)[] albums = [(4, 11), (2, 6), (7, 10), (4, 12), (2, 13), (10, 11)];
        var songs = albums.SelectMany(
            (album, a) => Enumerable.Range(0, album.Songs).Select(i => ($"{a}", i < album.Hits ? 1 : 0))
        );
        Assert.Equal((47, 63), AlbumMajority.WithinSample(songs));
    }

    [Fact]
    public void A_runs_ceiling_is_that_of_its_test_songs()
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Recipes.Find("spotify-mlp-bins4", "audited") with
        {
            Training = Recipes.Find("spotify-mlp-bins4", "audited").Training with { Epochs = 1 },
        };
        Run run = Experiment.Execute(recipe, corpus.Source, new RunStore(folder.At("runs")));
        // A row is the song of its number; fame is unknown, as no artist of the test is in training.
        SongChances chances = corpus.Corpus.EstimateChances(
            Target.Popularity,
            values => run.Bins.Assign(values),
            run.Bins.Count
        );
        double expected = run.Predictions.Average(p =>
            chances.ArtistUnknown[int.Parse(p.Track["row ".Length..])].Max()
        );
        Assert.Equal(expected, run.Ceiling!.Value, 0.0001);
        Assert.NotEqual(chances.CeilingOf("").ArtistUnknown, run.Ceiling);
        Assert.Equal(
            (run.Verdict.BySong.Accuracy - run.Verdict.BySong.BestConstant)
                / (run.Ceiling.Value - run.Verdict.BySong.BestConstant),
            run.Verdict.Skill!.Value,
            1e-12
        );
        string card = new ModelCard(run).ToString();
        Assert.DoesNotContain("clip", card, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"on these test rows, in expectation: {run.Ceiling:0.0%}", card);

        // A column that is made of the answer tells it: no ceiling holds.
        Run told = Experiment.Execute(
            Recipes.SpotifyBins11Artist with
            {
                Split = recipe.Split,
                Training = recipe.Training,
            },
            corpus.Source,
            new RunStore(folder.At("runs"))
        );
        Assert.Null(told.Ceiling);
        Assert.Contains(told.LeaksInWords, words => words.Contains("is made of the popularity that is asked for"));
    }
}
