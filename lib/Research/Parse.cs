using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using HitSong.Experiments;

namespace Research;

/// <summary>Arguments and options whose errors say, in one line, what was given and what is allowed.</summary>
internal static class Parse
{
    /// <summary>A whole number of at least <paramref name="least"/>; null where none is given.</summary>
    public static Option<int?> WholeNumber(string name, int least, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result => Number(result, name, least),
        };

    /// <summary>
    /// A whole number of at least <paramref name="least"/>; <paramref name="otherwise"/> where none is given.
    /// </summary>
    public static Option<int> WholeNumber(string name, int least, int otherwise, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result => Number(result, name, least) ?? otherwise,
            DefaultValueFactory = _ => otherwise,
        };

    /// <summary>
    /// <c>--runs</c>: the store that is read; null, for <see cref="Workspace.Runs"/>, where none is given.
    /// </summary>
    public static Option<RunStore?> Runs() =>
        new("--runs")
        {
            Description = "Folder of the runs. Default: artifacts/runs.",
            HelpName = "FOLDER",
            CustomParser = result =>
            {
                string folder = result.Tokens[0].Value;
                if (!Directory.Exists(folder))
                    result.AddError($"--runs takes a folder, and there is no folder {folder}.");
                return new(folder);
            },
        };

    /// <summary>
    /// <c>--only 3,4</c>: the units that this process does for a command that has cut its work; null: it is that
    /// command.
    /// </summary>
    public static Option<int[]?> Only() =>
        new("--only")
        {
            Hidden = true,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                int?[] numbers = [.. text.Split(',').Select(WholeOrNull)];
                if (!numbers.Contains(null))
                    return [.. numbers.OfType<int>()];
                result.AddError($"--only takes whole numbers such as 3,4, not {text}.");
                return null;

                static int? WholeOrNull(string part) =>
                    int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : null;
            },
        };

    private static int? Number(ArgumentResult result, string name, int least)
    {
        if (
            int.TryParse(result.Tokens[0].Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number)
            && number >= least
        )
            return number;
        result.AddError($"{name} takes a whole number of at least {least}, not {result.Tokens[0].Value}.");
        return null;
    }

    /// <summary>Refuses what is not NAME=VALUE.</summary>
    public static void Pairs(SymbolResult result)
    {
        foreach (Token token in result.Tokens.Where(t => t.Value.IndexOf('=') < 1))
            result.AddError($"--set takes NAME=VALUE, not {token.Value}.");
    }

    /// <summary>Refuses all but the allowed words.</summary>
    public static Action<SymbolResult> OneOf(string what, IReadOnlyCollection<string> allowed) =>
        result =>
        {
            foreach (Token token in result.Tokens.Where(t => !allowed.Contains(t.Value)))
                result.AddError($"There is no {what} {token.Value}. There is: {string.Join(", ", allowed)}.");
        };
}
