using System.Runtime.InteropServices;

namespace Tables;

/// <summary>The functions of DuckDB's C API (duckdb.h, 1.x) that are called here.</summary>
internal static unsafe partial class DuckDb
{
    private const string Library = "duckdb";

    /// <summary><c>duckdb_result</c>; its fields are DuckDB's own.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Result
    {
        private ulong columns,
            rows,
            changed;
        private nint data,
            message,
            internals;
    }

    /// <summary><c>duckdb_type</c>.</summary>
    internal enum Type
    {
        Boolean = 1,
        TinyInt,
        SmallInt,
        Integer,
        BigInt,
        UTinyInt,
        USmallInt,
        UInteger,
        UBigInt,
        Float,
        Double,
        Timestamp,
        Date,
        Time,
        Interval,
        HugeInt,
        Varchar,
        Blob,
        Decimal,
        TimestampSeconds,
        TimestampMilliseconds,
        TimestampNanoseconds,
        Enum,
        TimestampTimeZone = 31,
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_open_ext(string? path, out nint database, nint config, out nint error);

    [LibraryImport(Library)]
    internal static partial void duckdb_close(ref nint database);

    [LibraryImport(Library)]
    internal static partial int duckdb_connect(nint database, out nint connection);

    [LibraryImport(Library)]
    internal static partial void duckdb_disconnect(ref nint connection);

    [LibraryImport(Library)]
    internal static partial void duckdb_interrupt(nint connection);

    [LibraryImport(Library)]
    internal static partial void duckdb_free(nint pointer);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_query(nint connection, string sql, Result* result);

    [LibraryImport(Library)]
    internal static partial nint duckdb_result_error(Result* result);

    [LibraryImport(Library)]
    internal static partial void duckdb_destroy_result(Result* result);

    [LibraryImport(Library)]
    internal static partial ulong duckdb_rows_changed(Result* result);

    [LibraryImport(Library)]
    internal static partial ulong duckdb_column_count(Result* result);

    [LibraryImport(Library)]
    internal static partial nint duckdb_column_name(Result* result, ulong column);

    [LibraryImport(Library)]
    internal static partial nint duckdb_column_logical_type(Result* result, ulong column);

    [LibraryImport(Library)]
    internal static partial nint duckdb_fetch_chunk(Result result);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_prepare(nint connection, string sql, out nint statement);

    [LibraryImport(Library)]
    internal static partial nint duckdb_prepare_error(nint statement);

    [LibraryImport(Library)]
    internal static partial void duckdb_destroy_prepare(ref nint statement);

    [LibraryImport(Library)]
    internal static partial ulong duckdb_nparams(nint statement);

    [LibraryImport(Library)]
    internal static partial int duckdb_bind_null(nint statement, ulong index);

    [LibraryImport(Library)]
    internal static partial int duckdb_bind_boolean(nint statement, ulong index, byte value);

    [LibraryImport(Library)]
    internal static partial int duckdb_bind_int64(nint statement, ulong index, long value);

    [LibraryImport(Library)]
    internal static partial int duckdb_bind_double(nint statement, ulong index, double value);

    [LibraryImport(Library)]
    internal static partial int duckdb_bind_timestamp(nint statement, ulong index, long microseconds);

    [LibraryImport(Library)]
    internal static partial int duckdb_bind_varchar_length(nint statement, ulong index, byte* text, ulong length);

    [LibraryImport(Library)]
    internal static partial int duckdb_execute_prepared(nint statement, Result* result);

    [LibraryImport(Library)]
    internal static partial int duckdb_get_type_id(nint type);

    [LibraryImport(Library)]
    internal static partial void duckdb_destroy_logical_type(ref nint type);

    [LibraryImport(Library)]
    internal static partial byte duckdb_decimal_scale(nint type);

    [LibraryImport(Library)]
    internal static partial int duckdb_decimal_internal_type(nint type);

    [LibraryImport(Library)]
    internal static partial int duckdb_enum_internal_type(nint type);

    [LibraryImport(Library)]
    internal static partial uint duckdb_enum_dictionary_size(nint type);

    [LibraryImport(Library)]
    internal static partial nint duckdb_enum_dictionary_value(nint type, ulong index);

    [LibraryImport(Library)]
    internal static partial ulong duckdb_data_chunk_get_size(nint chunk);

    [LibraryImport(Library)]
    internal static partial nint duckdb_data_chunk_get_vector(nint chunk, ulong column);

    [LibraryImport(Library)]
    internal static partial void* duckdb_vector_get_data(nint vector);

    [LibraryImport(Library)]
    internal static partial ulong* duckdb_vector_get_validity(nint vector);

    [LibraryImport(Library)]
    internal static partial void duckdb_destroy_data_chunk(ref nint chunk);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_appender_create(
        nint connection,
        string? schema,
        string table,
        out nint appender
    );

    [LibraryImport(Library)]
    internal static partial nint duckdb_appender_error(nint appender);

    [LibraryImport(Library)]
    internal static partial int duckdb_appender_end_row(nint appender);

    [LibraryImport(Library)]
    internal static partial int duckdb_appender_close(nint appender);

    [LibraryImport(Library)]
    internal static partial int duckdb_appender_destroy(ref nint appender);

    [LibraryImport(Library)]
    internal static partial int duckdb_append_null(nint appender);

    [LibraryImport(Library)]
    internal static partial int duckdb_append_bool(nint appender, byte value);

    [LibraryImport(Library)]
    internal static partial int duckdb_append_int64(nint appender, long value);

    [LibraryImport(Library)]
    internal static partial int duckdb_append_double(nint appender, double value);

    [LibraryImport(Library)]
    internal static partial int duckdb_append_timestamp(nint appender, long microseconds);

    [LibraryImport(Library)]
    internal static partial int duckdb_append_varchar_length(nint appender, byte* text, ulong length);

    /// <summary>A C string that DuckDB keeps.</summary>
    internal static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? "";

    /// <summary>Microseconds since 1970, as DuckDB keeps a TIMESTAMP.</summary>
    internal static long Microseconds(DateTime time) =>
        (time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time).Subtract(DateTime.UnixEpoch).Ticks
        / TimeSpan.TicksPerMicrosecond;
}
