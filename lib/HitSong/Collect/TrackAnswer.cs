using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HitSong.Corpus;

namespace HitSong.Collect;

/// <summary>
/// A track in a catalogue's answer, which may have any fault: the first one is remembered, and what cannot be read is
/// null.
/// </summary>
/// <param name="json">The track.</param>
internal sealed class TrackAnswer(JsonElement json)
{
    /// <summary>What is wrong with it, as the end of a sentence; null where nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>A member that is an object; what is read of it is null where there is none.</summary>
    public JsonElement Object(string name)
    {
        JsonElement value = json.Get(name);
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined))
            Fault ??= $"has the {name} {Shown(value)} in the catalogue's answer, which is no object";
        return value;
    }

    /// <summary>The first of the objects of a member that is an array.</summary>
    public JsonElement First(string name)
    {
        JsonElement value = json.Get(name);
        if (value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null or JsonValueKind.Undefined))
            Fault ??= $"has the {name} {Shown(value)} in the catalogue's answer, which is no list";
        return json.Items(name)?.FirstOrDefault() ?? default;
    }

    /// <summary>A text; null where there is none.</summary>
    public string? Text(string name) => Text(json, name, name);

    /// <summary>A text of one of its objects.</summary>
    /// <param name="of">The object.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="what">What it is called in the message.</param>
    public string? Text(JsonElement of, string name, string what)
    {
        JsonElement value = of.Get(name);
        if (value.Text() is { } text)
            return text;
        bool isNone =
            value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined
            || (value.ValueKind == JsonValueKind.String && value.Raw().Trim('"').Trim() == "");
        if (!isNone)
            Fault ??= $"has the {what} {Shown(value)} in the catalogue's answer, which is no text";
        return null;
    }

    /// <summary>A text without which it is no track.</summary>
    public string Needed(JsonElement of, string name, string what)
    {
        string? text = Text(of, name, what);
        if (text is null)
            Fault ??= $"has no {what} in the catalogue's answer";
        return text ?? "";
    }

    /// <inheritdoc cref="Needed(JsonElement, string, string)"/>
    public string Needed(string name) => Needed(json, name, name);

    /// <summary>
    /// Its identifier, a text or a whole number; where it has none that can be read, one that the same answer gets
    /// again.
    /// </summary>
    public string Id(string name = "id")
    {
        if (IdOf(json.Get(name)) is { } id)
            return id;
        Fault ??= $"has no {name} in the catalogue's answer";
        byte[] raw = Encoding.UTF8.GetBytes(json.ValueKind == JsonValueKind.Undefined ? "" : json.Raw());
        return $"unnamed-{Convert.ToHexStringLower(SHA256.HashData(raw))[..16]}";
    }

    /// <summary>An identifier, a text or a whole number; null where it is neither.</summary>
    public static string? IdOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number
            ? WrittenNumber.ParseWhole(value.GetRawText())?.ToString(System.Globalization.CultureInfo.InvariantCulture)
            : value.Text();

    /// <summary>A number; null where there is none, or one that stands for none.</summary>
    /// <param name="name">The member's name.</param>
    /// <param name="least">The least that is possible.</param>
    /// <param name="most">The most.</param>
    /// <param name="none">What the catalogue writes where it does not know; null: nothing.</param>
    public double? Number(string name, double least, double most, double? none = null)
    {
        JsonElement value = json.Get(name);
        if (value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return null;
        double? number = json.Number(name);
        if (number is not null && number == none)
            return null;
        if (number >= least && number <= most)
            return number;
        Fault ??= FormattableString.Invariant(
            $"has the {name} {Shown(value)} in the catalogue's answer, which is no number from {least:N0} to {most:N0}"
        );
        return null;
    }

    /// <summary>A whole number.</summary>
    /// <inheritdoc cref="Number"/>
    public long? Whole(string name, double least, double most) => (long?)Number(name, least, most);

    private static string Shown(JsonElement value)
    {
        const int Most = 40;
        string raw = value.Raw();
        return raw.Length <= Most ? raw : raw[..Most] + "…";
    }
}
