using System.Numerics;
using Microsoft.Data.Analysis;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Corpus;

/// <summary>From a <see cref="DataFrame"/> to a tensor.</summary>
/// <example><code>
/// using var database = Database.InMemory();
/// var frame = database.Query("SELECT tempo, energy FROM '../data/demo/corpus/catalogue.csv'").ToDataFrame();
/// frame.ToTensor(columns: ["tempo", "energy"]).shape // [360, 2]
/// </code></example>
public static class DataFrameTensors
{
    /// <summary>Columns of numbers and truth values (1 and 0) as a tensor, [rows, columns].</summary>
    /// <param name="frame">The table.</param>
    /// <param name="type">Float32, exact for whole numbers up to 2²⁴, or Float64, up to 2⁵³.</param>
    /// <param name="columns">The columns in the tensor's order; none: all.</param>
    /// <exception cref="CorpusException">
    /// There is no such column, it holds no numbers, or it is NULL in a row, which the message names, from 0.
    /// </exception>
    /// <exception cref="ArgumentException">The type is another one.</exception>
    public static Tensor ToTensor(
        this DataFrame frame,
        ScalarType type = ScalarType.Float32,
        params string[] columns
    ) =>
        type switch
        {
            ScalarType.Float32 => tensor(Values<float>(frame, columns, out long[] shape), shape),
            ScalarType.Float64 => tensor(Values<double>(frame, columns, out long[] shape), shape),
            _ => throw new ArgumentException($"{type} is neither Float32 nor Float64", nameof(type)),
        };

    private static T[] Values<T>(DataFrame frame, string[] columns, out long[] shape)
        where T : unmanaged, INumber<T>
    {
        DataFrameColumn[] chosen = columns.Length == 0 ? [.. frame.Columns] : Array.ConvertAll(columns, Named);
        shape = [frame.Rows.Count, chosen.Length];
        var values = new T[checked(shape[0] * shape[1])];
        for (int i = 0; i < chosen.Length; i++)
            Fill(values.AsSpan(), i, chosen.Length, chosen[i]);
        return values;

        DataFrameColumn Named(string name) =>
            frame.Columns.FirstOrDefault(column => column.Name == name)
            ?? throw new CorpusException(
                $"there is no column {name}; there are {string.Join(", ", frame.Columns.Select(c => c.Name))}"
            );
    }

    private static void Fill<T>(Span<T> values, int first, int step, DataFrameColumn column)
        where T : unmanaged, INumber<T>
    {
        switch (column)
        {
            case PrimitiveDataFrameColumn<bool> flags:
                FillEach(values, first, step, flags, flag => flag ? T.One : T.Zero);
                break;
            case PrimitiveDataFrameColumn<sbyte> numbers:
                FillEach(values, first, step, numbers, T.CreateChecked);
                break;
            case PrimitiveDataFrameColumn<byte> numbers:
                FillEach(values, first, step, numbers, T.CreateChecked);
                break;
            case PrimitiveDataFrameColumn<short> numbers:
                FillEach(values, first, step, numbers, T.CreateChecked);
                break;
            case PrimitiveDataFrameColumn<ushort> numbers:
                FillEach(values, first, step, numbers, T.CreateChecked);
                break;
            case PrimitiveDataFrameColumn<int> numbers:
                FillEach(values, first, step, numbers, T.CreateChecked);
                break;
            case PrimitiveDataFrameColumn<uint> numbers:
                FillEach(values, first, step, numbers, T.CreateChecked);
                break;
            case PrimitiveDataFrameColumn<long> numbers:
                FillEach(values, first, step, numbers, T.CreateChecked);
                break;
            case PrimitiveDataFrameColumn<ulong> numbers:
                FillEach(values, first, step, numbers, T.CreateChecked);
                break;
            case PrimitiveDataFrameColumn<float> numbers:
                FillEach(values, first, step, numbers, T.CreateChecked);
                break;
            case PrimitiveDataFrameColumn<double> numbers:
                FillEach(values, first, step, numbers, T.CreateChecked);
                break;
            case PrimitiveDataFrameColumn<decimal> numbers:
                FillEach(values, first, step, numbers, T.CreateChecked);
                break;
            default:
                throw new CorpusException(
                    $"column {column.Name} holds {column.DataType.Name}, not numbers: name the columns that do"
                );
        }
    }

    private static void FillEach<TFrom, T>(
        Span<T> values,
        int first,
        int step,
        PrimitiveDataFrameColumn<TFrom> column,
        Func<TFrom, T> convert
    )
        where TFrom : unmanaged
    {
        int row = 0;
        foreach (TFrom? value in column)
        {
            values[row * step + first] = value is { } number
                ? convert(number)
                : throw new CorpusException(
                    $"column {column.Name} is NULL in row {row}: fill it (FillNulls) or leave such rows out (DropNulls)"
                );
            row++;
        }
    }
}
