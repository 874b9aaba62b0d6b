using Microsoft.AspNetCore.Http;

namespace Research.Serve;

/// <summary>A request that is refused, as a problem document (RFC 9457) says it.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="title">What went wrong, the same for all of its kind.</param>
/// <param name="detail">What exactly, and what to do.</param>
/// <param name="errors">What is wrong with each field, by its name; null where it is not about fields.</param>
internal sealed class ProblemException(
    int status,
    string title,
    string detail,
    Dictionary<string, string[]>? errors = null
) : Exception(detail)
{
    public IResult ToResult() =>
        TypedResults.Problem(
            Message,
            title: title,
            statusCode: status,
            extensions: errors is null ? null : new Dictionary<string, object?> { ["errors"] = errors }
        );
}
