using System.Text.Json;

namespace HitSong.Corpus;

/// <summary>
/// From a row of the catalogue to a network's inputs: numbers, then a one-hot of the genre, each as a standard score
/// over the training rows. It is saved with the model.
/// </summary>
/// <param name="Numbers">The numbers' names.</param>
/// <param name="Genres">The genres, in ordinal order.</param>
/// <param name="Bins">The label's classes.</param>
/// <param name="Mean">[inputs] means over the training rows.</param>
/// <param name="Deviation">
/// [inputs] population standard deviations over the training rows; 1 where an input never changes.
/// </param>
/// <example><code>
/// var demo = DemoCorpus.Open("../data/demo/corpus");
/// var preparation = TabularData.Read(demo.CataloguePath, [demo.ArtistsPath]).Preparation;
/// preparation.Save("../artifacts/columns.json");
/// TabularPreparation.Load("../artifacts/columns.json").Inputs == preparation.Inputs // True
/// </code></example>
public sealed record TabularPreparation(
    IReadOnlyList<string> Numbers,
    IReadOnlyList<string> Genres,
    Bins Bins,
    double[] Mean,
    double[] Deviation
)
{
    // A field that is missing is no preparation with nothing in it.
    private static readonly JsonSerializerOptions whole = new()
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Number of inputs: 96 for 14 numbers and the Kaggle set's 82 genres.</summary>
    public int Inputs => Numbers.Count + Genres.Count;

    /// <summary>The inputs of one song, [inputs].</summary>
    /// <param name="numbers">In the order of <see cref="Numbers"/>.</param>
    /// <param name="genre">One of <see cref="Genres"/>.</param>
    /// <exception cref="CorpusException">
    /// Another count of numbers, one that is none, or a genre that training did not have.
    /// </exception>
    public float[] Apply(IReadOnlyList<double> numbers, string genre)
    {
        if (numbers.Count != Numbers.Count)
            throw new CorpusException($"{numbers.Count} numbers were given; wanted are {string.Join(", ", Numbers)}");
        int bad = Enumerable.Range(0, numbers.Count).FirstOrDefault(i => !double.IsFinite(numbers[i]), -1);
        if (bad >= 0)
            throw new CorpusException($"{Numbers[bad]} is {numbers[bad]}, which is no number");
        int code = Enumerable.Range(0, Genres.Count).FirstOrDefault(i => Genres[i] == genre, -1);
        if (code < 0)
            throw new CorpusException($"no genre {genre} in training; there were {string.Join(", ", Genres)}");
        var inputs = new float[Inputs];
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = Score(
                i,
                i < numbers.Count ? numbers[i]
                    : i - numbers.Count == code ? 1
                    : 0
            );
        return inputs;
    }

    /// <summary>Writes it as JSON; the file is whole or as it was.</summary>
    public void Save(string path) => WholeFile.Write(path, JsonSerializer.Serialize(this));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="CorpusException">The file is missing or of another form.</exception>
    public static TabularPreparation Load(string path)
    {
        try
        {
            var read = JsonSerializer.Deserialize<TabularPreparation>(File.ReadAllText(path), whole);
            return read?.IsWhole == true ? read : throw new JsonException("its parts do not fit together");
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            throw new CorpusException($"{path} holds no tabular preparation: {e.Message}", e);
        }
    }

    private bool IsWhole =>
        Numbers.Concat(Genres).All(name => name is not null)
        && Bins.Edges.Count > 0
        && Mean.Length == Inputs
        && Deviation.Length == Inputs;

    internal float Score(int input, double value) => (float)((value - Mean[input]) / Deviation[input]);
}
