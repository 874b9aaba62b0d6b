using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HitSong.Audio;
using HitSong.Features;
using Spectre.Console;

namespace Benchmarks;

/// <summary>Decoding, resampling and features of a 30 s clip beside torchaudio, one thread each.</summary>
internal static class FeaturesBenchmark
{
    private const int Seconds = 30;

    private const string Torchaudio = """
        import torch, torchaudio
        torch.set_num_threads(1)
        version = 'torchaudio ' + torchaudio.__version__
        path = sys.argv[1]
        audio, rate = torchaudio.load(path)
        mono = audio.mean(0, keepdim=True)
        resample = torchaudio.transforms.Resample(44100, 22050)
        low = resample(mono)
        spectrum = dict(n_fft=2048, hop_length=512, n_mels=128)
        mel = torchaudio.transforms.MelSpectrogram(22050, **spectrum)
        mfcc = torchaudio.transforms.MFCC(22050, 13, melkwargs=spectrum)
        to_db = torchaudio.transforms.AmplitudeToDB('power', 80)
        tasks['decode'] = lambda: torchaudio.load(path)
        tasks['resample'] = lambda: resample(mono)
        tasks['mel'] = lambda: mel(low)
        tasks['mfcc'] = lambda: mfcc(low)
        tasks['chain'] = lambda: to_db(mel(resample(torchaudio.load(path)[0].mean(0, keepdim=True))))
        """;

    private sealed record Row(
        string Name,
        string What,
        double OursMilliseconds,
        double? PeerMilliseconds,
        double? Ratio
    );

    // For scale: FFmpeg's own command on the same file (its start included), the FFTs alone of the mel by FFTW, and the
    // chain on all cores.
    private sealed record Scale(double? FfmpegMilliseconds, double? FftwMilliseconds, int Cores, double ChainSpeedup);

    public static Command Command()
    {
        Option<FileInfo?> json = new("--json") { Description = "Also write the figures to this file" };
        Option<int> rounds = new("--rounds")
        {
            Description = "Measured rounds; the median counts",
            DefaultValueFactory = _ => 21,
        };
        rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--rounds is at least 1");
        });
        Command command = new(
            "features",
            "Decode, resample, mel and MFCC of a 30 s clip, in milliseconds, beside torchaudio."
        )
        {
            json,
            rounds,
        };
        command.SetAction(parsed => Run(parsed.GetValue(rounds), parsed.GetValue(json)));
        return command;
    }

    private static int Run(int rounds, FileInfo? json)
    {
        string folder = Directory.CreateTempSubdirectory("bench-").FullName;
        try
        {
            string clip = Clip(folder, out string description);
            using PythonPeer? peer = PythonPeer.Start(Torchaudio, 1, keepMemory: false, clip);
            (Row[] rows, Scale scale) = Measure(clip, peer, rounds);
            Print(rows, scale, peer, description, rounds);
            if (json is not null)
                Write(json, rows, scale, peer, description, rounds);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (Row[], Scale) Measure(string clip, PythonPeer? peer, int rounds)
    {
        Waveform mono = AudioFile.Read(clip),
            low = mono.Resample(22050);
        MelSettings settings = MelSettings.Torchaudio with { SampleRate = 22050, FftLength = 2048, HopLength = 512 };
        MelSpectrogram mel = new(settings);
        Mfcc mfcc = new(new MfccSettings { Coefficients = 13, Mel = settings });
        AudioSettings at22050 = new(22050);
        (string Name, string What, Action Task)[] tasks =
        [
            ("decode", "mp3, 44.1 kHz stereo", () => AudioFile.Read(clip)),
            ("resample", "44.1 → 22.05 kHz, mono", () => mono.Resample(22050)),
            ("mel", "n_fft 2048, hop 512, 128 bands", () => mel.Compute(low.Samples)),
            ("mfcc", "13 of the same mel", () => mfcc.Compute(low.Samples)),
            (
                "chain",
                "mp3 file to mel in dB",
                () => Decibel.FromPower(mel.Compute(AudioFile.Read(clip, at22050).Samples))
            ),
        ];

        using Fftw? fftw = Fftw.Plan(settings.FftLength);
        float[] padded = new float[low.Samples.Length + settings.FftLength];
        low.Samples.CopyTo(padded, settings.FftLength / 2);
        int cores = Environment.ProcessorCount;
        Action chain = tasks[^1].Task;

        // Enough calls for the just-in-time compiler to have settled.
        foreach ((string name, _, Action task) in tasks)
        {
            for (int i = 0; i < 40; i++)
                task();
            for (int i = 0; i < 3; i++)
                peer?.Measure(name);
        }
        double[][] ours = [.. tasks.Select(_ => new double[rounds])],
            theirs = [.. tasks.Select(_ => new double[rounds])];
        double[] ffmpeg = new double[rounds],
            fft = new double[rounds],
            speedup = new double[rounds];
        for (int round = 0; round < rounds; round++)
        {
            ffmpeg[round] = Milliseconds(() => Decode(clip));
            fft[round] = fftw is null ? double.NaN : Milliseconds(() => fftw.Run(padded, settings.HopLength));
            double one = Milliseconds(() =>
            {
                for (int i = 0; i < 4 * cores; i++)
                    chain();
            });
            double all = Milliseconds(() =>
                Parallel.For(0, 4 * cores, new ParallelOptions { MaxDegreeOfParallelism = cores }, _ => chain())
            );
            speedup[round] = one / all;
            for (int i = 0; i < tasks.Length; i++)
            {
                ours[i][round] = Milliseconds(tasks[i].Task);
                theirs[i][round] = peer?.Measure(tasks[i].Name) ?? double.NaN;
            }
        }
        double? Theirs(int i) => peer is null ? null : Median(theirs[i]);
        double? Ratio(int i) => peer is null ? null : Median([.. theirs[i].Zip(ours[i], (their, our) => their / our)]);
        Row[] rows =
        [
            .. tasks.Select((task, i) => new Row(task.Name, task.What, Median(ours[i]), Theirs(i), Ratio(i))),
        ];
        return (rows, new Scale(Median(ffmpeg), fftw is null ? null : Median(fft), cores, Median(speedup)));
    }

    private static double Milliseconds(Action task)
    {
        long start = Stopwatch.GetTimestamp();
        task();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static void Decode(string clip)
    {
        using Process ffmpeg = Process.Start(
            "ffmpeg",
            ["-v", "error", "-nostdin", "-threads", "1", "-i", clip, "-f", "null", "-"]
        );
        ffmpeg.WaitForExit();
    }

    private static void Print(Row[] rows, Scale scale, PythonPeer? peer, string clip, int rounds)
    {
        Table table = new() { Title = new TableTitle($"{Seconds} s of audio: {Markup.Escape(clip)}") };
        table.AddColumns("", "", "ours, ms", $"{peer?.Version ?? "torchaudio"}, ms", "times as fast");
        foreach (int right in (int[])[2, 3, 4])
            table.Columns[right].RightAligned();
        foreach (Row row in rows)
            table.AddRow(
                row.Name,
                row.What,
                Number(row.OursMilliseconds),
                Number(row.PeerMilliseconds),
                Number(row.Ratio)
            );
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(
            $"One thread on either side; medians of {rounds} rounds, ours and theirs in turn, the ratio's "
                + $"taken round by round. {Machine.Description}."
        );
        AnsiConsole.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The chain on {scale.Cores} cores is {scale.ChainSpeedup:0.00} times as fast as on one."
            )
        );
        AnsiConsole.WriteLine(
            $"For scale: FFmpeg's own command decodes the file in {Number(scale.FfmpegMilliseconds)} ms, "
                + $"its start included; FFTW's FFTs alone of that mel take {Number(scale.FftwMilliseconds)} ms."
        );
        if (peer is null)
            AnsiConsole.WriteLine("No figures of torchaudio: this machine has no python3-torchaudio.");
    }

    private static void Write(FileInfo json, Row[] rows, Scale scale, PythonPeer? peer, string clip, int rounds)
    {
        JsonSerializerOptions options = new()
        {
            WriteIndented = true,
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        };
        var figures = new
        {
            Benchmark = "features",
            Machine = Machine.Description,
            Threads = 1,
            Rounds = rounds,
            ClipSeconds = Seconds,
            Clip = clip,
            Peer = peer?.Version,
            Rows = rows,
            Scale = scale,
        };
        string beside = json.FullName + ".part";
        File.WriteAllText(beside, JsonSerializer.Serialize(figures, options));
        File.Move(beside, json.FullName, overwrite: true);
    }

    // A real recording where there is one; otherwise sliding tones with a little noise, which are not music: the
    // decoder's figures differ somewhat.
    private static string Clip(string folder, out string description)
    {
        for (DirectoryInfo? root = new(AppContext.BaseDirectory); root is not null; root = root.Parent)
        {
            string recording = Path.Combine(root.FullName, "..", "shared", "audio", "vibe-ace.cbr128.44k1.stereo.mp3");
            if (!File.Exists(Path.Combine(root.FullName, "Research.sln")) || !File.Exists(recording))
                continue;
            description = "a recording, mp3 at 128 kbit/s";
            return Path.GetFullPath(recording);
        }
        string path = Path.Combine(folder, "clip.mp3");
        string signal =
            "aevalsrc='0.3*sin(2*PI*(220+40*t)*t)+0.03*(random(0)-0.5)|0.3*sin(2*PI*(330-5*t)*t)+0.03*(random(1)-0.5)'"
            + $":s=44100:d={Seconds}";
        using Process ffmpeg = Process.Start(
            "ffmpeg",
            ["-v", "error", "-f", "lavfi", "-i", signal, "-c:a", "libmp3lame", "-b:a", "128k", path]
        );
        ffmpeg.WaitForExit();
        description = "synthesized, mp3 at 128 kbit/s";
        return path;
    }

    private static string Number(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–";

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
