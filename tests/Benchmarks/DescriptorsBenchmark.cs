using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using HitSong.Audio;
using HitSong.Features.Descriptors;
using Spectre.Console;
using Tests;

namespace Benchmarks;

/// <summary>
/// How right and how quick the descriptors are: loudness beside FFmpeg's, tempo and key of music of which they are
/// known, and the milliseconds of each part.
/// </summary>
internal static class DescriptorsBenchmark
{
    private const int Generated = 150;

    public static Command Command()
    {
        Command command = new(
            "descriptors",
            "Loudness beside FFmpeg's, tempo and key beside the truth, and the time that each part takes."
        );
        command.SetAction(_ => Run());
        return command;
    }

    private static int Run()
    {
        AnsiConsole.WriteLine(Machine.Description);
        string[] recordings = Recordings();
        (string Path, double Tempo, int Tonic, bool IsMinor)[] songs = Songs();
        if (songs.Length == 0)
            AnsiConsole.WriteLine(
                "No figures of the demo corpus: data/demo/corpus is not there; ./research demo makes it."
            );
        Loudness([.. recordings, .. songs.Take(200).Select(song => song.Path)]);
        Demo(songs);
        Rhythms();
        Progressions();
        foreach (string recording in recordings)
        {
            SoundDescription sound = SoundDescription.Of(recording);
            AnsiConsole.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Path.GetFileName(recording)}: {sound.Tempo.BeatsPerMinute:0.0} beats/min "
                        + $"(or {string.Join(", ", sound.Tempo.Alternatives.Select(t => $"{t.BeatsPerMinute:0}"))}), "
                        + $"{sound.Key.Name}, {sound.Key.Tuning:0} cents, {sound.Loudness.Integrated:0.0} LUFS"
                )
            );
        }
        if (recordings.Length + songs.Length > 0)
            Speed(recordings.FirstOrDefault(path => path.EndsWith("44k1.stereo.mp3")) ?? songs[0].Path);
        return 0;
    }

    private static string[] Recordings()
    {
        string folder = Path.Combine(Machine.Root(), "..", "shared", "audio");
        return Directory.Exists(folder)
            ?
            [
                .. Directory
                    .GetFiles(folder)
                    .Where(path => AudioFile.Extensions.Contains(Path.GetExtension(path)))
                    .Order(),
            ]
            : [];
    }

    private static (string, double, int, bool)[] Songs()
    {
        string folder = Path.Combine(Machine.Root(), "data", "demo", "corpus"),
            tracks = Path.Combine(folder, "tracks.csv");
        if (!File.Exists(tracks))
            return [];
        string[][] rows = [.. File.ReadLines(tracks).Select(Fields)];
        int Column(string name) => Array.IndexOf(rows[0], name);
        return
        [
            .. rows.Skip(1)
                .Select(row =>
                    (
                        Path.Combine(folder, row[Column("audio")]),
                        double.Parse(row[Column("tempo")], CultureInfo.InvariantCulture),
                        int.Parse(row[Column("tonic")], CultureInfo.InvariantCulture),
                        row[Column("mode")] == "minor"
                    )
                ),
        ];
    }

    // From the end, where the columns are that are wanted: a title may have commas in it.
    private static string[] Fields(string line)
    {
        List<string> fields = [];
        bool isQuoted = false;
        int first = 0;
        for (int i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && line[i] == '"')
                isQuoted = !isQuoted;
            if (i < line.Length && (line[i] != ',' || isQuoted))
                continue;
            fields.Add(line[first..i].Trim('"'));
            first = i + 1;
        }
        return [.. fields];
    }

    private static void Loudness(string[] files)
    {
        double integrated = 0,
            range = 0,
            peak = 0;
        foreach (string file in files)
        {
            FfmpegLoudness theirs = FfmpegLoudness.Of(file);
            Loudness ours = SoundDescription.Of(file).Loudness;
            double off = Math.Abs(ours.Integrated - theirs.Integrated),
                offRange = Math.Abs(ours.Range - theirs.Range),
                offPeak = Math.Abs(ours.TruePeak - theirs.TruePeak);
            if (!(off <= 0.1 && offRange <= 0.1 && offPeak <= 0.2))
                AnsiConsole.WriteLine($"{Path.GetFileName(file)}: {ours}, FFmpeg {theirs}");
            (integrated, range, peak) = (Math.Max(integrated, off), Math.Max(range, offRange), Math.Max(peak, offPeak));
        }
        AnsiConsole.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Loudness of {files.Length} files: at most {integrated:0.000} LU, range {range:0.000} LU, true peak "
                    + $"{peak:0.00} dB from FFmpeg's."
            )
        );
    }

    private static void Demo((string Path, double Tempo, int Tonic, bool IsMinor)[] songs)
    {
        if (songs.Length == 0)
            return;
        SoundDescription[] sounds = [.. songs.Select(song => SoundDescription.Of(song.Path))];
        Tempi("demo corpus", [.. songs.Zip(sounds, (song, sound) => (song.Tempo, sound))]);
        Keys("demo corpus", [.. songs.Zip(sounds, (song, sound) => (song.Tonic, song.IsMinor, sound))]);
    }

    private static void Rhythms()
    {
        var rhythms = Enumerable
            .Range(0, Generated)
            .Select(GeneratedMusic.RhythmAt)
            .Select(rhythm => (rhythm, Sound: SoundDescription.Of(rhythm.Sound)))
            .ToArray();
        foreach (var kind in rhythms.GroupBy(rhythm => rhythm.rhythm.Kind))
            Tempi(kind.Key, [.. kind.Select(rhythm => (rhythm.rhythm.BeatsPerMinute, rhythm.Sound))]);
    }

    private static void Progressions()
    {
        var progressions = Enumerable
            .Range(0, Generated)
            .Select(GeneratedMusic.ProgressionAt)
            .Select(progression => (Made: progression, Sound: SoundDescription.Of(progression.Sound)))
            .ToArray();
        foreach (var timbre in progressions.GroupBy(progression => progression.Made.Timbre))
        {
            Keys(timbre.Key, [.. timbre.Select(one => (one.Made.Tonic, one.Made.IsMinor, one.Sound))]);
            double off = timbre.Max(one => Math.Abs(one.Sound.Key.Tuning - one.Made.Cents));
            AnsiConsole.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"  tuning at most {off:0.0} cents from the truth")
            );
        }
        Keys("all", [.. progressions.Select(one => (one.Made.Tonic, one.Made.IsMinor, one.Sound))]);
    }

    private static void Tempi(string of, (double Tempo, SoundDescription Sound)[] cases)
    {
        double right = Share(1),
            octaves = Share(1, 2, 0.5),
            metric = Share(1, 2, 0.5, 3, 1 / 3.0);
        AnsiConsole.WriteLine(
            $"Tempo, {of}, {cases.Length}: {right:P1} within 4%, {octaves:P1} with half and double, {metric:P1} with "
                + "thirds and triples"
        );

        double Share(params double[] factors) =>
            cases.Average(one =>
                factors.Any(factor => Math.Abs(one.Sound.Tempo.BeatsPerMinute / (factor * one.Tempo) - 1) <= 0.04)
                    ? 1.0
                    : 0
            );
    }

    private static void Keys(string of, (int Tonic, bool IsMinor, SoundDescription Sound)[] cases)
    {
        double score = cases.Average(one => Mirex(one.Tonic, one.IsMinor, one.Sound.Key)),
            right = cases.Average(one => Mirex(one.Tonic, one.IsMinor, one.Sound.Key) == 1 ? 1.0 : 0);
        AnsiConsole.WriteLine($"Key, {of}, {cases.Length}: MIREX score {score:0.000}, {right:P1} right");
    }

    // MIREX' weights of errors: a fifth away, the relative key, the parallel key.
    private static double Mirex(int tonic, bool isMinor, Key key)
    {
        if (key.Tonic is not { } found)
            return 0;
        bool foundMinor = key.Mode == Mode.Minor;
        int up = (found - tonic + 12) % 12;
        return (up, foundMinor == isMinor) switch
        {
            (0, true) => 1,
            (5 or 7, true) => 0.5,
            (0, false) => 0.2,
            _ when up == (isMinor ? 3 : 9) && foundMinor != isMinor => 0.3,
            _ => 0,
        };
    }

    private static void Speed(string file)
    {
        Waveform whole = AudioFile.Read(file);
        foreach (int seconds in (int[])[30, 180])
        {
            float[] left = new float[whole.SampleRate * seconds];
            for (int i = 0; i < left.Length; i++)
                left[i] = whole.Samples[i % whole.Samples.Length];
            float[] right = [.. left.Skip(100), .. new float[100]];
            int rate = whole.SampleRate;
            Waveform low = new Waveform(left, rate).Resample(SpectrumMeter.SampleRate);
            float[] block = [.. left, .. right];

            Table table = new() { Title = new TableTitle($"{seconds} s, stereo, {rate:N0} Hz") };
            table.AddColumns("", "ms of processor time");
            Row("all, decoded", () => SoundDescription.Of([left, right], rate));
            Row("silence, clipping, bandwidth, stereo", () => Each(new QualityMeter(rate, 2).Append));
            Row("loudness", () => Each(new LoudnessMeter(rate, [1, 1]).Append));
            Row("true peak", () => Each(new TruePeakMeter(2).Append));
            Row("mix, resample", () => new Waveform(left, rate).Resample(SpectrumMeter.SampleRate));
            SpectrumResult? spectrum = null;
            Row(
                "spectrum, MFCC, medians",
                () =>
                {
                    SpectrumMeter meter = new();
                    meter.Append(low.Samples);
                    spectrum = meter.Finish();
                }
            );
            Row(
                "key",
                () =>
                {
                    KeyFinder finder = new();
                    finder.Append(low.Samples);
                    finder.Finish();
                }
            );
            Row("tempo, beats", () => TempoTracker.Of(spectrum!.Onsets, seconds));
            Row("sections", () => SectionFinder.Of(spectrum!.Mfcc, 0, seconds));
            AnsiConsole.Write(table);

            void Row(string name, Action task) =>
                table.AddRow(name, Median(task).ToString("0.0", CultureInfo.InvariantCulture));

            void Each(BlockTaker take)
            {
                const int length = 1 << 14;
                for (int at = 0; at < left.Length; at += length)
                    take(new(block.AsSpan(at), left.Length, Math.Min(length, left.Length - at)));
            }
        }
        string song = Path.GetFileName(file);
        double fromFile = Median(() => SoundDescription.Of(file)),
            decoding = Median(() => AudioFile.Read(file));
        AnsiConsole.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{song}, {whole.Duration:0} s: {fromFile:0.0} ms of processor time from the file, decoding alone to "
                    + $"one channel {decoding:0.0} ms; the process has had "
                    + $"{Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB at most"
            )
        );
    }

    private delegate void BlockTaker(AudioBlock block);

    // Of the processor's time, which tells the same where other work is done beside it.
    private static double Median(Action task)
    {
        const int rounds = 9;
        for (int i = 0; i < 4; i++)
            task();
        double[] times = new double[rounds];
        for (int i = 0; i < rounds; i++)
        {
            TimeSpan start = Environment.CpuUsage.TotalTime;
            task();
            times[i] = (Environment.CpuUsage.TotalTime - start).TotalMilliseconds;
        }
        return times.Order().ElementAt(rounds / 2);
    }
}
