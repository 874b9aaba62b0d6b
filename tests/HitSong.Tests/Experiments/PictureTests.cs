using System.Globalization;
using HitSong.Corpus;
using HitSong.Experiments;
using HitSong.Features;
using HitSong.Features.Descriptors;
using Tests;

namespace HitSong.Tests.Experiments;

/// <summary>Pictures of clips, drawn here, and made and read by Pillow.</summary>
[Collection(DefaultGenerator.Name)]
public class PictureTests(SmallCorpus corpus)
{
    // Of each of three classes 40 pictures of 24 × 30, of two for each song: red, green or blue in noise.
    private const string Colours = """
        import sys, numpy as np
        from PIL import Image
        folder, seed = sys.argv[1], int(sys.argv[2])
        rng = np.random.default_rng(seed)
        with open(folder + "/pictures.csv", "w") as table:
            table.write("file,track,artist,popularity\n")
            for i in range(120):
                c = i % 3
                picture = rng.integers(0, 120, (24, 30, 3), dtype=np.uint8)
                picture[..., c] += 130
                Image.fromarray(picture).save(f"{folder}/{i}.png")
                table.write(f"{i}.png,song {i // 6}-{c} {seed},artist {i // 6} {seed},{10 + 40 * c + i % 7}\n")

        """;

    private static Recipe Recipe { get; } =
        Recipes
            .Find("spectrogram-cnn", "audited")
            .With("Model.Pixels", "12")
            .With("Training.Epochs", "12")
            .With("Training.LearningRate", "0.005");

    [Fact]
    public void A_clip_is_drawn_as_the_network_is_given_it_and_the_table_says_of_which_track()
    {
        using var folder = new TemporaryFolder();
        string root = Path.GetDirectoryName(corpus.Corpus.CataloguePath)!;
        Track[] tracks = [.. corpus.Source.Tracks.Take(12)];
        (string, IReadOnlyList<string>)[] files =
        [
            .. tracks.Select(t =>
                (
                    Path.GetRelativePath(root, t.AudioPath),
                    (IReadOnlyList<string>)[t.Id, t.Artist, $"{t.Popularity}", $"{t.Plays}"]
                )
            ),
        ];
        ExtractionResult extracted = FeatureExtraction.Run(
            root,
            [.. files.Select(file => file.Item1)],
            DescriptorExtractor.For(ClipPictures.Features),
            folder.At("features")
        );

        Assert.Equal(12, Draw("pictures"));

        Source pictures = Source.Pictures(folder.At("pictures"));
        Assert.Equal(
            tracks.Select(t => (t.Id, t.Artist, t.Popularity, t.Plays)),
            pictures.Tracks.Select(t => (t.Id, t.Artist, t.Popularity, t.Plays))
        );
        using ClipSet clips = ClipSet.Read(tracks, ClipPictures.Features, folder.At("features"));
        File.WriteAllText(folder.At("clip.txt"), string.Join('\n', clips.Features(0).Values.Select(v => $"{v:R}")));
        string furthest = Python.Run(
            """
            import sys, numpy as np, torch
            from PIL import Image
            picture = np.asarray(Image.open(sys.argv[1]))
            assert picture.shape == (128, 128, 3), picture.shape
            x = torch.tensor(np.loadtxt(sys.argv[2], dtype="f4")).reshape(1, 128, -1)
            x = torch.nn.functional.adaptive_avg_pool2d(x, 128)[0].numpy()
            # matplotlib's viridis at ten places.
            colours = "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725".split()
            colours = np.array([[int(c[i:i + 2], 16) for i in (0, 2, 4)] for c in colours])
            place = np.clip((x + 80) / 80, 0, 1) * 9
            expected = np.stack([np.interp(place, np.arange(10), colours[:, c]) for c in range(3)], 2)
            print(np.abs(expected - picture).max())
            """,
            pictures.Tracks[0].AudioPath,
            folder.At("clip.txt")
        );
        // Of 256 steps each is some levels of a colour.
        Assert.InRange(double.Parse(furthest, CultureInfo.InvariantCulture), 0, 2.5);

        // What was cut off, damaged or lost is made again, to the same bytes, in whatever order the cores come to it.
        Draw("one");
        Assert.Equal(Content("pictures"), Content("one"));
        string[] drawn = Directory.GetFiles(folder.At("one"), "*.png");
        File.Delete(drawn[0]);
        File.WriteAllBytes(drawn[1], [1, 2, 3]);
        File.WriteAllText(drawn[2] + ".part", "half");
        File.Delete(folder.At("one/pictures.csv"));
        File.Delete(drawn[2]);
        Draw("one");
        Assert.Equal(Content("pictures"), Content("one"));

        int Draw(string to) =>
            ClipPictures.Write(extracted, files, ["track", "artist", "popularity", "plays"], folder.At(to));

        SortedDictionary<string, string> Content(string of) =>
            new(
                Directory
                    .GetFiles(folder.At(of))
                    .ToDictionary(path => Path.GetFileName(path), path => Convert.ToHexString(File.ReadAllBytes(path)))
            );
    }

    [Fact]
    public void Pictures_that_somebody_made_are_learned_from_and_evaluated_on_and_nothing_is_heard()
    {
        using TemporaryFolder folder = new(),
            train = new("pictures"),
            other = new("others");
        Python.Run(Colours, train.Path, "1");
        Python.Run(Colours, other.Path, "2");
        RunStore store = new(folder.At("runs"));

        Run run = Experiment.Execute(Recipe, Source.Pictures(train.Path), store);

        Assert.Equal(1, run.Verdict.BySong.Accuracy);
        // Two pictures of each song, on one side.
        Assert.Equal(run.Predictions.Count, 2 * run.Verdict.BySong.Confusion.Total);
        Assert.Equal(0, run.SongsMet);
        Assert.Contains(
            run.Recipe.ToTable(),
            row => row == ("pictures", "12 × 12 in three colours, as they were given")
        );
        ExternalValidation evaluation = ExternalValidation.Of(run, store, Source.Pictures(other.Path));
        Assert.Equal(60, evaluation.Verdict.BySong.Confusion.Total);
        Assert.Equal(1, evaluation.Verdict.BySong.Accuracy);

        Assert.False(Predictor.CanAsk(run));
        Assert.Contains("looks at pictures", Message(() => Predictor.Load(store.PathOf(run))));
        Assert.Contains("give it --pictures", Message(() => ExternalValidation.Of(run, store, corpus.Source)));
        Assert.Contains(
            "hiphop-mlp looks at none",
            Message(() => Experiment.Execute(Recipes.HipHopMlp, Source.Pictures(train.Path), store))
        );
        using Predictor predictor = Predictor.LoadForMany(store.PathOf(run));
        predictor.SaveOnnx(folder.At("pictures.onnx"));
        float[] answer = OnnxPeer.Ask(folder.At("pictures.onnx"), new float[3 * 12 * 12], [1, 3, 12, 12]).Values;
        Assert.All(
            predictor.Ask(new FeatureMatrix(new float[3 * 12 * 12], 36, 12)).Zip(answer),
            pair => Assert.Equal(pair.First, pair.Second, 1e-5)
        );

        static string Message(Func<object> act) => Assert.ThrowsAny<HitSongException>(act).Message;
    }

    [Fact]
    public void A_picture_is_read_as_pillow_does_and_one_that_cannot_be_is_named_and_left_out()
    {
        using TemporaryFolder folder = new(),
            made = new("pictures");
        Python.Run(
            Colours
                + """
                picture = rng.integers(0, 256, (12, 12, 4), dtype=np.uint8)
                Image.fromarray(picture).save(folder + "/colours.png")
                Image.fromarray(picture[..., 0]).save(folder + "/grey.png")
                picture[..., :3].transpose(2, 0, 1).tofile(folder + "/colours.bin")
                picture[..., 0].tofile(folder + "/grey.bin")
                """,
            made.Path,
            "1"
        );
        Assert.Equal(File.ReadAllBytes(made.At("colours.bin")), PictureFile.Read(made.At("colours.png"), 12));
        byte[] grey = File.ReadAllBytes(made.At("grey.bin"));
        Assert.Equal([.. grey, .. grey, .. grey], PictureFile.Read(made.At("grey.png"), 12));

        byte[] whole = File.ReadAllBytes(made.At("6.png"));
        File.WriteAllBytes(made.At("6.png"), whole[..(whole.Length / 2)]);
        File.WriteAllText(made.At("7.png"), "no picture");
        File.Delete(made.At("8.png"));
        File.Copy(made.At("grey.png"), made.At("9.png"), overwrite: true);
        RunStore store = new(folder.At("runs"));
        Run run = Experiment.Execute(Recipe.With("Training.Epochs", "1"), Source.Pictures(made.Path), store);
        Assert.Equal(
            [
                (made.At("6.png"), "is damaged: it is cut off; make or get it again"),
                (made.At("7.png"), "is no picture that can be read; PNG, JPEG, WebP, GIF and BMP can"),
                (made.At("8.png"), "is missing"),
                (made.At("9.png"), "is 12 × 12 pixels, where most are 30 × 24"),
            ],
            run.Failures.Select(failure => (failure.Path, failure.Reason))
        );
        Assert.Equal([new LeftOut("whose picture gave nothing", 4)], run.LeftOut);

        // Somebody's bytes: each is read or refused.
        for (int seed = 0; seed < 300; seed++)
        {
            File.WriteAllBytes(made.At("mutant.png"), Mutant.Of(whole, seed));
            try
            {
                Assert.Equal(3 * 12 * 12, PictureFile.Read(made.At("mutant.png"), 12).Length);
            }
            catch (CorpusException) { }
        }
    }

    [Theory]
    [InlineData(null, "holds no pictures.csv")]
    [InlineData("name,popularity\na.png,1\n", "lacks the column file; it has name, popularity")]
    [InlineData("file,mood\na.png,1\n", "lacks the column popularity, views or plays")]
    [InlineData("file,popularity\na.png,1\n,2\n", "names no file in row 2")]
    [InlineData("file,popularity\na.png,101\n", "in row 1 the popularity \"101\", which is no number from 0 to 100")]
    [InlineData("file,plays\na.png,many\n", "in row 1 the plays \"many\"")]
    [InlineData("file,popularity\n", "names no picture")]
    public void A_table_that_says_too_little_is_refused_with_its_row(string? table, string words)
    {
        using TemporaryFolder folder = new();
        if (table is not null)
            File.WriteAllText(folder.At("pictures.csv"), table);
        Assert.Contains(words, Assert.Throws<CorpusException>(() => Source.Pictures(folder.Path)).Message);
    }
}
