using System.Text;
using System.Text.Json;

namespace Tests;

/// <summary>JSON that somebody damaged, or made to do harm.</summary>
public static class JsonMutant
{
    private static readonly string[] values =
    [
        "null",
        "\"\"",
        "\" \"",
        "[]",
        "{}",
        "[null]",
        "[[]]",
        "true",
        "0",
        "-1",
        "5",
        "1.5",
        "150",
        "1e400",
        "-1e400",
        "1e18",
        "99999999999999999999999999",
        "0.000000000000000000000001",
        "\"inf\"",
        "\"nan\"",
        "\"1,293\"",
        "\"0000\"",
        "\"1985-00-00\"",
        "\"9999-12-31\"",
        "\"\\ud800\"",
        "\"\\udc00 x\"",
        "\"a\\u0000b\"",
        "\"\\u0000\"",
        "\"\\u001b[31m\"",
        "\"../../etc/passwd\"",
        "\"file:///etc/passwd\"",
        "\"javascript:alert(1)\"",
        "{\"\\ud800\":1}",
        "{\"name\":{\"name\":{}}}",
        "[{\"id\":1},{\"id\":1}]",
        "40 brackets",
        "10,000 letters",
    ];

    /// <summary>
    /// JSON with one or two of its values null, empty, of another kind or size, with half a character or NUL, gone, or
    /// there twice. The same seed gives the same. It is JSON still.
    /// </summary>
    public static string Of(string json, int seed)
    {
        var random = new Random(seed);
        string mutant = json;
        for (int change = random.Next(1, 3); change > 0; change--)
            mutant = Changed(mutant, random);
        return mutant;
    }

    /// <summary>
    /// What is no JSON, or more than a reader wants: cut off, bytes changed, 100,000 brackets deep, a page of HTML,
    /// nothing at all.
    /// </summary>
    public static byte[] Broken(string json, int seed)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        return (seed % 8) switch
        {
            0 => bytes[..new Random(seed).Next(bytes.Length)],
            1 => Encoding.UTF8.GetBytes(new string('[', 100_000)),
            2 => Encoding.UTF8.GetBytes(new string('[', 100_000) + new string(']', 100_000)),
            3 => "<!DOCTYPE html><html><body>Please log in to the hotel's network</body></html>"u8.ToArray(),
            4 => [],
            5 => "null"u8.ToArray(),
            _ => Mutant.Of(bytes, seed),
        };
    }

    private static string Changed(string json, Random random)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        List<(int Name, int Start, int End)> places = Places(bytes);
        if (places.Count == 0)
            return json;
        var (name, start, end) = places[random.Next(places.Count)];
        string before = Encoding.UTF8.GetString(bytes[..start]),
            value = Encoding.UTF8.GetString(bytes[start..end]),
            after = Encoding.UTF8.GetString(bytes[end..]);
        if (name >= 0 && random.Next(5) == 0)
        {
            string member = Encoding.UTF8.GetString(bytes[name..end]);
            // Once more with another value, or under another name: gone.
            return random.Next(2) == 0
                ? $"{before}{value},{member[..(member.Length - value.Length)]}{Value(random)}{after}"
                : $"{Encoding.UTF8.GetString(bytes[..name])}\"gone\":{value}{after}";
        }
        return $"{before}{Value(random)}{after}";
    }

    private static string Value(Random random)
    {
        string value = values[random.Next(values.Length)];
        return value switch
        {
            "40 brackets" => new string('[', 40) + new string(']', 40),
            "10,000 letters" => $"\"{new string('x', 10_000)}\"",
            _ => value,
        };
    }

    // Where each value lies, and its name where it is a member; -1 where it is an element.
    private static List<(int Name, int Start, int End)> Places(byte[] json)
    {
        var places = new List<(int, int, int)>();
        var open = new Stack<(int Name, int Start)>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
        int name = -1;
        while (reader.Read())
        {
            int start = (int)reader.TokenStartIndex,
                end = (int)reader.BytesConsumed;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = start;
                    continue;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    open.Push((name, start));
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    var (named, began) = open.Pop();
                    places.Add((named, began, end));
                    break;
                default:
                    places.Add((name, start, end));
                    break;
            }
            name = -1;
        }
        return places;
    }
}
