using System.Text.Json;
using Tables;

namespace HitSong.Experiments;

/// <summary>All runs as one table, a row each, as DuckDB reads it in their files.</summary>
internal static class RunTable
{
    /// <summary>The table, as <see cref="RunStore.ToTable"/> says.</summary>
    /// <param name="folder">Where the runs lie.</param>
    public static Table Of(string folder)
    {
        using Database database = Database.InMemory();
        return database.Query(Sql(folder));
    }

    /// <summary>The same, of the runs whose names contain something in any case, as Parquet or CSV.</summary>
    public static void Write(string folder, string part, string path)
    {
        using Database database = Database.InMemory();
        database.Export($"FROM ({Sql(folder)}) WHERE contains(lower(run), lower({Database.Text(part)}))", path);
    }

    private static string Sql(string folder)
    {
        string files = Path.Combine(Database.Literal(Path.GetFullPath(folder)), "*", "*.json");
        return $"""
            WITH
                files AS (
                    SELECT parse_path(filename)[-2] AS run, parse_filename(filename, true) AS name,
                        TRY(decode(content)::JSON) AS json
                    FROM read_blob({Database.Text(files)})
                ),
                runs AS (
                    SELECT run,
                        any_value(json) FILTER (name = 'result') AS result,
                        any_value(json) FILTER (name = 'config') AS config,
                        any_value(json) FILTER (name = 'environment') AS environment
                    FROM files WHERE NOT starts_with(run, '.')
                    GROUP BY run HAVING count(json) FILTER (name IN ('result', 'config', 'environment')) = 3
                )
            SELECT run,
                result ->> '$.experiment' AS experiment,
                result ->> '$.variant' AS variant,
                result ->> '$.source' AS source,
                {Typed("BIGINT", "result", "seed", "epochs", "train", "validation", "parameters")},
                {Typed("BIGINT", "result", "bySong.tested")},
                {Typed("DOUBLE", "result", "bySong.accuracy", "bySong.interval.low", "bySong.interval.high")},
                {Typed("DOUBLE", "result", "bySong.majorityBaseline", "bySong.balancedAccuracy", "bySong.f1")},
                {Named("result", "bySong.gain.value", "gain")},
                {Named("result", "bySong.gain.interval.low", "gain_low")},
                {Named("result", "bySong.gain.interval.high", "gain_high")},
                {Typed("DOUBLE", "result", "bySong.rocAuc", "bySong.averagePrecision", "bySong.logLoss")},
                {Typed("DOUBLE", "result", "bySong.brier", "bySong.calibrationError", "ceiling", "skill")},
                {Named("result", "byClip.accuracy", "accuracy_by_clip")},
                {Typed("BOOLEAN", "result", "leaks")},
                {Typed("TIMESTAMP", "environment", "started")},
                {Typed("DOUBLE", "environment", "seconds")},
                {Typed("BIGINT", "environment", "threads")},
                environment ->> '$.device' AS device,
                environment ->> '$.commit' AS commit,
                {Typed("BOOLEAN", "environment", "changed")},
                {Typed("BIGINT", "config", "data.tracks")},
                config ->> '$.data.hash' AS data_hash,
                config ->> '$.recipe' AS recipe
            FROM runs ORDER BY started, run
            """;

        // Columns are named by the last part of the path, as SQL has it: majority_baseline.
        static string Typed(string type, string file, params string[] paths) =>
            string.Join(", ", paths.Select(path => $"TRY_CAST({file} ->> '$.{path}' AS {type}) AS {NameOf(path)}"));

        static string Named(string file, string path, string name) =>
            $"TRY_CAST({file} ->> '$.{path}' AS DOUBLE) AS {name}";

        static string NameOf(string path) => JsonNamingPolicy.SnakeCaseLower.ConvertName(path.Split('.')[^1]);
    }
}
