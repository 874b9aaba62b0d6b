using System.CommandLine;
using CsvHelper;
using HitSong;
using HitSong.Audio;
using HitSong.Corpus;
using HitSong.Experiments;
using HitSong.Features;
using HitSong.Features.Descriptors;
using HitSong.Models;
using Research.Slurm;

namespace Research;

/// <summary><c>./research extract</c>: audio files into the feature store.</summary>
internal static class ExtractCommand
{
    private static readonly Dictionary<string, FeatureSettings> Named = new()
    {
        ["hiphop"] = FeatureSettings.HipHop,
        ["views-resnet"] = FeatureSettings.ViewsResNet,
        ["tiktok-lstm"] = FeatureSettings.TikTok,
        ["spectrogram-cnn"] = ClipPictures.Features,
        ["descriptors"] = DescriptorExtractor.Descriptors,
    };

    public static Command Create()
    {
        var source = new Argument<FileSystemInfo>("source")
        {
            Description =
                "A folder of audio files (with its subfolders), or a track table: a CSV file with a "
                + "column of paths, relative to the table's folder.",
        };
        source.AcceptExistingOnly();
        var column = new Option<string>("--column")
        {
            Description = "The track table's column of paths.",
            DefaultValueFactory = _ => "audio",
            HelpName = "NAME",
        };
        var features = new Option<string>("--features")
        {
            Description =
                $"The features of an experiment ({string.Join(", ", Named.Keys)}), or a settings.json, as every store "
                + "holds one to copy and change. descriptors: what ./research describe measures of whole recordings.",
            DefaultValueFactory = _ => "hiphop",
            HelpName = "NAME|FILE",
        };
        var half = new Option<bool>("--float16") { Description = "Keep float16 values, in half the space." };
        Option<DirectoryInfo> store = Store();
        Option<string?> shard = Shard();
        var verify = new Option<bool>("--verify")
        {
            Description = "Check every checksum first, and extract again what is damaged.",
        };
        var pictures = new Option<DirectoryInfo?>("--pictures")
        {
            Description =
                "Also draw each clip as spectrogram-cnn is given it, into this folder: a PNG of its mel spectrogram, "
                + "−80 to 0 dB in viridis, and pictures.csv, which links each to its track with all that the track "
                + "table says of it (popularity, artist, …). The features are then those of spectrogram-cnn.",
            HelpName = "FOLDER",
        };
        Option<int> pixels = Parse.WholeNumber(
            "--pixels",
            8,
            SpectrogramCnn.Pixels,
            $"With --pictures: their height and width. Default: {SpectrogramCnn.Pixels}."
        );
        // What a task of a job array does: this command, with these shards.
        Option<int[]?> only = Parse.Only();
        var slurm = new SlurmOptions();
        var command = new Command(
            "extract",
            "Fill the feature store from a folder of audio files or a track table, on all cores. Killed "
                + "at any moment, the same command goes on where it was.\n"
                + "Pictures to train on:  ./research extract tracks.csv --pictures pictures\n"
                + "                       ./research train spectrogram-cnn --pictures pictures\n"
                + "On a cluster:  ./research extract songs --on slurm --array-limit 40\n"
                + "The files are read once here, to know them by their content; a job array extracts them, to the "
                + "same bytes as this machine alone."
        )
        {
            source,
            column,
            features,
            half,
            store,
            shard,
            verify,
            pictures,
            pixels,
            only,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(pictures) is null)
                return;
            if (result.GetResult(shard) is not null)
                result.AddError("--pictures are drawn once all is extracted: leave out --shard.");
            if (result.GetResult(features) is { Implicit: false } && result.GetValue(features) != "spectrogram-cnn")
                result.AddError("--pictures are drawn of --features spectrogram-cnn: leave --features out.");
        });
        slurm.AddTo(command, shard, verify);
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), cancellation));
        return command;

        int Run(ParseResult parsed, CancellationToken cancellation)
        {
            DirectoryInfo? drawn = parsed.GetValue(pictures);
            FeatureSettings settings = drawn is null ? Settings(parsed.GetValue(features)!) : ClipPictures.Features;
            if (parsed.GetValue(half))
                settings = settings with { HalfPrecision = true };
            FileSystemInfo from = parsed.GetValue(source)!;
            string to = parsed.GetValue(store)!.FullName;
            if (parsed.GetValue(only) is { Length: > 0 } shards)
                return Make(from, shards, settings, to, cancellation);
            ExtractionShare? share = parsed.GetValue(shard) is { } text ? ExtractionShare.Parse(text) : null;
            SlurmArray? array = slurm.Array(parsed, "shard");
            return Execute(
                from,
                parsed.GetValue(column)!,
                settings,
                to,
                share,
                parsed.GetValue(verify),
                drawn is null ? null : (drawn.FullName, parsed.GetValue(pixels)),
                array,
                cancellation
            );
        }
    }

    /// <summary>Where the feature stores lie.</summary>
    public static Option<DirectoryInfo> Store() =>
        new("--store")
        {
            Description = "Where the features go; each settings has a folder of its own there.",
            DefaultValueFactory = _ => new(Path.Combine(Workspace.Artifacts, "features")),
            HelpName = "FOLDER",
        };

    /// <summary>One share of the work.</summary>
    public static Option<string?> Shard()
    {
        var shard = new Option<string?>("--shard")
        {
            Description =
                "One share of the work, such as 3/40: for the job arrays of a cluster. Shares know "
                + "nothing of each other, and readers join them.",
            HelpName = "I/N",
        };
        shard.Validators.Add(result =>
        {
            if (result.GetValue(shard) is { } text && ExtractionShare.Parse(text) is null)
                result.AddError("--shard takes a share such as 3/40, the first being 1/40.");
        });
        return shard;
    }

    private static FeatureSettings Settings(string features) =>
        Named.TryGetValue(features, out FeatureSettings? named) ? named : FeatureSettings.Read(features);

    private static int Execute(
        FileSystemInfo source,
        string column,
        FeatureSettings settings,
        string store,
        ExtractionShare? share,
        bool verify,
        (string Folder, int Pixels)? pictures,
        SlurmArray? array,
        CancellationToken cancellation
    )
    {
        string root = Root(source);
        TrackRows rows = source is DirectoryInfo ? new([], []) : Rows(source.FullName, column);
        AudioFolder audio =
            source is DirectoryInfo ? AudioFolder.Read(root) : new([.. rows.Tracks.Select(track => track.File)], []);
        Failure[] rejected = [.. audio.Rejected.Select(Failure.Of)];
        if (audio.Files.Count == 0)
        {
            ResultsTable.Print(rejected);
            throw new HitSongException($"no audio file in {source.FullName}");
        }
        if (settings.Descriptors is null && settings.Mel.HopLength > settings.Mel.FftLength)
            Console.Error.WriteLine(
                $"The hop of {settings.Mel.HopLength} samples is longer than the frame of "
                    + $"{settings.Mel.FftLength}: what lies between is not looked at."
            );
        if (array is not null && !MakeElsewhere(root, audio.Files, settings, store, array, cancellation))
            return array.IsDryRun ? 0 : 1;
        ExtractionResult Extract(Action<double, string> report) =>
            FeatureExtraction.Run(
                root,
                audio.Files,
                DescriptorExtractor.For(settings),
                store,
                share,
                verify,
                new ExtractionReport(report),
                cancellation
            );
        ExtractionResult result = LongWork.Show("extract", Extract);
        string folder = Path.GetRelativePath(Environment.CurrentDirectory, result.Folder);
        Console.WriteLine(
            $"{result.Files - result.Failures.Count} of {result.Files + rejected.Length} files are in {folder}; "
                + $"{result.Extracted} were extracted now."
        );
        if (verify)
            Console.WriteLine(
                result.Repaired + result.Damaged == 0
                    ? "Every checksum holds."
                    : $"{Shards(result.Repaired)} damaged or lacked files, and made again."
            );
        if (result.Damaged > 0)
            throw new HitSongException(
                $"{Shards(result.Damaged)} damaged, and not made again: files of theirs are not in "
                    + $"{source.FullName}. Give the folder or table that they were extracted from"
            );
        if (pictures is var (to, pixels))
        {
            if (source is DirectoryInfo)
                rows = new(["track"], [.. audio.Files.Select(file => (file, (IReadOnlyList<string>)[file]))]);
            int count = LongWork.Show(
                "draw",
                report =>
                    ClipPictures.Write(
                        result,
                        rows.Tracks,
                        rows.Columns,
                        to,
                        pixels,
                        (done, all) => report((double)done / all, $"{done} of {all} pictures"),
                        cancellation
                    )
            );
            Console.WriteLine(
                $"{count} pictures are in {Path.GetRelativePath(Environment.CurrentDirectory, to)}, and "
                    + $"{PictureFolder.Table} says of which tracks."
            );
        }
        ResultsTable.Print([.. rejected, .. result.Failures.Select(Failure.Of)]);
        return 0;
    }

    // A track table's files, and what else it says of each, as the table of pictures has it.
    private sealed record TrackRows(
        IReadOnlyList<string> Columns,
        IReadOnlyList<(string File, IReadOnlyList<string> About)> Tracks
    );

    private static string Root(FileSystemInfo source) =>
        source is DirectoryInfo ? source.FullName : Path.GetDirectoryName(source.FullName)!;

    // A task's part of the work.
    private static int Make(
        FileSystemInfo source,
        int[] shards,
        FeatureSettings settings,
        string store,
        CancellationToken cancellation
    )
    {
        using var memory = TaskMemory.Watch();
        return LongWork.Show("extract", Extract);

        int Extract(Action<double, string> report)
        {
            FeatureExtraction.Make(
                Root(source),
                shards,
                DescriptorExtractor.For(settings),
                store,
                new ExtractionReport(report),
                cancellation
            );
            return 0;
        }
    }

    /// <summary>Has a job array make the shards that are missing.</summary>
    /// <param name="root">The folder that the names are relative to.</param>
    /// <param name="files">The audio files.</param>
    /// <param name="settings">What is extracted.</param>
    /// <param name="store">The folder of all feature stores.</param>
    /// <param name="array">The array; each of its tasks calls this command.</param>
    /// <param name="cancellation">Ends reading the files, or the waiting.</param>
    /// <returns>Whether all are there.</returns>
    public static bool MakeElsewhere(
        string root,
        IReadOnlyList<string> files,
        FeatureSettings settings,
        string store,
        SlurmArray array,
        CancellationToken cancellation
    )
    {
        return array.Do(LongWork.Show("read", Missing), cancellation);

        SlurmUnit[] Missing(Action<double, string> report)
        {
            var planned = FeatureExtraction.Plan(
                root,
                files,
                DescriptorExtractor.For(settings),
                store,
                new ExtractionReport(report),
                cancellation
            );
            return [.. planned.Select(shard => new SlurmUnit(shard.Number, shard.Path))];
        }
    }

    private static string Shards(int count) => $"{count} shard{(count == 1 ? " was" : "s were")}";

    private static TrackRows Rows(string table, string column)
    {
        if (AudioFile.Extensions.Contains(Path.GetExtension(table)))
            throw new UsageException($"{table} is an audio file: give its folder, or a table of paths.");
        try
        {
            using CsvReader reader = CsvReader.FromFile(table);
            reader.ReadHeader();
            if (!reader.Headers.Contains(column))
                throw new HitSongException(
                    $"{table} has no column {column}; it has {string.Join(", ", reader.Headers)}. "
                        + "--column names another"
                );
            // The table of pictures names a track as this one does, else by its path.
            string id = new[] { "track", "track_id", "id" }.FirstOrDefault(reader.Headers.Contains) ?? column;
            string[] others =
            [
                .. reader.Headers.Where(name =>
                    name != id && name != column && name is not ("file" or "clip" or "start")
                ),
            ];
            List<(string, IReadOnlyList<string>)> tracks = [];
            while (reader.Read())
                if (reader.GetString(column) is { Length: > 0 } path)
                    tracks.Add((path, [reader.GetString(id), .. others.Select(reader.GetString)]));
            return new(["track", .. others], tracks);
        }
        catch (Exception e) when (e is CsvFormatException or IOException)
        {
            throw new HitSongException($"{table} is no CSV file that can be read: {e.Message}", e);
        }
    }
}
