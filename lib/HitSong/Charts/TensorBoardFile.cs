using HitSong.Evaluation;
using HitSong.Experiments;
using HitSong.Training;
using SkiaSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Charts;

/// <summary>
/// A run as TensorBoard shows it, an event file by TorchSharp's own <c>SummaryWriter</c>: losses, accuracies and the
/// learning rate of every epoch, what was tested as text, and pictures of the confusion matrix, of the ROC curve and of
/// the reliability curve, all by song.
/// </summary>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var recipe = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale(epochs: 1, seed: 42);
/// var run = Experiment.Execute(recipe, source, new RunStore("../artifacts/runs"));
/// // Then: tensorboard --logdir artifacts/tensorboard
/// TensorBoardFile.Save(run, "../artifacts/tensorboard");
/// </code></example>
public static class TensorBoardFile
{
    private const int Side = 300, // of a picture's plot, pixels
        Left = 150,
        Top = 24,
        Below = 16,
        Right = 24;

    // Intervals are not drawn.
    private const int Draws = 2;

    private static readonly SKColor[] lines = [.. ColorScale.Viridis.Colors.Select(SKColor.Parse)];

    /// <summary>Writes it into a folder of the run's name, in the place of an earlier one.</summary>
    /// <param name="run">The run.</param>
    /// <param name="folder">
    /// Where the folders of all runs lie, which <c>tensorboard --logdir</c> is given; it is made.
    /// </param>
    /// <returns>The run's folder.</returns>
    /// <exception cref="HitSongException">It cannot be written.</exception>
    public static string Save(Run run, string folder)
    {
        string own = Path.Combine(folder, run.Id),
            beside = Path.Combine(folder, $".{run.Id}.{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(own);
            Write(run, beside);
            string[] earlier = Directory.GetFiles(own, "events.out.tfevents.*");
            foreach (string file in Directory.GetFiles(beside))
                File.Move(file, Path.Combine(own, Path.GetFileName(file)));
            foreach (string file in earlier)
                File.Delete(file);
            return own;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HitSongException($"What TensorBoard reads cannot be written to {own}: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(beside))
                Directory.Delete(beside, recursive: true);
        }
    }

    private static void Write(Run run, string folder)
    {
        SummaryWriter writer = utils.tensorboard.SummaryWriter(folder);
        long started = new DateTimeOffset(run.Environment.Started, TimeSpan.Zero).ToUnixTimeSeconds();
        foreach (EpochMetrics epoch in run.History)
        {
            (string Tag, double Value)[] scalars =
            [
                ("loss/training", epoch.TrainLoss),
                ("loss/validation", epoch.ValidationLoss),
                ("accuracy/training", epoch.TrainAccuracy),
                ("accuracy/validation", epoch.ValidationAccuracy),
                ("learning rate", epoch.LearningRate),
            ];
            // Without validation items there is no number.
            foreach ((string tag, double value) in scalars.Where(scalar => double.IsFinite(scalar.Value)))
                writer.add_scalar(tag, (float)value, epoch.Epoch, started);
        }

        int last = run.History.Count;
        IReadOnlyList<Prediction> songs = Prediction.BySong(run.Predictions, run.Recipe.SongVote);
        string[] names = [.. run.Bins.Names.Select(name => name.Replace('–', '-'))];
        writer.add_text("verdict", run.Verdict.InWords(), last, started);
        Picture("confusion", Confusion(run.Verdict.BySong.Confusion, names));
        Picture("roc curve", Curves("ROC", songs, names, RocOf));
        Picture("reliability curve", Curves("predicted, observed", songs, names, ReliabilityOf));

        void Picture(string tag, Drawing drawing)
        {
            using (drawing)
            using (Tensor pixels = tensor(drawing.Rgb(), [drawing.Height, drawing.Width, 3]))
                writer.add_img(tag, pixels, last, started, "HWC");
        }
    }

    private static IEnumerable<(double, double)> RocOf(bool[] labels, double[] scores, string[] artists) =>
        Roc.Curve(labels, scores, artists, Draws) is { } curve ? curve.X.Zip(curve.Y) : [];

    private static IEnumerable<(double, double)> ReliabilityOf(bool[] labels, double[] scores, string[] artists) =>
        Calibration.Curve(labels, scores).Select(bin => (bin.Predicted, bin.Observed));

    // Rows true, columns answered, as dark as the share of the row.
    private static Drawing Confusion(ConfusionMatrix confusion, string[] names)
    {
        Drawing drawing = new(Left + Side + Right, Top + Side + Below);
        SKRectI place = SKRectI.Create(Left, Top, Side, Side);
        drawing.Title(place, "answered (across), true (down)");
        float cell = (float)Side / names.Length;
        for (int row = 0; row < names.Length; row++)
        {
            drawing.Label(place, 1 - (row + 0.5) / names.Length, names[row]);
            for (int column = 0; column < names.Length; column++)
            {
                int count = confusion.Counts[row][column];
                double share = (double)count / Math.Max(1, confusion.Counts[row].Sum());
                float x = Left + column * cell,
                    y = Top + row * cell;
                using SKPaint paint = new() { Color = SKColor.Parse(ColorScale.Blues.At(share)) };
                drawing.Canvas.DrawRect(x, y, cell, cell, paint);
                drawing.Words(x + cell / 2, y + cell / 2, $"{count}");
            }
        }
        return drawing;
    }

    // Of two classes that of the second, of more each against the rest.
    private static Drawing Curves(
        string title,
        IReadOnlyList<Prediction> songs,
        string[] names,
        Func<bool[], double[], string[], IEnumerable<(double X, double Y)>> curve
    )
    {
        Drawing drawing = new(Left + Side + Right, Top + Side + Below);
        SKRectI place = SKRectI.Create(Left, Top, Side, Side);
        drawing.Title(place, $"{title}, 0 to 1");
        Line([(0, 0), (1, 1)], SKColors.LightGray);
        string[] artists = [.. songs.Select(song => song.Artist)];
        for (int c = names.Length == 2 ? 1 : 0; c < names.Length; c++)
        {
            SKColor color = lines[c * (lines.Length - 1) / names.Length];
            bool[] labels = [.. songs.Select(song => song.Label == c)];
            Line([.. curve(labels, [.. songs.Select(song => song.Probabilities[c])], artists)], color);
            using SKPaint key = new() { Color = color };
            int y = Top + 8 + 18 * c;
            drawing.Canvas.DrawRect(4, y, 10, 10, key);
            drawing.Words(82, y + 5, names[c]);
        }
        return drawing;

        void Line((double X, double Y)[] points, SKColor color)
        {
            using SKPaint paint = new()
            {
                Color = color,
                StrokeWidth = 2,
                IsAntialias = true,
            };
            SKPoint[] at =
            [
                .. points.Select(p => new SKPoint(Left + (float)p.X * Side, Top + (1 - (float)p.Y) * Side)),
            ];
            drawing.Canvas.DrawPoints(SKPointMode.Polygon, at, paint);
            // A reliability curve may be a point or two.
            if (points.Length <= 10)
                foreach (SKPoint point in at)
                    drawing.Canvas.DrawCircle(point, 3, paint);
        }
    }
}
