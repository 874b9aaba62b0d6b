using System.IO.Enumeration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>Parameters of a network by name, as its state dict has them.</summary>
internal static class NamedParameters
{
    /// <summary>
    /// What a pattern names: one parameter (<c>fc.weight</c>), all of a module (<c>layer1</c>), or, with * and ?, all
    /// that match (<c>layer?.*.conv1.weight</c>).
    /// </summary>
    /// <param name="model">The network.</param>
    /// <param name="pattern">The pattern, in the names' own case.</param>
    /// <param name="field">The recipe's field that has it, for the message.</param>
    /// <exception cref="HitSongException">It names none; the message has the names that there are.</exception>
    public static Parameter[] Of(nn.Module model, string pattern, string field)
    {
        var all = model.named_parameters().ToArray();
        Parameter[] named = [.. all.Where(parameter => IsNamed(parameter.name)).Select(p => p.parameter)];
        return named.Length > 0
            ? named
            : throw new HitSongException(
                $"{field} names {pattern}, and {model.GetName()} has no such parameter. It has "
                    + $"{string.Join(", ", all.Select(parameter => parameter.name))}."
            );

        bool IsNamed(string name) =>
            name.StartsWith($"{pattern}.", StringComparison.Ordinal)
            || FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
    }
}
