using System.Runtime.InteropServices;

namespace HitSong.Evaluation;

/// <summary>
/// Gradient boosted trees (LightGBM; Ke et al., NeurIPS 2017) with its own settings: 100 rounds, at most 31 leaves, a
/// learning rate of 0.1, at least 20 items a leaf. What a reviewer asks of a table before a network. It computes on
/// one thread and draws nothing at random: the same items give the same trees.
/// </summary>
/// <example><code>
/// double[][] features = [.. Enumerable.Range(0, 100).Select(i => (double[])[i, i % 7])];
/// int[] labels = [.. features.Select(row => row[0] &lt; 50 ? 0 : 1)];
/// using var boosting = GradientBoosting.Fit(features, labels, classes: 2);
/// boosting.Probabilities([[90, 3]])[0][1] > 0.9 // True
/// </code></example>
public sealed partial class GradientBoosting : IDisposable
{
    private readonly BoosterHandle booster;
    private readonly int classes,
        width;

    // The classes that training has, in the order in which the booster knows them.
    private readonly int[] there;

    private GradientBoosting(BoosterHandle booster, int classes, int width, int[] there) =>
        (this.booster, this.classes, this.width, this.there) = (booster, classes, width, there);

    /// <summary>Rounds of which the probabilities are made; each adds a tree a class, of two classes one.</summary>
    public int Rounds { get; private init; }

    /// <summary>
    /// Fits the trees; where there are validation items, those rounds count whose log loss is the least on them.
    /// </summary>
    /// <param name="features">[N][features] of the training items.</param>
    /// <param name="labels">[N] their classes.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="validationFeatures">[validation items][features]; null or empty: all rounds count.</param>
    /// <param name="validationLabels">[validation items] their classes; what training lacks is left out.</param>
    /// <param name="rounds">Rounds of boosting.</param>
    /// <exception cref="HitSongException">
    /// An item is not as the others, a feature is no number, a label is no class, only one class is there, or LightGBM
    /// cannot be loaded.
    /// </exception>
    public static GradientBoosting Fit(
        IReadOnlyList<double[]> features,
        IReadOnlyList<int> labels,
        int classes,
        IReadOnlyList<double[]>? validationFeatures = null,
        IReadOnlyList<int>? validationLabels = null,
        int rounds = 100
    )
    {
        int[] there = TrainingItems.Check(features, labels, classes);
        int width = features[0].Length;
        string objective =
            there.Length == 2
                ? "objective=binary metric=binary_logloss"
                : $"objective=multiclass metric=multi_logloss num_class={there.Length}";
        // Which way histograms are summed is not left to what is faster at the moment.
        string settings = $"{objective} deterministic=true force_col_wise=true num_threads=1 verbosity=-1";
        int[] known =
        [
            .. Enumerable.Range(0, validationFeatures?.Count ?? 0).Where(i => there.Contains(validationLabels![i])),
        ];
        try
        {
            using DatasetHandle train = DatasetOf(features, labels, there, settings, reference: 0);
            using DatasetHandle? validation =
                known.Length == 0
                    ? null
                    : DatasetOf(
                        [.. known.Select(i => validationFeatures![i])],
                        [.. known.Select(i => validationLabels![i])],
                        there,
                        settings,
                        train.DangerousGetHandle()
                    );
            Succeed(LGBM_BoosterCreate(train, settings, out BoosterHandle booster));
            if (validation is not null)
                Succeed(LGBM_BoosterAddValidData(booster, validation));
            var losses = new List<double>();
            for (int finished = 0; finished == 0 && losses.Count < rounds; )
            {
                double loss = 0;
                Succeed(LGBM_BoosterUpdateOneIter(booster, out finished));
                if (validation is not null)
                    Succeed(LGBM_BoosterGetEval(booster, 1, out _, out loss));
                losses.Add(loss);
            }
            int best = validation is null ? losses.Count : 1 + losses.IndexOf(losses.Min());
            return new(booster, classes, width, there) { Rounds = best };
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new HitSongException(
                "LightGBM cannot be loaded: its package has x64 libraries alone, and on Linux it needs libgomp1. "
                    + e.Message,
                e
            );
        }
    }

    /// <summary>[items][classes] the probability of each class; 0 of one that training lacks.</summary>
    /// <param name="features">[items][features].</param>
    /// <exception cref="HitSongException">
    /// An item has not as many features as training, or one that is no number.
    /// </exception>
    public double[][] Probabilities(IReadOnlyList<double[]> features)
    {
        int odd = features.ToList().FindIndex(row => row.Length != width || !row.All(double.IsFinite));
        if (odd >= 0)
            throw new HitSongException(
                $"the trees were fitted on {width} features an item, and item {odd} has "
                    + $"{(features[odd].Length == width ? "one that is no number" : $"{features[odd].Length}")}"
            );
        int outputs = there.Length == 2 ? 1 : there.Length;
        var raw = new double[features.Count * outputs];
        if (features.Count > 0)
            Succeed(
                LGBM_BoosterPredictForMat(
                    booster,
                    Flat(features),
                    Float64,
                    features.Count,
                    width,
                    RowMajor,
                    predictType: 0,
                    startIteration: 0,
                    Rounds,
                    "",
                    out _,
                    raw
                )
            );
        return [.. Enumerable.Range(0, features.Count).Select(Row)];

        double[] Row(int item)
        {
            var row = new double[classes];
            if (outputs == 1)
                (row[there[0]], row[there[1]]) = (1 - raw[item], raw[item]);
            else
                for (int c = 0; c < outputs; c++)
                    row[there[c]] = raw[item * outputs + c];
            return row;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => booster.Dispose();

    private static DatasetHandle DatasetOf(
        IReadOnlyList<double[]> features,
        IReadOnlyList<int> labels,
        int[] there,
        string settings,
        nint reference
    )
    {
        int width = features[0].Length;
        Succeed(
            LGBM_DatasetCreateFromMat(
                Flat(features),
                Float64,
                features.Count,
                width,
                RowMajor,
                settings,
                reference,
                out DatasetHandle dataset
            )
        );
        float[] classes = [.. labels.Select(label => (float)Array.IndexOf(there, label))];
        Succeed(LGBM_DatasetSetField(dataset, "label", classes, classes.Length, Float32));
        return dataset;
    }

    private static double[] Flat(IReadOnlyList<double[]> rows)
    {
        int width = rows[0].Length;
        var flat = new double[checked(rows.Count * width)];
        for (int i = 0; i < rows.Count; i++)
            rows[i].CopyTo(flat, i * width);
        return flat;
    }

    private static void Succeed(int code)
    {
        if (code != 0)
            throw new HitSongException($"LightGBM: {Marshal.PtrToStringUTF8(LGBM_GetLastError())}");
    }

    // LightGBM's C API (include/LightGBM/c_api.h).
    private const string Library = "lib_lightgbm";
    private const int Float32 = 0,
        Float64 = 1,
        RowMajor = 1;

    private sealed class DatasetHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => LGBM_DatasetFree(handle) == 0;
    }

    private sealed class BoosterHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => LGBM_BoosterFree(handle) == 0;
    }

    [LibraryImport(Library)]
    private static partial nint LGBM_GetLastError();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LGBM_DatasetCreateFromMat(
        double[] data,
        int dataType,
        int rows,
        int columns,
        int isRowMajor,
        string parameters,
        nint reference,
        out DatasetHandle dataset
    );

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LGBM_DatasetSetField(
        DatasetHandle dataset,
        string field,
        float[] values,
        int count,
        int type
    );

    [LibraryImport(Library)]
    private static partial int LGBM_DatasetFree(nint dataset);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LGBM_BoosterCreate(DatasetHandle train, string parameters, out BoosterHandle booster);

    [LibraryImport(Library)]
    private static partial int LGBM_BoosterAddValidData(BoosterHandle booster, DatasetHandle validation);

    [LibraryImport(Library)]
    private static partial int LGBM_BoosterUpdateOneIter(BoosterHandle booster, out int isFinished);

    // One metric, so one value.
    [LibraryImport(Library)]
    private static partial int LGBM_BoosterGetEval(BoosterHandle booster, int data, out int count, out double value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LGBM_BoosterPredictForMat(
        BoosterHandle booster,
        double[] data,
        int dataType,
        int rows,
        int columns,
        int isRowMajor,
        int predictType,
        int startIteration,
        int iterations,
        string parameters,
        out long length,
        double[] result
    );

    [LibraryImport(Library)]
    private static partial int LGBM_BoosterFree(nint booster);
}
