using System.Text.RegularExpressions;

namespace Notebooks;

/// <summary>
/// What follows a directive on its line: options with their values, and a value without an option, such as
/// <c>NAME --from python --as "other"</c>.
/// </summary>
internal sealed partial class DirectiveArguments
{
    private static readonly string[] flags = ["--byref"];

    private readonly Dictionary<string, string> values = [];

    private DirectiveArguments() { }

    /// <summary>Reads them; null where an option isn't among those known, or has no value.</summary>
    /// <param name="text">What follows the directive.</param>
    /// <param name="alone">The option that a value without one belongs to; "" where there may be none.</param>
    /// <param name="known">The options.</param>
    public static DirectiveArguments? Parse(string text, string alone, params IReadOnlyList<string> known)
    {
        var arguments = new DirectiveArguments();
        string? option = null;
        foreach (string word in Word().Matches(text).Select(match => match.Value))
        {
            bool isOption = option is null && word.StartsWith("--", StringComparison.Ordinal);
            if (isOption && flags.Contains(word))
                continue;
            if (isOption && known.Contains(word))
                option = word;
            else if (!isOption && (option ?? alone) is { Length: > 0 } owner && arguments.values.TryAdd(owner, word))
                option = null;
            else
                return null;
        }
        return option is null ? arguments : null;
    }

    /// <summary>An option's value as it was written, quotes included; null where it isn't given.</summary>
    public string? Written(string option) => values.GetValueOrDefault(option);

    /// <summary>An option's value; null where it isn't given.</summary>
    public string? this[string option] => Written(option) is { } word ? Unquoted(word) : null;

    /// <summary>The text between quotes.</summary>
    public static string Unquoted(string word) => word is ['"', .., '"'] or ['\'', .., '\''] ? word[1..^1] : word;

    [GeneratedRegex("""(@\w+:)?("[^"]*"|'[^']*'|\{[^}]*\}|\[[^\]]*\])|\S+""")]
    private static partial Regex Word();
}
