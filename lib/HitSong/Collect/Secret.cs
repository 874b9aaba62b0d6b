using System.Text.Json;

namespace HitSong.Collect;

/// <summary>
/// Keys of catalogues: from the environment, or else from .NET's user secrets, never from the repository.
/// </summary>
/// <example><code>
/// Environment.SetEnvironmentVariable("MY_API_KEY", "abc");
/// Secret.Read("MY_API_KEY") // abc
/// </code></example>
public static class Secret
{
    /// <summary>The id of the user secrets: <c>dotnet user-secrets set NAME VALUE --id hit-song-research</c>.</summary>
    public const string UserSecretsId = "hit-song-research";

    /// <summary>A secret by its name.</summary>
    /// <exception cref="CollectException">It is nowhere; the message says how to set it.</exception>
    public static string Read(string name)
    {
        if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            return value;
        string path = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            ".microsoft",
            "usersecrets",
            UserSecretsId,
            "secrets.json"
        );
        try
        {
            if (
                File.Exists(path)
                && JsonDocument.Parse(File.ReadAllText(path)).RootElement.TryGetProperty(name, out JsonElement kept)
                && kept.GetString() is { Length: > 0 } secret
            )
                return secret;
        }
        catch (JsonException e)
        {
            throw new CollectException($"the user secrets in {path} are no JSON", e);
        }
        throw new CollectException(
            $"{name} is not set: put it into the environment, or run: dotnet user-secrets set {name} "
                + $"VALUE --id {UserSecretsId}"
        );
    }
}
