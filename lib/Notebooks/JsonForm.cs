using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Notebooks;

/// <summary>A value as JSON for JavaScript: a table as an array of objects, what is no number as null.</summary>
internal static class JsonForm
{
    private static readonly JsonSerializerOptions options = new()
    {
        Converters = { new Finite<double>(), new Finite<float>() },
    };

    /// <exception cref="NotebookException">The value has no counterpart in JSON.</exception>
    public static string Of(object? value)
    {
        try
        {
            return value switch
            {
                JsonNode or JsonDocument or JsonElement or string => JsonSerializer.Serialize(value),
                Array { Rank: > 1 } array => JsonSerializer.Serialize(Rows(array, []), options),
                _ when (value as SharedTable ?? SharedTable.Of(value)) is { Columns: [{ } first, ..] } table =>
                    JsonSerializer.Serialize(
                        Enumerable
                            .Range(0, first.Values.Length)
                            .Select(row => table.Columns.ToDictionary(c => c.Name, c => c.Values[row])),
                        options
                    ),
                _ => JsonSerializer.Serialize(value, options),
            };
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or ArgumentException)
        {
            throw new NotebookException(
                $"A {ValueText.TypeName(value!.GetType())} has no counterpart in JSON. Share numbers, texts, lists, "
                    + "arrays or tables.",
                e
            );
        }
    }

    // An array of several dimensions as arrays of arrays.
    private static object?[] Rows(Array array, int[] at)
    {
        var rows = new object?[array.GetLength(at.Length)];
        for (int i = 0; i < rows.Length; i++)
        {
            int[] place = [.. at, i];
            rows[i] = place.Length == array.Rank ? array.GetValue(place) : Rows(array, place);
        }
        return rows;
    }

    private sealed class Finite<T> : JsonConverter<T>
        where T : IBinaryFloatingPointIeee754<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            T.CreateChecked(reader.GetDouble());

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            if (T.IsFinite(value))
                writer.WriteRawValue(value.ToString("R", CultureInfo.InvariantCulture));
            else
                writer.WriteNullValue();
        }
    }
}
