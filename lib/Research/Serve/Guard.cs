using System.Net;
using Microsoft.AspNetCore.Http;

namespace Research.Serve;

/// <summary>Refuses what other sites send in a visitor's name, and gives every answer the strict headers.</summary>
internal static class Guard
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' "
        + "blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'";

    public static Task Protect(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        context.Response.OnStarting(() =>
        {
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers.CacheControl = context.Request.Path.StartsWithSegments("/api") ? "no-store" : "no-cache";
            return Task.CompletedTask;
        });
        // A name that a foreign site lets point to this machine (DNS rebinding) is neither an address nor this
        // machine's own name.
        string host = context.Request.Host.Host;
        bool isThisMachine =
            IPAddress.TryParse(host, out _)
            || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase);
        if (!isThisMachine)
            return Refuse(
                context,
                StatusCodes.Status421MisdirectedRequest,
                "Another host",
                "This server answers to its address, to localhost and to the machine's name alone."
            );
        HttpRequest request = context.Request;
        bool reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (!reads && IsFromAnotherSite(request))
            return Refuse(
                context,
                StatusCodes.Status403Forbidden,
                "From another site",
                "Another site's page cannot send anything here."
            );
        return next(context);
    }

    // Browsers say from where a request comes; other programs have no visitor to act for.
    private static bool IsFromAnotherSite(HttpRequest request)
    {
        string origin = request.Headers.Origin.ToString();
        return request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none")
            || (origin != "" && origin != $"{request.Scheme}://{request.Host}");
    }

    private static Task Refuse(HttpContext context, int status, string title, string detail) =>
        TypedResults.Problem(detail, title: title, statusCode: status).ExecuteAsync(context);
}
