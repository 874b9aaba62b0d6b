using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using HitSong.Audio;
using HitSong.Corpus;
using HitSong.Corpus.Demo;
using Tests;

namespace HitSong.Tests.Corpus;

public sealed class DemoCorpusTests : IDisposable
{
    private static readonly DemoCorpusSettings Small = new()
    {
        Songs = 6,
        Artists = 3,
        Seconds = 3,
    };

    private readonly string _root = Directory.CreateTempSubdirectory("demo corpus ").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Folder(string name) => Path.Combine(_root, name);

    [Fact]
    public void TheSameSeedGivesTheSameSamplesOnAnyNumberOfThreads()
    {
        IReadOnlyList<DemoSong> songs = DemoCorpus.Open(Folder("a"), Small).Songs;
        Assert.Equal(Hashes(1), Hashes(2));
        Assert.Equal(6, Hashes(2).Distinct().Count());

        string[] Hashes(int threads)
        {
            var hashes = new string[songs.Count];
            Parallel.For(
                0,
                songs.Count,
                new ParallelOptions { MaxDegreeOfParallelism = threads },
                i =>
                    hashes[i] = Convert.ToHexString(
                        SHA256.HashData(MemoryMarshal.AsBytes<float>(songs[i].Render(3, 44_100).Samples))
                    )
            );
            return hashes;
        }
    }

    [Fact]
    public void TheSameSeedGivesTheSameFilesAndAnotherSeedOthers()
    {
        DemoCorpus.Open(Folder("a"), Small);
        DemoCorpus.Open(Folder("b"), Small);
        DemoCorpus.Open(Folder("c"), Small with { Seed = 1 });
        Dictionary<string, string> a = Content("a"),
            b = Content("b"),
            c = Content("c");

        Assert.Equal(11, a.Count); // six songs, tracks, catalogue, artists, ceilings, manifest
        Assert.Equal(a, b);
        Assert.All(a.Keys, file => Assert.NotEqual(a[file], c[file]));
    }

    [Fact]
    public void ARenderThatWasInterruptedGoesOnToTheSameResult()
    {
        DemoCorpus.Open(Folder("whole"), Small);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            DemoCorpus.Open(
                Folder("cut"),
                Small,
                new Direct(done =>
                {
                    if (done >= 2)
                        stop.Cancel();
                }),
                stop.Token
            )
        );
        Assert.InRange(Directory.GetFiles(Path.Combine(Folder("cut"), "audio"), "*.mp3").Length, 2, 4);
        File.WriteAllText(Path.Combine(Folder("cut"), "audio", "demo-0006.mp3.part"), "what a killed process left");

        var reports = new List<int>();
        DemoCorpus.Open(
            Folder("cut"),
            Small,
            new Direct(done =>
            {
                lock (reports)
                    reports.Add(done);
            })
        );

        Assert.Equal(6, reports.Max());
        Assert.InRange(reports.Count, 2, 4);
        Assert.Equal(Content("whole"), Content("cut"));
    }

    [Fact]
    public void AFinishedCorpusIsOpenedAndNotRendered()
    {
        DemoCorpus first = DemoCorpus.Open(Folder("a"), Small);
        var watch = Stopwatch.StartNew();
        DemoCorpus second = DemoCorpus.Open(Folder("a"), Small, new Direct(_ => Assert.Fail("rendered again")));
        Assert.True(watch.ElapsedMilliseconds < 500, $"{watch.ElapsedMilliseconds} ms");
        Assert.Equal(first.Tracks, second.Tracks);
        Assert.Equal(first.Ceilings, second.Ceilings);
    }

    [Fact]
    public void AMissingFileIsRenderedAgain()
    {
        DemoCorpus corpus = DemoCorpus.Open(Folder("a"), Small);
        Dictionary<string, string> before = Content("a");
        File.Delete(corpus.Tracks[3].AudioPath);
        int rendered = 0;
        DemoCorpus.Open(Folder("a"), Small, new Direct(_ => rendered++));
        Assert.Equal(1, rendered);
        Assert.Equal(before, Content("a"));
    }

    [Fact]
    public void OtherSettingsReplaceTheCorpus()
    {
        DemoCorpus.Open(Folder("a"), Small);
        DemoCorpus.Open(Folder("a"), Small with { Songs = 3 });
        Assert.Equal(3, Directory.GetFiles(Path.Combine(Folder("a"), "audio")).Length);
    }

    [Fact]
    public void AFolderOfOtherFilesIsLeftAlone()
    {
        Directory.CreateDirectory(Folder("music"));
        File.WriteAllText(Path.Combine(Folder("music"), "mine.txt"), "mine");
        Assert.Contains(
            Folder("music"),
            Assert.Throws<CorpusException>(() => DemoCorpus.Open(Folder("music"), Small)).Message
        );
        Assert.True(File.Exists(Path.Combine(Folder("music"), "mine.txt")));
    }

    [Fact]
    public void WhatCannotBeWrittenOrReadIsNamed()
    {
        DemoCorpus corpus = DemoCorpus.Open(Folder("a"), Small);
        File.WriteAllText(Path.Combine(Folder("a"), "ceilings.json"), "{");
        Assert.Contains(
            "ceilings.json",
            Assert.Throws<CorpusException>(() => DemoCorpus.Open(Folder("a"), Small)).Message
        );

        string path = corpus.Tracks[1].AudioPath;
        File.Delete(path);
        Directory.CreateDirectory(path);
        Assert.Contains(path, Assert.Throws<AudioException>(() => DemoCorpus.Open(Folder("a"), Small)).Message);

        File.WriteAllText(Folder("file"), "");
        Assert.Contains(
            Folder("file"),
            Assert.Throws<CorpusException>(() => DemoCorpus.Open(Folder("file"), Small)).Message
        );
    }

    [Fact]
    public void ImpossibleSettingsAreRefused()
    {
        Refused(Small with { Songs = 2 }, "2 songs by 3 artists");
        Refused(Small with { Artists = 0 }, "0 artists");
        Refused(Small with { Seconds = 0.1 }, "0.1 s");
        Refused(Small with { Seconds = double.NaN }, "NaN s");
        Refused(Small with { SampleRate = 44_000 }, "44000 Hz");

        void Refused(DemoCorpusSettings settings, string what) =>
            Assert.Contains(what, Assert.Throws<CorpusException>(() => DemoCorpus.Open(Folder("x"), settings)).Message);
    }

    [Fact]
    public void EveryFileDecodesToItsLength()
    {
        foreach (Track track in DemoCorpus.Open(Folder("a"), Small).Tracks)
        {
            float[] samples = Decode(track.AudioPath);
            Assert.Equal(3 * 44_100, samples.Length);
            Assert.InRange(samples.Max(Math.Abs), 0.05, 1);
        }
    }

    [Theory]
    [InlineData(16_000)]
    [InlineData(48_000)]
    public void OtherRatesWorkToo(int rate)
    {
        DemoCorpus corpus = DemoCorpus.Open(Folder("a"), Small with { Songs = 1, Artists = 1, SampleRate = rate });
        Assert.Equal(3 * rate, Decode(corpus.Tracks[0].AudioPath).Length);
    }

    // By FFmpeg's own meter.
    [Fact]
    public void SongsAreAsLoudAsTheyShouldBeWithoutClippingOrOffset()
    {
        var songs = DemoCorpus.Open(Folder("a"), Small).Songs;
        foreach (DemoSong song in songs)
        {
            Waveform waveform = song.Render(6, 44_100);
            string path = Folder("song.wav");
            WriteWav(path, waveform);
            string report = Run("ffmpeg", "-hide_banner", "-nostats", "-i", path, "-af", "ebur128", "-f", "null", "-");
            double lufs = double.Parse(
                Regex.Matches(report, @"I:\s+(-?[\d.]+) LUFS").Last().Groups[1].Value,
                CultureInfo.InvariantCulture
            );
            Assert.InRange(lufs - song.Sound.TargetLufs, -0.6, 0.6);
            Assert.InRange(waveform.Samples.Max(Math.Abs), 0, Mixer.Peak * 1.000001f);
            Assert.InRange(waveform.Samples.Average(), -0.005, 0.005);
            // Nowhere silent but in the fade: every half second is above −45 dB.
            for (int start = 0; start + 22_050 < 5 * 44_100; start += 22_050)
                Assert.True(Math.Sqrt(waveform.Samples.Skip(start).Take(22_050).Average(x => x * x)) > 0.0056);
        }
    }

    [Fact]
    public void SongsOfOneArtistSoundAlikeAndArtistsDiffer()
    {
        DemoCorpus corpus = DemoCorpus.Open(Folder("a"), Small with { Songs = 32, Artists = 8, Seconds = 2 });
        string paths = string.Join(",", corpus.Tracks.Select(track => $"'{track.AudioPath}'"));
        // The variance between artists' means over that within artists (an F statistic) of spectral measures, by NumPy.
        string[] ratios = Python
            .Run(
                $$"""
                import subprocess, numpy as np
                rows = []
                for path in [{{paths}}]:
                    decode = ['ffmpeg', '-v', 'error', '-i', path, '-f', 'f32le', '-']
                    x = np.frombuffer(subprocess.run(decode, capture_output=True).stdout, np.float32)
                    frames = np.lib.stride_tricks.sliding_window_view(x, 2048)[::512]
                    spectrum = np.abs(np.fft.rfft(frames * np.hanning(2048), axis=1)).mean(0)
                    f = np.fft.rfftfreq(2048, 1 / 44100)
                    lows = (30, 60, 125, 250, 500, 1000, 2000, 4000, 8000)
                    bands = [np.log(spectrum[(f >= low) & (f < 2 * low)].mean()) for low in lows]
                    centroid = np.log((f * spectrum).sum() / spectrum.sum())
                    rows.append([centroid] + list(np.array(bands) - np.mean(bands)))
                x = np.array(rows).reshape(4, 8, -1)
                within = x.var(0, ddof=1).mean(0)
                between = 4 * x.mean(0).var(0, ddof=1)
                print((between / within)[0], np.median(between / within))
                """
            )
            .Split();
        Assert.True(double.Parse(ratios[0], CultureInfo.InvariantCulture) > 2, $"centroid: {ratios[0]}");
        Assert.True(double.Parse(ratios[1], CultureInfo.InvariantCulture) > 2, $"octave bands: {ratios[1]}");
        Assert.True(
            corpus
                .Songs.GroupBy(song => song.Artist)
                .All(group => group.Max(song => song.Sound.Tempo) - group.Min(song => song.Sound.Tempo) < 25)
        );
    }

    // Rendered audio against an onset autocorrelation that knows nothing of the composer.
    [Fact]
    public void TheTempoIsTheOneWrittenDown()
    {
        foreach (DemoSong song in DemoCorpus.Open(Folder("a"), Small).Songs)
        {
            string path = Folder("tempo.wav");
            WriteWav(path, song.Render(15, 22_050));
            double strength = double.Parse(
                Python.Run(
                    $$"""
                    import numpy as np
                    from scipy.io import wavfile
                    rate, x = wavfile.read('{{path}}')
                    frames = np.lib.stride_tricks.sliding_window_view(x, 1024)[::128] * np.hanning(1024)
                    flux = np.maximum(0, np.diff(np.log1p(100 * np.abs(np.fft.rfft(frames, axis=1))), axis=0)).sum(1)
                    flux = np.convolve(flux - flux.mean(), np.hanning(9), 'same')
                    def at(bpm):
                        lags = [k * 60 / bpm * rate / 128 for k in (2, 4)]
                        n = np.arange(len(flux))
                        def correlation(lag):
                            overlap = len(flux) - int(lag) - 1
                            return np.corrcoef(flux[:overlap], np.interp(n + lag, n, flux)[:overlap])[0, 1]
                        return sum(correlation(lag) for lag in lags)
                    true = {{song.Sound.Tempo.ToString(CultureInfo.InvariantCulture)}}
                    near = true * np.linspace(0.97, 1.03, 121)
                    print(near[np.argmax([at(bpm) for bpm in near])] / true)
                    """
                ),
                CultureInfo.InvariantCulture
            );
            Assert.InRange(strength, 0.993, 1.007);
        }
    }

    // Where this fails, the recipe has changed: raise DemoFolder.Format, so that folders rendered before
    // are rendered anew.
    [Fact]
    public void TheLabelsAreThoseOfTheFormat()
    {
        DemoSong[] songs = Enumerable
            .Range(0, 4)
            .Select(i => DemoSong.Create(2024, i, "", new Artist(2024, i, "")))
            .ToArray();
        Assert.Equal([3000912L, 1963157L, 248256L, 187199L], songs.Select(song => song.Plays));
        Assert.Equal([62.0, 60.0, 17.0, 9.0], songs.Select(song => song.Popularity));
    }

    [Fact]
    public void LabelsFollowTheRule()
    {
        DemoCorpus corpus = DemoCorpus.Open(Folder("a"), Small);
        // Without files: ten thousand songs are soon labelled.
        DemoSong[] songs = Enumerable
            .Range(0, 10_000)
            .Select(i => DemoSong.Create(3, i, "", new Artist(3, i, "")))
            .ToArray();
        double[] audible = songs.Select(song => PopularityRule.Audible(song.Sound)).ToArray();
        double[] fame = songs.Select(song => song.Artist.Fame).ToArray();
        double[] plays = songs
            .Select(song => Math.Log(song.Plays / PopularityRule.PlaysMedian) / PopularityRule.PlaysSpread)
            .ToArray();
        double[] rest = plays.Select((played, i) => played - audible[i] - PopularityRule.Fame * fame[i]).ToArray();

        // Half, a quarter and a quarter, about, as the README says.
        Assert.InRange(Variance(audible), 0.45, 0.55);
        Assert.InRange(PopularityRule.Fame * PopularityRule.Fame * Variance(fame), 0.23, 0.27);
        Assert.InRange(rest.Average(), -0.02, 0.02);
        double chance = PopularityRule.Luck * PopularityRule.Luck + PopularityRule.LabelLuck * PopularityRule.LabelLuck;
        Assert.InRange(Variance(rest), 0.96 * chance, 1.04 * chance);
        Assert.InRange(Correlation(audible, fame), -0.03, 0.03);
        Assert.InRange(Correlation(rest, audible), -0.03, 0.03);
        Assert.InRange(Correlation(rest, fame), -0.03, 0.03);
        Assert.All(songs, song => Assert.InRange(song.Popularity, 0, 100));
        Assert.Equal(
            corpus.Songs.Select(song => (double?)song.Popularity),
            corpus.Tracks.Select(track => track.Popularity)
        );
    }

    // The rule once more, from its text, and the ceiling by NumPy's own draws.
    [Fact]
    public void TheCeilingsAreThoseOfAnIndependentEstimate()
    {
        DemoCorpus corpus = DemoCorpus.Open(
            Folder("a"),
            new DemoCorpusSettings
            {
                Songs = 90,
                Artists = 15,
                Seconds = 1,
                SampleRate = 16_000,
            }
        );
        string[] expected = Python
            .Run(
                """
                import csv, re, sys
                import numpy as np
                corpus, readme = sys.argv[1:]
                table = re.findall(r'^\| `(\w+)` \| (\S+) \|', open(readme, encoding='utf-8').read(), re.M)
                rule = {k: float(v.replace(',', '').replace('−', '-')) for k, v in table}
                rows = list(csv.DictReader(open(corpus + '/tracks.csv', encoding='utf-8', newline='')))
                def column(name): return np.array([float(row[name]) for row in rows])
                measures = ('Brightness', 'Loudness', 'Drums', 'Hook')
                audible = sum(rule[name] * (column(name.lower()) - 0.5) for name in measures)
                off = (column('tempo') - rule['DanceTempo']) / rule['DanceWidth']
                audible += rule['Danceability'] * (np.exp(-(off ** 2)) - 0.5)
                audible += rule['Mode'] * np.array([0.5 if row['mode'] == 'major' else -0.5 for row in rows])
                names = sorted({row['artist'] for row in rows})
                artist = np.array([names.index(row['artist']) for row in rows])
                random = np.random.default_rng(0)
                def best(fame):
                    luck = rule['Luck'] * random.normal(size=fame.shape)
                    label_luck = rule['LabelLuck'] * random.normal(size=fame.shape)
                    x = audible + rule['Fame'] * fame + luck + label_luck
                    plays = rule['PlaysMedian'] * np.exp(rule['PlaysSpread'] * x)
                    p = (plays >= np.percentile(plays, 75, axis=1, keepdims=True)).mean(0)
                    return np.maximum(p, 1 - p).mean()
                draws = 20000
                fresh = random.normal(size=(draws, len(names)))[:, artist]
                known = np.broadcast_to(column('fame'), (draws, len(rows)))
                print(best(fresh), best(known))
                """,
                Folder("a"),
                Path.Combine(Repository.Root, "data", "demo", "README.md")
            )
            .Split();
        Ceiling ceiling = corpus.Ceilings[0];
        Assert.Equal(double.Parse(expected[0], CultureInfo.InvariantCulture), ceiling.ArtistUnknown, 0.002);
        Assert.Equal(double.Parse(expected[1], CultureInfo.InvariantCulture), ceiling.ArtistKnown, 0.002);
        // 90 values have 23 at or above their quantile of 0.75.
        Assert.Equal(67 / 90.0, ceiling.Majority, 0.001);
        Assert.True(ceiling.Majority < ceiling.ArtistUnknown && ceiling.ArtistUnknown < ceiling.ArtistKnown);

        // Of all songs as a test it is the corpus's own; those of two halves have it for their mean.
        SongChances chances = corpus.EstimateChances(Target.Plays, values => Labels.AtOrAbove(values, 0.75));
        Assert.Equal(ceiling with { Label = "" }, chances.CeilingOf(""));
        Ceiling[] halves = [.. new[] { 0, 45 }.Select(from => chances.CeilingOf("", [.. Enumerable.Range(from, 45)]))];
        Assert.Equal(ceiling.ArtistUnknown, halves.Average(half => half.ArtistUnknown), 0.0001);
        Assert.NotEqual(halves[0].ArtistUnknown, halves[1].ArtistUnknown);
    }

    [Fact]
    public void EveryLabelHasItsCeilings()
    {
        DemoCorpus corpus = DemoCorpus.Open(
            Folder("a"),
            new DemoCorpusSettings
            {
                Songs = 90,
                Artists = 15,
                Seconds = 1,
                SampleRate = 16_000,
            }
        );
        Assert.Equal(6, corpus.Ceilings.Select(ceiling => ceiling.Label).Distinct().Count());
        foreach (var ceiling in corpus.Ceilings)
        {
            bool knowingHelps = ceiling.Majority < ceiling.ArtistUnknown && ceiling.ArtistUnknown < ceiling.ArtistKnown;
            Assert.True(knowingHelps && ceiling.ArtistKnown < 1, $"{ceiling}");
        }
    }

    [Fact]
    public void TheReadmeNamesWhatTheDefaultsGive()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "data", "demo", "README.md"));
        var settings = new DemoCorpusSettings();
        IReadOnlyList<DemoSong> songs = DemoCorpus.Describe(settings);
        Assert.Contains($"{settings.Songs} songs of {settings.Seconds} s by {settings.Artists} artists", readme);
        Assert.Contains($"{songs.Count(song => song.Original is not null)} of the {settings.Songs} songs", readme);
        double correlation = Correlation(
            [.. songs.Select(song => song.Artist.Fame)],
            [.. songs.Select(song => PopularityRule.Audible(song.Sound))]
        );
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"correlation {correlation:F2}").Replace('-', '−'),
            readme
        );
    }

    [Fact]
    public void ReReleasesAreTheSameMusicByTheSameArtistAndTheAuditFindsThem()
    {
        var settings = new DemoCorpusSettings
        {
            Seed = 9,
            Songs = 40,
            Artists = 4,
            Seconds = 8,
            SampleRate = 22_050,
        };
        DemoCorpus corpus = DemoCorpus.Open(Folder("a"), settings);
        DemoSong[] again = [.. corpus.Songs.Where(song => song.Original is not null)];
        Assert.NotEmpty(again);
        Assert.All(
            again,
            song =>
                Assert.Equal(
                    (song.Original!.Artist, song.Original.Tonic, song.Original.Sound.Tempo),
                    (song.Artist, song.Tonic, song.Sound.Tempo)
                )
        );
        Assert.Equal(again.Length, again.Select(song => song.Original!.Number).Distinct().Count());
        int[] test = [.. again.Select(song => song.Number)];
        var audit = LeakAudit.Of(
            new Split([.. Enumerable.Range(0, 40).Except(test)], [], test),
            corpus.Tracks,
            Fingerprint.ReadAll([.. corpus.Tracks.Select(track => track.AudioPath)])
        );
        Assert.Equal([0, again.Length, again.Length, 0, again.Length], audit.Counts.Select(count => count.Items));
    }

    [Fact]
    public void TheCatalogueHasTheKaggleColumnsAndTellsOfTheSoundAlone()
    {
        DemoCorpus.Open(
            Folder("a"),
            new DemoCorpusSettings
            {
                Songs = 90,
                Artists = 15,
                Seconds = 1,
                SampleRate = 16_000,
            }
        );
        string[] read = Python
            .Run(
                """
                import sys, pandas
                folder = sys.argv[1]
                files = ('catalogue', 'artists', 'tracks')
                catalogue, artists, tracks = (pandas.read_csv(f'{folder}/{name}.csv') for name in files)
                print(','.join(catalogue.columns[1:]))
                assert len(catalogue) == 90 and len(artists) == 15
                assert catalogue.artist_name.isin(artists.artist_name).all()
                assert (catalogue.popularity == tracks.popularity).all()
                assert (catalogue.tempo == tracks.tempo).all()
                assert catalogue.year.between(2000, 2024).all()
                means = catalogue.groupby('artist_name').popularity.mean()
                assert ((artists.set_index('artist_name').popularity - means).abs() <= 0.5).all()
                shares = ('danceability', 'energy', 'speechiness', 'acousticness',
                          'instrumentalness', 'liveness', 'valence')
                for name in shares: assert catalogue[name].between(0, 1).all(), name
                print(round(catalogue.energy.corr(tracks.loudness), 2))
                """,
                Folder("a")
            )
            .Split('\n');
        Assert.Equal(
            "artist_name,track_name,track_id,popularity,year,genre,danceability,energy,key,loudness,mode,speechiness,"
                + "acousticness,instrumentalness,liveness,valence,tempo,duration_ms,time_signature",
            read[0]
        );
        Assert.InRange(double.Parse(read[1], CultureInfo.InvariantCulture), 0.5, 1);
    }

    [Fact]
    public void TheReadmeStatesTheRuleOfTheCode()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "data", "demo", "README.md"));
        Dictionary<string, double> stated = Regex
            .Matches(readme, @"^\| `(\w+)` \| ([\d.,−-]+) \|", RegexOptions.Multiline)
            .ToDictionary(
                row => row.Groups[1].Value,
                row =>
                    double.Parse(row.Groups[2].Value.Replace(",", "").Replace('−', '-'), CultureInfo.InvariantCulture)
            );
        Dictionary<string, double> coded = typeof(PopularityRule)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .ToDictionary(
                field => field.Name,
                field => Convert.ToDouble(field.GetRawConstantValue(), CultureInfo.InvariantCulture)
            );
        Assert.Equal(coded.OrderBy(pair => pair.Key), stated.OrderBy(pair => pair.Key));
    }

    [Fact]
    public void TracksAreWrittenAsCsvThatPandasReads()
    {
        DemoCorpus corpus = DemoCorpus.Open(Folder("a"), Small);
        string read = Python.Run(
            $"""
            import csv
            for row in csv.DictReader(open('{Folder("a")}/tracks.csv', encoding='utf-8', newline='')):
                names = ('id', 'title', 'artist', 'popularity', 'views', 'plays', 'audio')
                print(*(row[name] for name in names), sep='|')
            """
        );
        IEnumerable<string> expected = corpus.Tracks.Select(track =>
            $"{track.Id}|{track.Title}|{track.Artist}|{track.Popularity}|{track.Views}|{track.Plays}|"
            + $"audio/{track.Id}.mp3"
        );
        Assert.Equal(expected, read.TrimEnd().Split('\n'));
    }

    private static double Variance(double[] x) => x.Average(a => a * a) - x.Average() * x.Average();

    private static double Correlation(double[] x, double[] y)
    {
        double mx = x.Average(),
            my = y.Average();
        return x.Zip(y, (a, b) => (a - mx) * (b - my)).Sum()
            / Math.Sqrt(x.Sum(a => (a - mx) * (a - mx)) * y.Sum(b => (b - my) * (b - my)));
    }

    private Dictionary<string, string> Content(string name) =>
        Directory
            .EnumerateFiles(Folder(name), "*", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path) != ".lock")
            .ToDictionary(
                path => Path.GetRelativePath(Folder(name), path),
                path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))
            );

    private static float[] Decode(string path)
    {
        var start = new ProcessStartInfo("ffmpeg") { RedirectStandardOutput = true };
        foreach (string argument in new[] { "-v", "error", "-i", path, "-f", "f32le", "-" })
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        var bytes = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(bytes);
        process.WaitForExit();
        return MemoryMarshal.Cast<byte, float>(bytes.ToArray()).ToArray();
    }

    private static string Run(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command) { RedirectStandardError = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string report = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, report);
        return report;
    }

    private static void WriteWav(string path, Waveform waveform)
    {
        using var writer = new BinaryWriter(File.Create(path));
        int bytes = waveform.Samples.Length * 4;
        writer.Write("RIFF"u8);
        writer.Write(36 + bytes);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)3); // float
        writer.Write((short)1);
        writer.Write(waveform.SampleRate);
        writer.Write(waveform.SampleRate * 4);
        writer.Write((short)4);
        writer.Write((short)32);
        writer.Write("data"u8);
        writer.Write(bytes);
        writer.Write(MemoryMarshal.AsBytes<float>(waveform.Samples));
    }

    // Progress<T> reports later, on another thread; this one at once.
    private sealed class Direct(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
