using System.Collections.Concurrent;
using System.Text.Json;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Experiments;
using HitSong.Features;
using HitSong.Features.Descriptors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Research.Serve.Answers;

namespace Research.Serve;

/// <summary>The JSON API.</summary>
/// <param name="cache">The models.</param>
/// <param name="decoders">Who decodes.</param>
/// <param name="uploads">Where files lie meanwhile.</param>
/// <param name="limit">Largest file, bytes.</param>
internal sealed class Api(ModelCache cache, DecoderPool decoders, Uploads uploads, long limit)
{
    // A form or a ranking is a few thousand bytes; of songs, so many may wait.
    private const long JsonLimit = 1 << 20;
    private const int Waiting = 64,
        MostSongs = 500;

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web);

    private readonly SemaphoreSlim places = new(Waiting);
    private readonly ConcurrentDictionary<string, ModelAnswer> described = new();

    public static void Describe(OpenApiOptions options)
    {
        options.AddDocumentTransformer(
            (document, _, _) =>
            {
                document.Info = new()
                {
                    Title = "Hit song research",
                    Version = "v1",
                    Description =
                        "Trained models asked about recordings and about a catalogue's numbers. Refusals "
                        + "are problem documents (RFC 9457). Only the machine's own pages, and programs, "
                        + "may post.",
                };
                document.Servers = [];
                return Task.CompletedTask;
            }
        );
        options.AddOperationTransformer(
            (operation, context, _) =>
            {
                if (context.Description.RelativePath is not ("api/predict" or "api/attention" or "api/describe"))
                    return Task.CompletedTask;
                var file = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Format = "binary",
                    Description = "One audio file: mp3, m4a, ogg, opus, flac, wav.",
                };
                var form = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new HashSet<string> { "file" },
                    Properties = new Dictionary<string, IOpenApiSchema> { ["file"] = file },
                };
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        ["multipart/form-data"] = new() { Schema = form },
                    },
                };
                return Task.CompletedTask;
            }
        );
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup("/api");
        api.MapGet("/models", Models)
            .WithName("models")
            .WithSummary("The models: what each learned from, its skill and its calibration on test songs.")
            .Produces<IReadOnlyList<ModelAnswer>>();
        api.MapGet("/limits", () => TypedResults.Ok(new Limits(limit, MostSongs)))
            .WithName("limits")
            .WithSummary("The largest file, bytes, and how many songs can be ranked.");
        api.MapPost("/predict", PredictAsync)
            .WithName("predict")
            .WithSummary("What a model says of a recording, clip by clip and for the song, and what it was given.")
            .Produces<SongAnswer>()
            .ProducesProblem(400)
            .ProducesProblem(404)
            .ProducesProblem(413)
            .ProducesProblem(415)
            .ProducesProblem(422)
            .ProducesProblem(500)
            .ProducesProblem(503)
            .ProducesProblem(507);
        api.MapPost("/attention", AttentionAsync)
            .WithName("attention")
            .WithSummary("Where in a recording a model finds what speaks for a class (default: its answer).")
            .Produces<AttentionAnswer>()
            .ProducesProblem(400)
            .ProducesProblem(404)
            .ProducesProblem(413)
            .ProducesProblem(415)
            .ProducesProblem(422)
            .ProducesProblem(500)
            .ProducesProblem(503)
            .ProducesProblem(507);
        api.MapPost("/describe", DescribeAsync)
            .WithName("describe")
            .WithSummary("What a recording sounds like: loudness, tempo, key, brightness and more.")
            .Produces<SoundAnswer>()
            .ProducesProblem(400)
            .ProducesProblem(413)
            .ProducesProblem(415)
            .ProducesProblem(422)
            .ProducesProblem(500)
            .ProducesProblem(503)
            .ProducesProblem(507);
        api.MapPost("/rank", RankAsync)
            .WithName("rank")
            .WithSummary(
                "An album's order, from the probabilities that predict gave, with the chance that the "
                    + "first of two neighbours is of a higher class, two of one class being even."
            )
            .Accepts<RankQuestion>("application/json")
            .Produces<RankAnswer>()
            .ProducesProblem(400)
            .ProducesProblem(404)
            .ProducesProblem(415)
            .ProducesProblem(422);
        api.MapGet("/form", FormAsync)
            .WithName("form")
            .WithSummary(
                "The form of a model that reads numbers: genres, and each number's range, default and meaning."
            )
            .Produces<FormDescription>()
            .ProducesProblem(404)
            .ProducesProblem(422);
        api.MapPost("/form", AnswerFormAsync)
            .WithName("answer")
            .WithSummary("What a model says of a genre and numbers, and what each contributes.")
            .Accepts<FormQuestion>("application/json")
            .Produces<FormAnswer>()
            .ProducesProblem(400)
            .ProducesProblem(404)
            .ProducesProblem(415)
            .ProducesProblem(422);
    }

    private IResult Models()
    {
        string?[] defaults = [cache.Default(listens: true)?.Id, cache.Default(listens: false)?.Id];
        return TypedResults.Ok(cache.Runs().Select(Described));

        ModelAnswer Described(Run run) =>
            described.GetOrAdd(run.Id, _ => Describe(run)) with
            {
                IsDefault = defaults.Contains(run.Id),
            };
    }

    private static ModelAnswer Describe(Run run)
    {
        Verdict verdict = run.Verdict;
        Score score = verdict.BySong;
        IReadOnlyList<Prediction> songs = Predictor.Tested(run);
        // Of two classes the second says it all.
        IEnumerable<int> classes = Enumerable.Range(0, run.Bins.Count).Skip(run.Bins.Count == 2 ? 1 : 0);
        CalibrationCurve[] curves = [.. classes.Select(Curve)];
        return new(
            run.Id,
            run.Recipe.Experiment,
            run.Recipe.Variant,
            run.Recipe.Question,
            run.Recipe.Model.Network,
            run.Recipe.Features is not null,
            false,
            run.Source,
            run.IsDemo,
            run.Environment.Started,
            run.Train,
            score.Confusion.Total,
            run.Parameters,
            PredictCommand.Target(run),
            run.Bins.Names,
            score.Accuracy,
            score.Interval.Low,
            score.Interval.High,
            score.BestConstant,
            verdict.Ceiling,
            verdict.Skill,
            score.RocAuc,
            verdict.Leaks,
            verdict.InWords(),
            PredictCommand.VerdictInWords(run),
            curves
        );

        CalibrationCurve Curve(int c)
        {
            bool[] labels = [.. songs.Select(song => song.Label == c)];
            double[] probabilities = [.. songs.Select(song => song.Probabilities[c])];
            var bins = Calibration.Curve(labels, probabilities);
            return new(
                run.Bins.Names[c],
                [.. bins.Select(bin => new CalibrationPoint(bin.Count, bin.Predicted, bin.Observed))]
            );
        }
    }

    private Task<IResult> PredictAsync(HttpRequest request, [FromQuery] string? model, CancellationToken cancellation)
    {
        return HearAsync(request, model, cancellation, HearPartAsync, AnswerAsync);

        async Task<(ClipAnswer Clip, string? Unlike, FeatureMatrix? Sound)[]> HearPartAsync(
            Run run,
            IReadOnlyList<(double Start, FeatureMatrix Values)> clips
        )
        {
            (double[] Probabilities, string? Unlike)[] said = await cache.AskAsync(
                run,
                predictor =>
                    clips.Select(clip => (predictor.Ask(clip.Values), predictor.UnlikeTraining(clip.Values))).ToArray(),
                cancellation
            );
            bool isDescribed = run.Recipe.Descriptors.Count > 0;
            double? seconds = run.Recipe.Features is { Audio.SampleRate: int rate } features
                ? (double)features.Clips.Length(rate) / rate
                : null;
            return
            [
                .. clips.Zip(
                    said,
                    (clip, said) =>
                        (
                            new ClipAnswer(
                                clip.Start,
                                seconds,
                                said.Probabilities,
                                isDescribed ? new(0, 0, 0, 0, []) : Drawn(clip.Values)
                            ),
                            said.Unlike,
                            isDescribed ? clip.Values : null
                        )
                ),
            ];
        }

        async Task<SongAnswer> AnswerAsync(
            Run run,
            string name,
            IReadOnlyList<(ClipAnswer Clip, string? Unlike, FeatureMatrix? Sound)[]> parts
        )
        {
            FeatureSettings features = run.Recipe.Features!;
            ClipAnswer[] clips = [.. parts.SelectMany(part => part.Select(clip => clip.Clip))];
            string?[] unlike = [.. parts.SelectMany(part => part.Select(clip => clip.Unlike))];
            FeatureMatrix? sound = parts.SelectMany(part => part).Select(clip => clip.Sound).FirstOrDefault();
            int top = run.Bins.Count - 1;
            var (song, calibration, contributions) = await cache.AskAsync(
                run,
                predictor =>
                    (
                        predictor.Predict([.. clips.Select(clip => (clip.Start, clip.Probabilities))], unlike),
                        predictor.CalibrationInWords,
                        sound is null ? null : predictor.Contributions(sound, top)
                    ),
                cancellation
            );
            bool isTold = song.Unlike is null;
            if (sound is not null)
                clips = [];
            if (!isTold)
                contributions = null;
            bool ofMelBands = features.Coefficients is null && features.Audio.SampleRate is not null && sound is null;
            return new SongAnswer(
                name,
                run.Id,
                PredictCommand.Target(run),
                PredictCommand.VerdictInWords(run),
                isTold ? song.Answer : null,
                song.Unlike,
                isTold ? Chances(song) : [],
                calibration,
                isTold ? clips : [.. clips.Select(clip => clip with { Probabilities = [] })],
                ofMelBands ? [.. features.MelOfClips.CentreFrequencies().Select(f => Math.Round(f))] : null,
                contributions?.Typical,
                [.. (contributions?.Changes ?? []).Select(change => new Contribution(change.Name, change.Change))],
                isTold && sound is not null ? Advice.Of(run, sound) : []
            );
        }
    }

    private Task<IResult> DescribeAsync(HttpRequest request, CancellationToken cancellation)
    {
        return HearAsync(
            request,
            DescriptorExtractor.Descriptors,
            cancellation,
            clips => Task.FromResult(clips),
            (name, parts) => Task.FromResult(Answer(name, parts.SelectMany(clips => clips).First().Values))
        );

        static SoundAnswer Answer(string name, FeatureMatrix values)
        {
            DescribedFile file = DescribedFile.Of(name, values);
            return new(
                name,
                file.Key,
                [
                    .. Descriptor
                        .All.Where(descriptor => !descriptor.IsElement)
                        .Select(descriptor => new MeasuredDescriptor(
                            descriptor.Name,
                            Finite(file[descriptor.Name]),
                            descriptor.Text(file[descriptor.Name]),
                            descriptor.Definition
                        )),
                ],
                Catalogue(file).Where(number => double.IsFinite(number.Value)).ToDictionary()
            );
        }

        static double? Finite(double value) => double.IsFinite(value) ? value : null;

        // Of what a catalogue says of a song, what is measured of a recording. Its mode is 1 in major.
        static IEnumerable<KeyValuePair<string, double>> Catalogue(DescribedFile file) =>
            [
                new("duration_ms", Math.Round(1000 * file["duration"])),
                new("key", file["key_tonic"]),
                new("mode", 1 - file["key_minor"]),
                new("loudness", file["loudness_integrated"]),
                new("tempo", file["tempo"]),
            ];
    }

    private Task<IResult> AttentionAsync(
        HttpRequest request,
        [FromQuery] string? model,
        [FromQuery(Name = "class")] string? target,
        CancellationToken cancellation
    )
    {
        return HearAsync(
            request,
            model,
            cancellation,
            (_, clips) => Task.FromResult(clips),
            (run, name, parts) => cache.AskAsync(run, predictor => Answer(predictor, run, name, parts), cancellation)
        );

        AttentionAnswer Answer(
            Predictor predictor,
            Run run,
            string name,
            IReadOnlyList<IReadOnlyList<(double, FeatureMatrix)>> parts
        )
        {
            if (run.Recipe.Descriptors.Count > 0)
                throw new ProblemException(
                    StatusCodes.Status400BadRequest,
                    "No places to look at",
                    $"{run.Id} is given descriptors of the whole recording; what each contributes is in the answer of "
                        + "/api/predict."
                );
            (double, FeatureMatrix)[] clips = [.. parts.SelectMany(clips => clips)];
            int c =
                target is null ? predictor.Predict(clips).Answer
                : int.TryParse(target, out int wanted) && wanted >= 0 && wanted < run.Bins.Count ? wanted
                : throw new ProblemException(
                    StatusCodes.Status400BadRequest,
                    "No such class",
                    $"class is a whole number from 0 to {run.Bins.Count - 1}: {string.Join(", ", run.Bins.Names)}."
                );
            var maps = predictor.Attention(clips, c);
            return new AttentionAnswer(
                name,
                run.Id,
                c,
                run.Bins.Names[c],
                predictor.AttentionMethod,
                [.. maps.Select(clip => new AttentionClip(clip.Start, Drawn(clip.Map, 0, 1)))]
            );
        }
    }

    private Task<IResult> HearAsync<TPart, TAnswer>(
        HttpRequest request,
        string? model,
        CancellationToken cancellation,
        Func<Run, IReadOnlyList<(double Start, FeatureMatrix Values)>, Task<TPart>> hear,
        Func<Run, string, IReadOnlyList<TPart>, Task<TAnswer>> answer
    )
    {
        Run run = cache.Find(model, listens: true);
        return HearAsync(
            request,
            run.Recipe.Features!,
            cancellation,
            clips => hear(run, clips),
            (name, parts) => answer(run, name, parts)
        );
    }

    // Receives a file, hears each part as soon as it is decoded, and answers once the file is gone.
    private async Task<IResult> HearAsync<TPart, TAnswer>(
        HttpRequest request,
        FeatureSettings features,
        CancellationToken cancellation,
        Func<IReadOnlyList<(double Start, FeatureMatrix Values)>, Task<TPart>> hear,
        Func<string, IReadOnlyList<TPart>, Task<TAnswer>> answer
    )
    {
        if (!places.Wait(0, CancellationToken.None))
        {
            request.HttpContext.Response.Headers.RetryAfter = "5";
            throw new ProblemException(
                StatusCodes.Status503ServiceUnavailable,
                "Busy",
                $"{Waiting} songs are waiting already; try again in some seconds."
            );
        }
        try
        {
            string name;
            TPart[] parts;
            using (Upload upload = await uploads.ReceiveAsync(request))
            {
                name = upload.Name;
                parts = await Task.WhenAll(
                    decoders.Decode(upload.Path, features, cancellation).Select(async part => await hear(await part))
                );
            }
            return TypedResults.Ok(await answer(name, parts));
        }
        catch (DecodeException e)
        {
            throw new ProblemException(StatusCodes.Status422UnprocessableEntity, "No song", $"The file {e.Message}.");
        }
        finally
        {
            // A long song leaves 10 MB behind, which would pile up while others wait.
            if (places.Release() < Waiting - 1)
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }
    }

    private async Task<IResult> RankAsync(HttpRequest request, CancellationToken cancellation)
    {
        var question = await ReadAsync<RankQuestion>(request, cancellation);
        Run run = cache.Find(question.Model, listens: true);
        int classes = run.Bins.Count;
        if (question.Songs is not { Count: > 0 and <= MostSongs } asked)
            throw new ProblemException(
                StatusCodes.Status400BadRequest,
                "No songs to rank",
                $"songs must hold 1 to {MostSongs} songs."
            );
        var errors = new Dictionary<string, string[]>();
        for (int i = 0; i < asked.Count; i++)
        {
            double[]? p = asked[i]?.Probabilities;
            if (p?.Length != classes || !p.All(x => x is >= 0 and <= 1) || Math.Abs(p.Sum() - 1) > 1e-3)
                errors[$"songs[{i}].probabilities"] =
                [
                    $"must be {classes} numbers between 0 and 1 that sum to 1, as /api/predict gives them",
                ];
        }
        if (errors.Count > 0)
            throw new ProblemException(
                StatusCodes.Status400BadRequest,
                "Fields are wrong",
                $"{errors.First().Key} {errors.First().Value[0]}.",
                errors
            );
        SongPrediction[] songs =
        [
            .. asked.Select(song => new SongPrediction(run.Bins.Names, song.Probabilities!, Low: null, High: null, [])),
        ];
        int[] order =
        [
            .. Enumerable.Range(0, songs.Length).OrderByDescending(i => songs[i].Song.Select((p, c) => p * c).Sum()),
        ];
        return TypedResults.Ok(
            new RankAnswer(
                run.Id,
                PredictCommand.VerdictInWords(run),
                [.. Enumerable.Range(0, order.Length).Select(Place)]
            )
        );

        RankPlace Place(int place)
        {
            int song = order[place];
            double? before = place + 1 < order.Length ? songs[song].ChanceAbove(songs[order[place + 1]]) : null;
            bool tooClose = before is double p && PredictCommand.IsTooClose(p);
            return new RankPlace(song, asked[song].File ?? "", before, tooClose);
        }
    }

    private async Task<IResult> FormAsync([FromQuery] string? model, CancellationToken cancellation)
    {
        Run run = cache.Find(model, listens: false);
        TabularPreparation preparation = await cache.AskAsync(run, predictor => predictor.Preparation!, cancellation);
        // A genre's mean is its share of the training songs: the most frequent is the default.
        int commonest = Enumerable
            .Range(0, preparation.Genres.Count)
            .MaxBy(g => preparation.Mean[preparation.Numbers.Count + g]);
        return TypedResults.Ok(
            new FormDescription(
                run.Id,
                PredictCommand.Target(run),
                PredictCommand.VerdictInWords(run),
                run.Bins.Names,
                preparation.Genres,
                preparation.Genres[commonest],
                FormField.Of(preparation),
                LeftOutOf(run.Recipe)
            )
        );
    }

    private static string? LeftOutOf(Recipe recipe)
    {
        Recipe? published = Recipes.All.FirstOrDefault(other =>
            other.Experiment == recipe.Experiment && other.Variant == "published"
        );
        string[] columns = [.. (published?.Columns ?? []).Except(recipe.Columns!)];
        return columns.Length == 0 || !TabularSettings.ContainLabel(columns)
            ? null
            : $"The published model was also given {string.Join(", ", columns)}, which contains what is to be "
                + "predicted. This one does without.";
    }

    private async Task<IResult> AnswerFormAsync(
        HttpRequest request,
        [FromQuery] string? model,
        CancellationToken cancellation
    )
    {
        var question = await ReadAsync<FormQuestion>(request, cancellation);
        Run run = cache.Find(model, listens: false);
        return TypedResults.Ok(await cache.AskAsync(run, Answer, cancellation));

        FormAnswer Answer(Predictor predictor)
        {
            double[] numbers = Checked(question, predictor.Preparation!, run.Bins.Count);
            SongPrediction song = predictor.Predict(numbers, question.Genre!);
            int target = question.Class ?? run.Bins.Count - 1;
            var contributions = predictor.Contributions(numbers, question.Genre!, target);
            return new FormAnswer(
                run.Id,
                song.Answer,
                Chances(song),
                predictor.CalibrationInWords,
                target,
                contributions.Typical,
                [.. contributions.Changes.Select(change => new Contribution(change.Name, change.Change))]
            );
        }
    }

    private static double[] Checked(FormQuestion question, TabularPreparation preparation, int classes)
    {
        var errors = new Dictionary<string, string[]>();
        if (question.Genre is null || !preparation.Genres.Contains(question.Genre))
            errors["genre"] = [$"must be one of {string.Join(", ", preparation.Genres)}"];
        if (question.Class is int c && (c < 0 || c >= classes))
            errors["class"] = [$"must be a whole number from 0 to {classes - 1}"];
        Dictionary<string, JsonElement> given = question.Numbers ?? [];
        IReadOnlyList<FormField> fields = FormField.Of(preparation);
        double[] numbers =
        [
            .. fields.Select(field =>
            {
                double value = 0;
                string? wrong =
                    !given.TryGetValue(field.Name, out JsonElement element) ? "is missing"
                    : element.ValueKind != JsonValueKind.Number ? "must be a number"
                    : !element.TryGetDouble(out value) ? "must be a number"
                    : field.Wrong(value);
                if (wrong is not null)
                    errors[field.Name] = [wrong];
                return value;
            }),
        ];
        foreach (string name in given.Keys.Where(name => fields.All(field => field.Name != name)).Take(10))
            errors[name.Length > 40 ? name[..40] : name] = ["is no field of this model"];
        return errors.Count == 0
            ? numbers
            : throw new ProblemException(
                StatusCodes.Status400BadRequest,
                "Fields are wrong",
                $"{errors.First().Key} {errors.First().Value[0]}.",
                errors
            );
    }

    private static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellation)
    {
        if (!request.HasJsonContentType())
            throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, "No JSON", "Send application/json.");
        if (request.ContentLength > JsonLimit)
            throw TooLarge();
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = JsonLimit;
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, json, cancellation)
                ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            string where = e.Path is { Length: > 0 and < 100 } path ? $" at {path}" : "",
                line = e.LineNumber is long number ? $", line {number + 1}" : "";
            throw new ProblemException(
                StatusCodes.Status400BadRequest,
                "Damaged JSON",
                $"The JSON cannot be read{where}{line}."
            );
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge();
        }

        static ProblemException TooLarge() =>
            new(
                StatusCodes.Status413PayloadTooLarge,
                "Too large",
                $"A request of this kind is at most {JsonLimit / 1024} KiB."
            );
    }

    private static ClassChance[] Chances(SongPrediction song) =>
        [.. song.Classes.Select((name, c) => new ClassChance(name, song.Song[c], song.Low?[c], song.High?[c]))];

    private static Picture Drawn(FeatureMatrix values) => Drawn(values, values.Values.Min(), values.Values.Max());

    private static Picture Drawn(FeatureMatrix values, float low, float high)
    {
        float scale = high > low ? 255 / (high - low) : 0;
        return new(
            values.Bands,
            values.Frames,
            low,
            high,
            Array.ConvertAll(values.Values, value => (byte)Math.Clamp((value - low) * scale + 0.5f, 0, 255))
        );
    }
}
