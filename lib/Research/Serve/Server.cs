using System.Net;
using System.Net.Mime;
using HitSong;
using HitSong.Experiments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace Research.Serve;

/// <summary>The page and the API, listening.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly DecoderPool decoders;
    private readonly ModelCache cache;
    private readonly Uploads uploads;

    private Server(WebApplication app, DecoderPool decoders, ModelCache cache, Uploads uploads) =>
        (this.app, this.decoders, this.cache, this.uploads) = (app, decoders, cache, uploads);

    /// <summary>Where the page is.</summary>
    public string Address => app.Urls.First();

    /// <summary>Starts to listen.</summary>
    /// <exception cref="HitSongException">The port is taken, or the address is none of this machine.</exception>
    /// <exception cref="UsageException">There is no run of the name that was given.</exception>
    public static async Task<Server> StartAsync(ServeSettings settings)
    {
        var cache = new ModelCache(settings.Runs, settings.Model);
        Run? hears = cache.Default(listens: true);

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        // What a framework logs of a request, such as its address, could name a song.
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(settings.Host, settings.Port);
            kestrel.Limits.MaxRequestBodySize = settings.Limit + Uploads.Envelope;
            kestrel.Limits.MaxConcurrentConnections = 512;
        });
        builder.Services.AddOpenApi("v1", Api.Describe);
        builder.Services.AddProblemDetails();
        WebApplication app = builder.Build();

        var uploads = new Uploads(settings.Limit);
        var decoders = new DecoderPool(Math.Clamp(Environment.ProcessorCount, 1, 4), settings.DecodeTime);
        var server = new Server(app, decoders, cache, uploads);
        try
        {
            app.Use(Guard.Protect);
            app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = Refuse });
            app.UseStatusCodePages();
            var page = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "Serve", "Page"));
            app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = page });
            app.UseStaticFiles(new StaticFileOptions { FileProvider = page });
            app.MapOpenApi("/openapi.json");
            new Api(cache, decoders, uploads, settings.Limit).Map(app);
            await app.StartAsync();
        }
        catch (Exception e)
        {
            await server.DisposeAsync();
            throw e is IOException or System.Net.Sockets.SocketException
                ? new HitSongException(
                    $"Nothing can listen at {settings.Host}, port {settings.Port}: {e.Message} --port 0 "
                        + "takes any that is free."
                )
                : e;
        }
        if (hears is not null)
            _ = WarmUp(cache, decoders, uploads, hears);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        decoders.Dispose();
        cache.Dispose();
        uploads.Dispose();
    }

    // So that the first song need not wait for compilers and the model.
    private static async Task WarmUp(ModelCache cache, DecoderPool decoders, Uploads uploads, Run run)
    {
        try
        {
            using Upload silence = uploads.Silence(180);
            var parts = await Task.WhenAll(decoders.Decode(silence.Path, run.Recipe.Features!, CancellationToken.None));
            await cache.AskAsync(
                run,
                predictor => predictor.Predict([.. parts.SelectMany(clips => clips)]),
                CancellationToken.None
            );
        }
        catch (Exception e) when (e is DecodeException or ProblemException or IOException or ObjectDisposedException)
        {
            // A model that cannot be asked says so to whoever asks.
        }
    }

    private static async Task Refuse(HttpContext context)
    {
        IResult answer = context.Features.Get<IExceptionHandlerFeature>()!.Error switch
        {
            ProblemException e => e.ToResult(),
            BadHttpRequestException e => TypedResults.Problem(
                statusCode: e.StatusCode,
                detail: "The request cannot be read."
            ),
            OperationCanceledException or ObjectDisposedException => TypedResults.Problem(
                statusCode: StatusCodes.Status503ServiceUnavailable,
                detail: "The server is ending."
            ),
            Exception e => MachineProblem.Of(e)?.ToResult() ?? Unforeseen(e),
        };
        await answer.ExecuteAsync(context);
    }

    // Its message could hold a name of a file; its place in the code cannot.
    private static IResult Unforeseen(Exception e)
    {
        Console.Error.WriteLine($"{e.GetType()}\n{e.StackTrace}");
        return TypedResults.Problem(
            statusCode: StatusCodes.Status500InternalServerError,
            title: "A fault of the program",
            detail: "This should not happen; what the program printed says where."
        );
    }
}
