using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using HitSong.Corpus;
using HitSong.Features;
using HitSong.Models;
using Tables;
using static TorchSharp.torch;

namespace HitSong.Experiments;

/// <summary>Weights that others trained, of which a run was made that can be asked like any other.</summary>
/// <param name="File">Name of their file.</param>
/// <param name="Hash">SHA-256 of it, hexadecimal.</param>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var recipe = Recipes.Find("hiphop-mlp", "published").AtDemoScale() with { Songs = 12, Scaling = Scaling.None };
/// // In the place of a file by others.
/// using var network = recipe.Model.Create(recipe.Shape.Bands, recipe.Shape.Frames, classes: 2);
/// Checkpoint.Save(network, "../artifacts/theirs.safetensors");
/// var store = new RunStore("../artifacts/runs");
/// var run = ImportedWeights.Import(recipe, source, store, weights: "../artifacts/theirs.safetensors");
/// run.Recipe.Variant // imported
/// </code></example>
public sealed record ImportedWeights(string File, string Hash)
{
    private const string Variant = "imported",
        GenrePrefix = "genre_"; // that pandas' get_dummies puts before each

    // A row of the scaler's CSV, as it is written.
    private sealed record Written(string Column, string Mean, string Scale);

    private sealed record Column(string Name, double Mean, double Scale);

    /// <summary>
    /// Scores weights that others trained on all of a source, with nothing fitted but, where the recipe's classes are
    /// quantiles, their edges; and keeps that as a run, whose variant is <c>imported</c>.
    /// </summary>
    /// <param name="recipe">What they were trained by: features, columns, label and network.</param>
    /// <param name="source">The data.</param>
    /// <param name="store">Where the run is kept.</param>
    /// <param name="weights">
    /// A state dict (<c>.pth</c>, <c>.safetensors</c>), or of dense layers Keras' <c>.h5</c>
    /// (<see cref="Checkpoint.Load"/>).
    /// </param>
    /// <param name="scaler">
    /// A CSV file with a row for each input: its name, <c>mean</c> and <c>scale</c> (scikit-learn's <c>mean_</c> and
    /// <c>scale_</c>). Of a catalogue the recipe's numbers come first, then the genres, in the order of the inputs; of
    /// clips there is a row for each band, or one for all. Null where the recipe scales nothing.
    /// </param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Stops it; what was extracted is kept.</param>
    /// <exception cref="HitSongException">
    /// A file is missing, damaged or of another network, or no song of the source can be used.
    /// </exception>
    public static Run Import(
        Recipe recipe,
        Source source,
        RunStore store,
        string weights,
        string? scaler = null,
        Action<ExperimentProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        DateTime started = DateTime.UtcNow;
        var clock = Stopwatch.StartNew();
        if (source.ArePictures)
            recipe = recipe.LookingAt(source);
        (recipe, Scaler? fitted, TabularPreparation? preparation) = Scaled(recipe, scaler);
        recipe = recipe with
        {
            Variant = Variant,
            Model = recipe.Model with { Weights = null },
            Ours =
            [
                .. recipe.Ours,
                $"weights of others ({Path.GetFileName(weights)}): none of their training was done here, and what they "
                    + "were trained on is not known",
            ],
        };
        Target target = recipe.Label.Target;
        Bins bins =
            preparation?.Bins ?? recipe.Label.Fit(source.Tracks.Select(track => track.Of(target)).OfType<double>());
        (int bands, int frames) = preparation is null ? recipe.Shape : (preparation.Inputs, 1);
        nn.Module<Tensor, Tensor> model = recipe.Model.Create(bands, frames, bins.Count);
        Run run = new()
        {
            Id = store.NewId(recipe, started),
            Recipe = recipe,
            Source = source.Name,
            IsDemo = source.IsDemo,
            Bins = bins,
            Train = 0,
            Majority = 0,
            Parameters = model.parameters().Sum(p => p.numel()),
            History = [],
            Predictions = [],
            Environment = RunEnvironment.Now(started, 0, recipe.Training.Threads),
        };
        using Predictor predictor = new(run, model, fitted, preparation);
        Checkpoint.Load(model, weights);
        model.eval();
        run = run with { Imported = new(Path.GetFileName(weights), HashOf(weights)) };

        // What a class means is settled by the clips, of which a song has several.
        ExternalValidation.Asked asked = ExternalValidation.Ask(
            predictor,
            store,
            source,
            made: [],
            recipe.Label.Fit,
            progress,
            cancellation
        );
        run = run with
        {
            Bins = asked.Bins,
            Predictions = asked.Predictions,
            Majority = asked.Predictions.CountBy(item => item.Label).MaxBy(count => count.Value).Key,
            Failures = asked.Failures,
            LeftOut = [.. asked.LeftOut.Where(left => left.Count > 0)],
            Environment = RunEnvironment.Now(started, clock.Elapsed.TotalSeconds, recipe.Training.Threads),
        };
        return store.Save(run, model, fitted, preparation);
    }

    private static (Recipe, Scaler?, TabularPreparation?) Scaled(Recipe recipe, string? scaler)
    {
        if (recipe.Features is not null && recipe.Scaling == Scaling.None)
            return scaler is null
                ? (recipe, null, null)
                : throw new HitSongException(
                    $"{recipe.Experiment} {recipe.Variant} scales nothing, and a scaler is given. Leave it out, or "
                        + "take the recipe that the weights were trained by (--set Scaling=Standard)."
                );
        if (scaler is null)
            throw new HitSongException(
                $"{recipe.Experiment} {recipe.Variant} scales its inputs: give the scaler that the weights were "
                    + "trained with, a CSV file of column, mean and scale (of scikit-learn's StandardScaler in Python: "
                    + "pd.DataFrame({'mean': s.mean_, 'scale': s.scale_}, index=columns).to_csv('scaler.csv'))."
            );
        Column[] columns = Read(scaler);
        if (recipe.Features is null)
            return OfCatalogue(recipe, scaler, columns);
        int bands = recipe.Shape.Bands;
        return columns.Length == bands || columns.Length == 1
            ? (recipe, new([.. columns.Select(c => (float)c.Mean)], [.. columns.Select(c => (float)c.Scale)]), null)
            : throw new HitSongException(
                $"{scaler} has {columns.Length} rows, and the clips have {bands} bands: a row for each is wanted, or "
                    + "one for all."
            );
    }

    private static (Recipe, Scaler?, TabularPreparation?) OfCatalogue(Recipe recipe, string scaler, Column[] columns)
    {
        string[] numbers = [.. columns.TakeWhile(IsNumber).Select(column => column.Name)],
            missing = [.. recipe.Columns!.Except(numbers)];
        if (missing.Length > 0)
            throw new HitSongException(
                $"{scaler} lacks {string.Join(", ", missing)} among its first rows. Wanted are, in the order of the "
                    + $"network's inputs, the {recipe.Columns!.Count} numbers {string.Join(", ", recipe.Columns)}, "
                    + "then the genres."
            );
        string[] genres = [.. columns.Skip(numbers.Length).Select(column => column.Name)];
        if (genres.All(name => name.StartsWith(GenrePrefix, StringComparison.Ordinal)))
            genres = [.. genres.Select(name => name[GenrePrefix.Length..])];
        if (recipe.Label.Binning != Binning.Edges)
            throw new HitSongException("A catalogue's classes are parted by given edges: Label.Binning is Edges.");
        return (
            recipe with
            {
                Columns = numbers,
            },
            null,
            new(
                numbers,
                genres,
                recipe.Label.Fit([]),
                [.. columns.Select(column => column.Mean)],
                [.. columns.Select(column => column.Scale)]
            )
        );

        bool IsNumber(Column column) => recipe.Columns!.Contains(column.Name);
    }

    private static Column[] Read(string path)
    {
        try
        {
            CsvFile csv = CsvFile.Open(path);
            string[] missing = [.. new[] { "mean", "scale" }.Except(csv.Columns.Skip(1))];
            if (missing.Length > 0)
                throw new HitSongException(
                    $"{path} has no column {string.Join(", ", missing)} after its first, the inputs' names; it has "
                        + $"{string.Join(", ", csv.Columns)}."
                );
            using Database database = Database.InMemory();
            string read = csv.ToSql(_ => "VARCHAR");
            string name = Database.Name(csv.Columns[0]);
            Column[] columns =
            [
                .. database
                    .Query($"SELECT {name} AS \"column\", mean, scale FROM {read}")
                    .Rows<Written>()
                    .Select(row => new Column(row.Column, Number(row, row.Mean, false), Number(row, row.Scale, true))),
            ];
            string? again = columns.CountBy(column => column.Name).FirstOrDefault(count => count.Value > 1).Key;
            if (again is not null)
                throw new HitSongException($"{path} names {again} twice: each input has one row.");
            return columns;
        }
        catch (TableException e)
        {
            throw new HitSongException($"{path} cannot be read: {e.Reason}", e);
        }

        double Number(Written row, string text, bool isScale) =>
            double.TryParse(text, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number)
            && (number > 0 || !isScale)
                ? number
                : throw new HitSongException(
                    $"{path} has for {row.Column} the {(isScale ? "scale" : "mean")} \"{text}\", which is no number"
                        + $"{(isScale ? " above 0" : "")}."
                );
    }

    private static string HashOf(string path)
    {
        using FileStream file = System.IO.File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
