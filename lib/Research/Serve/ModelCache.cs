using HitSong;
using HitSong.Experiments;
using Microsoft.AspNetCore.Http;
using TorchSharp;

namespace Research.Serve;

/// <summary>
/// The models that can be asked: all of a run store, also those that are trained while it serves. A few are in memory.
/// </summary>
/// <param name="store">The runs.</param>
/// <param name="preferred">The run that is asked where none is named; null: the best.</param>
internal sealed class ModelCache(RunStore store, string? preferred) : IDisposable
{
    private const int InMemory = 4;

    // A model answers one question at a time, and the models in turn of their last use.
    private sealed record Place(string Id, Predictor Predictor, SemaphoreSlim Turn)
    {
        public long LastUse { get; set; }
        public int Users { get; set; }
    }

    private readonly Dictionary<string, Run> known = [];
    private readonly List<Place> places = [];
    private long uses;

    /// <summary>The runs, in the order in which they began.</summary>
    public IReadOnlyList<Run> Runs()
    {
        lock (known)
        {
            foreach (Run run in store.Read(id => !known.ContainsKey(id)).Runs)
                known[run.Id] = run;
            foreach (Run gone in known.Values.Where(run => !Directory.Exists(store.PathOf(run))).ToArray())
                known.Remove(gone.Id);
            return [.. known.Values.OrderBy(run => run.Environment.Started)];
        }
    }

    /// <summary>
    /// The run that is asked where none is named, among those that listen or those that read numbers; null where there
    /// is none.
    /// </summary>
    public Run? Default(bool listens)
    {
        IReadOnlyList<Run> runs = Runs();
        return
            preferred is not null
            && PredictCommand.Named(runs, preferred) is { } run
            && run.Recipe.Features is not null == listens
            ? run
            : PredictCommand.Best(runs, listens)
                ?? runs.LastOrDefault(run => run.Recipe.Features is not null == listens);
    }

    /// <summary>The run of a name, or the default.</summary>
    /// <exception cref="ProblemException">There is none, or it is of the other kind.</exception>
    public Run Find(string? id, bool listens)
    {
        string other = listens
            ? "reads a catalogue's numbers and cannot listen"
            : "listens to audio and reads no numbers";
        string train =
            $"./research train {(listens ? "descriptor-mlp" : "spotify-mlp-bins4-duration")} --variant "
            + "audited makes one in a minute.";
        if (string.IsNullOrEmpty(id))
            return Default(listens)
                ?? throw new ProblemException(
                    StatusCodes.Status404NotFound,
                    "No model",
                    $"There is no model that {(listens ? "listens" : "reads numbers")} yet. {train}"
                );
        Run run =
            Runs().FirstOrDefault(run => run.Id == id)
            ?? throw new ProblemException(
                StatusCodes.Status404NotFound,
                "No such model",
                "There is no model of this name; GET /api/models lists those that there are."
            );
        return run.Recipe.Features is not null == listens
            ? run
            : throw new ProblemException(
                StatusCodes.Status422UnprocessableEntity,
                "A model of other features",
                $"{run.Id} {other}. {train}"
            );
    }

    /// <summary>Asks a model, once those who asked it before have their answers.</summary>
    /// <exception cref="ProblemException">It cannot be loaded, or has no answer.</exception>
    public async Task<T> AskAsync<T>(Run run, Func<Predictor, T> question, CancellationToken cancellation)
    {
        Place place = Take(run);
        try
        {
            await place.Turn.WaitAsync(cancellation);
            try
            {
                return await Task.Run(() => question(place.Predictor), CancellationToken.None);
            }
            finally
            {
                place.Turn.Release();
            }
        }
        catch (HitSongException e)
        {
            throw Unusable(e);
        }
        finally
        {
            lock (places)
                place.Users--;
        }
    }

    public void Dispose()
    {
        lock (places)
            foreach (Place place in places)
                place.Predictor.Dispose();
    }

    private Place Take(Run run)
    {
        lock (places)
        {
            if (places.Find(place => place.Id == run.Id) is not { } place)
            {
                if (places.Count >= InMemory && places.Where(p => p.Users == 0).MinBy(p => p.LastUse) is { } oldest)
                {
                    places.Remove(oldest);
                    oldest.Predictor.Dispose();
                }
                // One thread, so that songs are heard side by side and the page has room.
                torch.set_num_threads(1);
                try
                {
                    places.Add(place = new(run.Id, Predictor.Load(store.PathOf(run)), new(1)));
                }
                catch (HitSongException e)
                {
                    throw Unusable(e);
                }
            }
            place.Users++;
            place.LastUse = ++uses;
            return place;
        }
    }

    // Where the workspace lies is nobody's business.
    private static ProblemException Unusable(HitSongException e) =>
        MachineProblem.Of(e)
        ?? new(
            StatusCodes.Status422UnprocessableEntity,
            "The model cannot be asked",
            e.Message.Replace(Workspace.Root + Path.DirectorySeparatorChar, "")
        );
}
