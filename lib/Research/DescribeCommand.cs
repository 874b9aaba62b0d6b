using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using HitSong;
using HitSong.Audio;
using HitSong.Charts;
using HitSong.Corpus;
using HitSong.Features;
using HitSong.Features.Descriptors;
using Spectre.Console;

namespace Research;

/// <summary><c>./research describe</c>: what recordings sound like, in numbers and as pictures.</summary>
internal static class DescribeCommand
{
    private const int MostRows = 40;

    // What a row of a terminal has room for, with what stands above it.
    private static readonly (string Heading, string Descriptor)[] Columns =
    [
        ("length", "duration"),
        ("tempo", "tempo"),
        ("loudness", "loudness_integrated"),
        ("range", "loudness_range"),
        ("true peak", "true_peak"),
        ("onsets", "onset_rate"),
        ("brightness", "spectral_centroid_mean"),
        ("harmonic", "harmonic_share"),
    ];

    public static Command Create()
    {
        var sources = new Argument<FileSystemInfo[]>("source")
        {
            Description = "Audio files, and folders of them with their subfolders.",
            Arity = ArgumentArity.OneOrMore,
        };
        sources.AcceptExistingOnly();
        var json = new Option<bool>("--json") { Description = "Print every descriptor as JSON, for scripts." };
        var times = new Option<bool>("--times")
        {
            Description =
                "With --json: when each beat is and where sections change, s. The feature store keeps neither, so "
                + "every song is measured anew.",
        };
        var csv = Output("--csv", "CSV");
        var parquet = Output("--parquet", "Parquet");
        var pictures = new Option<DirectoryInfo>("--picture")
        {
            Description =
                "Draw a PNG a song into this folder: waveform with beats, mel spectrogram, chroma, tempogram, "
                + "sections.",
            HelpName = "FOLDER",
        };
        Option<DirectoryInfo> store = ExtractCommand.Store();
        Option<string?> shard = ExtractCommand.Shard();
        var command = new Command(
            "describe",
            $"Measure what songs sound like: loudness, tempo, key, brightness and more, {Descriptor.All.Count} "
                + "descriptors each. What was measured is kept in the feature store: killed at any moment, the same "
                + "command goes on where it was, and a song is measured once."
        )
        {
            sources,
            json,
            times,
            csv,
            parquet,
            pictures,
            store,
            shard,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(times) && !result.GetValue(json))
                result.AddError("--times adds to what --json prints: give both.");
        });
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), cancellation));
        return command;

        int Run(ParseResult parsed, CancellationToken cancellation)
        {
            bool isJson = parsed.GetValue(json);
            ExtractionShare? share = parsed.GetValue(shard) is { } text ? ExtractionShare.Parse(text) : null;
            (string root, string[] names, Failure[] rejected) = Find(parsed.GetValue(sources)!);
            DescriptorTable Measure(Action<double, string> report) =>
                DescriptorTable.Measure(
                    root,
                    names,
                    parsed.GetValue(store)!.FullName,
                    share,
                    new ExtractionReport(report),
                    cancellation
                );
            DescriptorTable table = isJson ? Measure((_, _) => { }) : LongWork.Show("describe", Measure);
            Failure[] failures = [.. rejected, .. table.Failures.Select(Failure.Of)];
            foreach (FileInfo? file in (FileInfo?[])[parsed.GetValue(csv), parsed.GetValue(parquet)])
                if (file is not null)
                    table.Save(file.FullName);
            if (isJson)
                Console.WriteLine(ToJson(table.Files, failures, parsed.GetValue(times) ? TimesOf : _ => []));
            else
                Print(table.Files);
            if (parsed.GetValue(pictures) is { } folder)
                failures =
                [
                    .. failures,
                    .. LongWork.Show("pictures", report => Draw(root, table.Files, folder, report, cancellation)),
                ];
            if (!isJson)
                ResultsTable.Print(failures);
            // A share may hold nothing but a bad file, and is done all the same.
            return table.Files.Count == 0 && failures.Length > 0 && share is null ? 1 : 0;

            (string Name, IReadOnlyList<double> Seconds)[] TimesOf(DescribedFile file)
            {
                cancellation.ThrowIfCancellationRequested();
                SoundDescription sound = SoundDescription.Of(Path.Combine(root, file.File));
                return [("beats", sound.Tempo.Beats), ("section_boundaries", sound.Structure.Boundaries)];
            }
        }
    }

    private static Option<FileInfo> Output(string name, string format)
    {
        string extension = "." + format.ToLowerInvariant();
        var option = new Option<FileInfo>(name)
        {
            Description = $"Write every descriptor to this {format} file, a row a song.",
            HelpName = "FILE",
        };
        option.Validators.Add(result =>
        {
            if (
                result.GetValue(option) is { } file
                && !file.Name.EndsWith(extension, StringComparison.OrdinalIgnoreCase)
            )
                result.AddError($"{name} takes a file whose name ends in {extension}.");
        });
        return option;
    }

    // The audio files, relative to the folder where there is one alone, else to the working folder.
    private static (string Root, string[] Names, Failure[] Rejected) Find(FileSystemInfo[] sources)
    {
        string root = sources is [DirectoryInfo only] ? only.FullName : Environment.CurrentDirectory;
        List<string> names = [];
        List<Failure> rejected = [];
        foreach (FileSystemInfo source in sources)
        {
            if (source is not DirectoryInfo)
            {
                names.Add(Path.GetRelativePath(root, source.FullName));
                continue;
            }
            AudioFolder audio = AudioFolder.Read(source.FullName);
            names.AddRange(audio.Files.Select(n => Path.GetRelativePath(root, Path.Combine(source.FullName, n))));
            rejected.AddRange(audio.Rejected.Select(Failure.Of));
        }
        if (names.Count > 0)
            return (root, [.. names.Distinct()], [.. rejected]);
        ResultsTable.Print(rejected);
        throw new HitSongException($"no audio file in {string.Join(", ", sources.Select(source => source.FullName))}");
    }

    private static void Print(IReadOnlyList<DescribedFile> files)
    {
        if (files is [var one])
            PrintOne(one);
        else if (files.Count > 1)
            PrintAll(files);
    }

    private static void PrintOne(DescribedFile file)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumn(Markup.Escape(file.File));
        table.AddColumn(new TableColumn("").RightAligned()).AddColumn("what it is");
        table.AddRow("key", Markup.Escape(file.Key ?? "–"), "key and mode as musicians write them");
        foreach ((string name, string value, string definition) in file.InWords)
            table.AddRow(Markup.Escape(name), Markup.Escape(value), Markup.Escape(definition));
        AnsiConsole.Write(table);
        Console.WriteLine(
            $"{Descriptor.All.Count(descriptor => descriptor.IsElement)} more, of chroma, MFCC and spectral contrast, "
                + "with --json, --csv and --parquet."
        );
    }

    private static void PrintAll(IReadOnlyList<DescribedFile> files)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("song").AddColumn("key");
        foreach ((string heading, _) in Columns)
            table.AddColumn(new TableColumn(heading).RightAligned());
        foreach (DescribedFile file in files.Take(MostRows))
            table.AddRow([
                Markup.Escape(file.File),
                Markup.Escape(file.Key ?? "–"),
                .. Columns.Select(column => Markup.Escape(Text(file, column.Descriptor))),
            ]);
        AnsiConsole.Write(table);
        string more =
            files.Count > MostRows ? FormattableString.Invariant($"{files.Count - MostRows:N0} more songs, and ") : "";
        Console.WriteLine($"{more}all {Descriptor.All.Count} descriptors with --json, --csv and --parquet.");

        static string Text(DescribedFile file, string name) =>
            Descriptor.All[Descriptor.PlaceOf(name)].Text(file[name]);
    }

    private static string ToJson(
        IReadOnlyList<DescribedFile> files,
        IReadOnlyList<Failure> failures,
        Func<DescribedFile, (string Name, IReadOnlyList<double> Seconds)[]> timesOf
    )
    {
        var document = new JsonObject
        {
            ["songs"] = new JsonArray([.. files.Select(Song)]),
            ["failures"] = new JsonArray([
                .. failures.Select(failure => new JsonObject { ["file"] = failure.Path, ["reason"] = failure.Reason }),
            ]),
        };
        return document.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

        JsonNode Song(DescribedFile file)
        {
            var song = new JsonObject
            {
                ["file"] = file.File,
                ["audio"] = file.Audio,
                ["key"] = file.Key,
            };
            foreach ((Descriptor descriptor, double value) in Descriptor.All.Zip(file.Values))
                song[descriptor.Name] = double.IsFinite(value) ? (float)value : null;
            foreach ((string name, IReadOnlyList<double> seconds) in timesOf(file))
                song[name] = new JsonArray([.. seconds.Select(time => JsonValue.Create(Math.Round(time, 3)))]);
            return song;
        }
    }

    private static IReadOnlyList<Failure> Draw(
        string root,
        IReadOnlyList<DescribedFile> files,
        DirectoryInfo folder,
        Action<double, string> report,
        CancellationToken cancellation
    )
    {
        var failures = new List<Failure>();
        int done = 0;
        Parallel.ForEach(
            files,
            new ParallelOptions
            {
                CancellationToken = cancellation,
                MaxDegreeOfParallelism = Environment.ProcessorCount,
            },
            file =>
            {
                string picture = Path.Combine(folder.FullName, PictureOf(file));
                try
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(picture)!);
                    new SoundPicture(Path.Combine(root, file.File)).Save(picture);
                }
                catch (Exception e) when (e is AudioException or FeatureException)
                {
                    lock (failures)
                        failures.Add(new(file.File, $"cannot be drawn: {e.Message}"));
                }
                lock (failures)
                    report((double)++done / files.Count, $"{done} of {files.Count}");
            }
        );
        return failures;
    }

    // A song from beyond the working folder must not lead its picture out of the pictures' folder.
    private static string PictureOf(DescribedFile file) =>
        file.File.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(file.File)
            ? $"{Path.GetFileName(file.File)}-{file.Audio[..8]}.png"
            : $"{file.File}.png";
}
