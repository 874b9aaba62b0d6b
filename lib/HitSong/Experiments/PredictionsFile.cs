using System.Globalization;
using System.Numerics;
using CsvHelper;
using HitSong.Evaluation;

namespace HitSong.Experiments;

/// <summary>
/// Predictions as CSV: track, artist, clip, label, then the probability of each class, <c>p0</c>, <c>p1</c>, …, to the
/// bit.
/// </summary>
internal static class PredictionsFile
{
    /// <summary>Writes predictions of one model; one at least.</summary>
    public static void Write(string path, IReadOnlyList<Prediction> predictions)
    {
        using CsvWriter csv = CsvWriter.ToFile(path, CsvWriterOptions.Default with { NewLine = "\n" });
        csv.WriteHeader([
            "track",
            "artist",
            "clip",
            "label",
            .. predictions[0].Probabilities.Select((_, c) => $"p{c}"),
        ]);
        foreach (Prediction prediction in predictions)
        {
            csv.WriteField(prediction.Track);
            csv.WriteField(prediction.Artist);
            csv.WriteField(prediction.Clip);
            csv.WriteField(prediction.Label);
            foreach (double probability in prediction.Probabilities)
                csv.WriteField(probability.ToString("R", CultureInfo.InvariantCulture));
            csv.EndRecord();
        }
    }

    /// <summary>Reads them, every number checked.</summary>
    /// <exception cref="InvalidDataException">There is none, or a number is out of its range.</exception>
    public static Prediction[] Read(string path)
    {
        using CsvReader csv = CsvReader.FromFile(path);
        csv.ReadHeader();
        int classes = csv.Headers.Count(name => name.Length > 1 && name[0] == 'p' && name[1..].All(char.IsAsciiDigit));
        List<Prediction> predictions = [];
        while (csv.Read())
            predictions.Add(
                new(
                    csv.GetString("track"),
                    csv.GetString("artist"),
                    Number("clip", 0, int.MaxValue),
                    Number("label", 0, classes - 1),
                    [.. Enumerable.Range(0, classes).Select(c => Number($"p{c}", 0.0, 1.0))]
                )
            );
        return predictions.Count > 0 && classes > 1
            ? [.. predictions]
            : throw new InvalidDataException($"{Path.GetFileName(path)} holds no predictions");

        T Number<T>(string column, T least, T most)
            where T : INumber<T> =>
            T.TryParse(csv.GetString(column), CultureInfo.InvariantCulture, out T? value)
            && value >= least
            && value <= most
                ? value
                : throw new InvalidDataException(
                    $"{Path.GetFileName(path)}, row {predictions.Count + 1}: {column} is "
                        + $"\"{csv.GetString(column)}\", and must be a number from {least} to {most}"
                );
    }
}
