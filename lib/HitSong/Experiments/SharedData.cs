using System.Text.Json;

namespace HitSong.Experiments;

/// <summary>
/// What trainings on one source share: how its content is named, and the data that recipes make of it, prepared once
/// for all whose data fields (features, columns, scaling, label, split, songs, altered copies and seed) are equal. For
/// one piece of work, and one thread.
/// </summary>
/// <param name="source">The songs.</param>
/// <param name="features">The folder of all feature stores.</param>
/// <param name="progress">Told how many files are read to name the content; from several threads.</param>
/// <param name="cancellation">Stops that.</param>
internal sealed class SharedData(
    Source source,
    string features,
    Action<ExperimentProgress>? progress = null,
    CancellationToken cancellation = default
) : IDisposable
{
    // What is longest unused goes: a catalogue is as large as its columns.
    private const int Most = 4;

    private readonly List<(string Fields, Dataset Data)> prepared = [];

    /// <summary>Names runs by what they are made from.</summary>
    public ContentKey Key { get; } = new(source, features, progress, cancellation);

    /// <summary>What a recipe makes of the source; not the caller's to dispose.</summary>
    /// <inheritdoc cref="Dataset.Prepare"/>
    public Dataset For(Recipe recipe, Action<ExperimentProgress>? progress, CancellationToken cancellation = default)
    {
        string fields = JsonSerializer.Serialize(
            new
            {
                recipe.Features,
                recipe.Columns,
                recipe.Scaling,
                recipe.Label,
                recipe.Split,
                recipe.Songs,
                recipe.Training.Waveform,
                recipe.Seed,
            },
            Recipe.Json
        );
        int place = prepared.FindIndex(known => known.Fields == fields);
        Dataset data =
            place < 0 ? Dataset.Prepare(recipe, source, features, progress, cancellation) : prepared[place].Data;
        if (place >= 0)
            prepared.RemoveAt(place);
        prepared.Add((fields, data));
        if (prepared.Count > Most)
        {
            prepared[0].Data.Dispose();
            prepared.RemoveAt(0);
        }
        return data;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, data) in prepared)
            data.Dispose();
    }
}
