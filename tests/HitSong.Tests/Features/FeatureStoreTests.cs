using System.Security.Cryptography;
using HitSong.Audio;
using HitSong.Features;
using Tests;

namespace HitSong.Tests.Features;

public sealed class FeatureStoreTests : IDisposable
{
    private static readonly FeatureSettings Settings = new()
    {
        Audio = new(8000),
        Clips = new() { Samples = 4000, Count = 3 },
        Mel = MelSettings.Librosa with { FftLength = 512, HopLength = 256, Bands = 20 },
    };

    private readonly TemporaryFolder folder = new("аудіо, з комою");

    private string Audio => folder.At("audio");

    private string Store => folder.At("store");

    public void Dispose() => folder.Dispose();

    // Recordings of 1 to 2 s: noise of their own each, so that no two are alike.
    private void Record(int count, int first = 0)
    {
        Directory.CreateDirectory(Path.Combine(Audio, "b"));
        for (int i = first; i < first + count; i++)
        {
            Random random = new(i);
            float[] samples = [.. Enumerable.Range(0, 8000 + i * 37 % 8000).Select(_ => random.NextSingle() - 0.5f)];
            Wav.Write(Path.Combine(Audio, i % 3 == 0 ? "b" : "", $"{i:000}.wav"), samples, 8000);
        }
    }

    private ExtractionResult Extract(
        FeatureSettings? settings = null,
        string? store = null,
        ExtractionShare? share = null,
        bool verify = false,
        IProgress<ExtractionProgress>? progress = null
    ) =>
        FeatureExtraction.Run(
            Audio,
            AudioFolder.Read(Audio).Files,
            new FeatureExtractor(settings ?? Settings),
            store ?? Store,
            share,
            verify,
            progress
        );

    private static SortedDictionary<string, string> Content(string folder)
    {
        // What is remembered of the audio's hashes is of one machine's files.
        IEnumerable<string> files = Directory
            .GetFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path) != "hashes.csv");
        return new(
            files.ToDictionary(
                path => Path.GetRelativePath(folder, path),
                path => Convert.ToBase64String(File.ReadAllBytes(path))
            )
        );
    }

    [Fact]
    public void Audio_is_read_once_and_again_where_all_is_verified()
    {
        Record(2);
        string file = Path.Combine(Audio, "001.wav");
        File.SetLastWriteTimeUtc(file, new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc));
        string hash = Extract().Audio["001.wav"];
        // Other audio of the same length, under the same time.
        byte[] changed = File.ReadAllBytes(file);
        changed[^1] ^= 1;
        File.WriteAllBytes(file, changed);
        File.SetLastWriteTimeUtc(file, new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(hash, Extract().Audio["001.wav"]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(changed)), Extract(verify: true).Audio["001.wav"]);
    }

    [Fact]
    public void What_is_read_is_what_was_extracted()
    {
        Record(70);
        File.Copy(Path.Combine(Audio, "001.wav"), Path.Combine(Audio, "same.wav"));
        ExtractionResult result = Extract();
        Assert.Equal((71, 70), (result.Files, result.Extracted));
        Assert.Empty(result.Failures);

        using FeatureStore store = FeatureStore.Open(result.Folder);
        FeatureExtractor extractor = new(Settings);
        Assert.Equal(70, store.Clips.Select(clip => clip.Audio).Distinct().Count());
        Assert.Equal(["all/00000.npy", "all/00001.npy"], store.Clips.Select(clip => clip.Shard).Distinct());
        for (int i = 0; i < store.Clips.Count; i++)
        {
            StoredClip clip = store.Clips[i];
            (double start, FeatureMatrix expected) = extractor.Extract(Path.Combine(Audio, clip.Path), clip.Audio)[
                clip.Clip
            ];
            FeatureMatrix actual = store.Read(i);
            Assert.Equal((start, expected.Bands, expected.Frames), (clip.Start, actual.Bands, actual.Frames));
            Assert.Equal(expected.Values, actual.Values);
        }
        Assert.Equal(0, Extract().Extracted);
    }

    [Fact]
    public void Planned_and_made_in_parts_it_has_the_same_bytes()
    {
        Record(150);
        var extractor = new FeatureExtractor(Settings);
        string whole = Extract(store: folder.At("whole")).Folder;

        IReadOnlyList<PlannedShard> Plan() =>
            FeatureExtraction.Plan(Audio, AudioFolder.Read(Audio).Files, extractor, Store);
        IReadOnlyList<PlannedShard> planned = Plan();
        Assert.Equal([0, 1, 2], planned.Select(shard => shard.Number));
        Assert.DoesNotContain(planned, shard => File.Exists(shard.Path));
        // Under another name than it was planned by, with the same content.
        File.Move(Path.Combine(Audio, "b", "000.wav"), Path.Combine(Audio, "zero.wav"));
        Assert.Equal(3, Plan().Count);

        FeatureExtraction.Make(Audio, [2, 0], extractor, Store);
        Assert.Equal([1], Plan().Select(shard => shard.Number));
        FeatureExtraction.Make(Audio, [1], extractor, Store);
        Assert.Equal(0, Extract().Extracted);
        SortedDictionary<string, string> Shards(string store) =>
            new(Content(store).Where(file => !file.Key.Contains("files-")).ToDictionary());
        Assert.Equal(Shards(whole), Shards(Path.Combine(Store, Settings.Key)));

        string error = Assert
            .Throws<HitSongException>(() => FeatureExtraction.Make(Audio, [7], extractor, Store))
            .Message;
        Assert.Contains("Shard 7 is not planned", error);
    }

    [Theory]
    [InlineData(1_000, 16)]
    [InlineData(64_000, 1_000)]
    [InlineData(150_000, 1_000)]
    public void Of_many_files_each_shard_has_more(int files, int shards)
    {
        ShareFolder share = new(folder.At("all"), CancellationToken.None);
        share.Create();
        List<StoredFile> planned = ExtractionPlan.Extend(
            share,
            [.. Enumerable.Range(0, files).Select(i => ($"{i}.wav", $"{i:x64}"))]
        );
        Assert.Equal(shards, planned.Select(file => file.Shard).Distinct().Count());
        Assert.Equal(planned.Where(file => file.Shard == 3), ExtractionPlan.Read(share, new HashSet<int> { 3 }));
    }

    [Fact]
    public void Odd_frames_are_as_many_as_are_extracted()
    {
        Record(1);
        // librosa: 1 + (4000 + 2 * (501 // 2) - 501) // 250 = 16.
        FeatureSettings odd = Settings with
        {
            Mel = Settings.Mel with { FftLength = 501, HopLength = 250 },
        };
        Assert.Equal((20, 16), odd.Shape);
        using FeatureStore store = FeatureStore.Open(Extract(odd).Folder);
        Assert.Equal(16, store.Read(0).Frames);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_disposed_store_says_so_and_does_not_read_what_is_unmapped(bool halfPrecision)
    {
        Record(2);
        FeatureStore store = FeatureStore.Open(Extract(Settings with { HalfPrecision = halfPrecision }).Folder);
        store.Read(0);
        store.Dispose();
        Assert.Contains(nameof(FeatureStore), Assert.Throws<ObjectDisposedException>(() => store.Read(0)).Message);
    }

    [Fact]
    public async Task Reading_goes_on_safely_while_another_thread_disposes_of_the_store()
    {
        Record(2);
        string extracted = Extract().Folder;
        float[] expected;
        using (FeatureStore store = FeatureStore.Open(extracted))
            expected = store.Read(0).Values;
        for (int time = 0; time < 20; time++)
        {
            FeatureStore store = FeatureStore.Open(extracted);
            store.Read(0);
            using ManualResetEventSlim hasRead = new();
            Task reader = Task.Run(() =>
            {
                while (true)
                {
                    Assert.Equal(expected, store.Read(0).Values);
                    hasRead.Set();
                }
            });
            hasRead.Wait();
            store.Dispose();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => reader);
        }
    }

    [Fact]
    public void A_clip_is_that_part_of_the_recording()
    {
        Record(1, first: 38);
        float[] samples = AudioFile.Read(Path.Combine(Audio, "038.wav")).Samples;
        (double start, FeatureMatrix actual) = new FeatureExtractor(Settings).Extract(Path.Combine(Audio, "038.wav"))[
            1
        ];
        Assert.Equal(0.5, start);
        FeatureMatrix expected = Decibel.FromPower(
            new MelSpectrogram(Settings.Mel with { SampleRate = 8000 }).Compute(samples.AsSpan(4000, 4000)),
            Settings.Decibels
        );
        Assert.Equal(expected.Values, actual.Values);
    }

    [Theory]
    [InlineData(ClipPlacement.Random, 1.5, 9, ClipPadding.None)] // out of order, over one another
    [InlineData(ClipPlacement.Random, 0.1, 5, ClipPadding.None)] // with gaps that are longer than a clip
    [InlineData(ClipPlacement.ThreeFiveSevenEleven, 1, 4, ClipPadding.Zero)] // the same twice
    [InlineData(ClipPlacement.Consecutive, 3, 4, ClipPadding.Repeat)] // beyond the end
    [InlineData(ClipPlacement.Centre, 2, 2, ClipPadding.None)]
    public void Clips_are_those_cut_from_the_whole(
        ClipPlacement placement,
        double seconds,
        int count,
        ClipPadding padding
    )
    {
        string path = folder.At("noise.mp3");
        Random random = new(7);
        Mp3.Write(
            path,
            new Waveform([.. Enumerable.Range(0, 8 * 44_100).Select(_ => random.NextSingle() - 0.5f)], 44_100),
            64_000,
            "noise",
            "test"
        );
        FeatureSettings settings = FeatureSettings.HipHop with
        {
            Clips = new()
            {
                Seconds = seconds,
                Count = count,
                Placement = placement,
                Padding = padding,
            },
        };
        float[] samples = AudioFile.Read(path, settings.Audio).Samples;
        MelSpectrogram mel = new(settings.Mel with { SampleRate = 22_050 });
        IReadOnlyList<long> starts = settings.Clips.Starts(samples.Length, 22_050, "noise");
        var clips = new FeatureExtractor(settings).Extract(path, "noise");
        Assert.Equal(starts.Select(start => start / 22_050.0), clips.Select(clip => clip.Start));
        foreach (var (start, clip) in starts.Zip(clips))
        {
            FeatureMatrix power = mel.Compute(settings.Clips.Cut(samples, 0, start, 22_050));
            Assert.Equal(Decibel.FromPower(power, settings.Decibels!).Values, clip.Values.Values);
        }
    }

    [Fact]
    public void Parts_of_the_clips_are_the_whole_bit_by_bit()
    {
        string path = folder.At("noise.mp3");
        Random random = new(7);
        Mp3.Write(
            path,
            new Waveform([.. Enumerable.Range(0, 8 * 22_050).Select(_ => random.NextSingle() - 0.5f)], 22_050),
            64_000,
            "noise",
            "test"
        );
        FeatureExtractor extractor = new(
            FeatureSettings.HipHop with
            {
                Clips = new() { Seconds = 1, Count = 7 },
            }
        );
        var whole = extractor.Extract(path);
        var parts = Enumerable.Range(0, 3).SelectMany(part => extractor.Extract(path, part: part, parts: 3)).ToArray();
        Assert.Equal(7, whole.Count);
        Assert.Equal(whole.Select(clip => clip.Start), parts.Select(clip => clip.Start));
        Assert.Equal(whole.SelectMany(clip => clip.Values.Values), parts.SelectMany(clip => clip.Values.Values));
        Assert.Empty(extractor.Extract(path, part: 7, parts: 8));
    }

    [Fact]
    public void Half_precision_keeps_eleven_bits_in_half_the_space()
    {
        Record(3);
        using FeatureStore full = FeatureStore.Open(Extract().Folder),
            half = FeatureStore.Open(Extract(Settings with { HalfPrecision = true }).Folder);
        for (int i = 0; i < full.Clips.Count; i++)
            foreach ((float expected, float actual) in full.Read(i).Values.Zip(half.Read(i).Values))
                Assert.Equal(expected, actual, Math.Abs(expected) / 2047 + 1e-6);
        Assert.Equal(2, (Size(full) - 128) / (Size(half) - 128));

        long Size(FeatureStore store) =>
            new FileInfo(Path.Combine(Store, store.Settings.Key, store.Clips[0].Shard)).Length;
    }

    [Fact]
    public void Numpy_maps_a_shard_and_python_and_duckdb_read_the_index()
    {
        Record(5);
        foreach (bool half in (bool[])[false, true])
        {
            string store = Extract(Settings with { HalfPrecision = half }).Folder;
            using FeatureStore features = FeatureStore.Open(store);
            string[] lines = Python
                .Run(
                    """
                    import csv, sys, numpy as np
                    values = np.load(sys.argv[1] + '/all/00000.npy', mmap_mode='r')
                    print(values.dtype, values.shape)
                    for row in csv.DictReader(open(sys.argv[1] + '/all/00000.index.csv')):
                        total = float(values[int(row['row'])].astype(np.float64).sum())
                        print(row['path'], row['clip'], row['start'], repr(total))
                    """,
                    store
                )
                .TrimEnd()
                .Split('\n');
            Assert.Equal($"float{(half ? 16 : 32)} ({features.Clips.Count}, 20, 16)", lines[0]);
            Assert.Equal(features.Clips.Count, lines.Length - 1);
            for (int i = 0; i < features.Clips.Count; i++)
            {
                string[] fields = lines[i + 1].Split(' ');
                Assert.Equal((features.Clips[i].Path, features.Clips[i].Clip), (fields[0], int.Parse(fields[1])));
                Assert.Equal(
                    features.Read(i).Values.Sum(value => (double)value),
                    double.Parse(fields[3], System.Globalization.CultureInfo.InvariantCulture),
                    1e-6
                );
            }
        }
    }

    [Fact]
    public void Stopped_anywhere_it_goes_on_to_the_same_bytes()
    {
        Record(150);
        string whole = folder.At("whole");
        Extract(store: whole);
        int stops = 0;
        for (int after = 20; ; after += 45)
        {
            using CancellationTokenSource stop = new();
            try
            {
                FeatureExtraction.Run(
                    Audio,
                    AudioFolder.Read(Audio).Files,
                    new FeatureExtractor(Settings),
                    Store,
                    progress: new Each(p =>
                    {
                        if (p.Stage == "extracting" && p.Done == after)
                            stop.Cancel();
                    }),
                    cancellation: stop.Token
                );
                break;
            }
            catch (OperationCanceledException)
            {
                stops++;
            }
        }
        Assert.True(stops > 1);
        Assert.Equal(Content(whole), Content(Store));
    }

    [Fact]
    public void New_files_are_added_and_nothing_old_is_touched()
    {
        Record(10);
        string store = Extract().Folder;
        SortedDictionary<string, string> before = Content(store);
        Record(5, first: 10);
        File.Move(Path.Combine(Audio, "001.wav"), Path.Combine(Audio, "renamed.wav"));
        Assert.Equal(5, Extract().Extracted);
        SortedDictionary<string, string> after = Content(store);
        foreach ((string path, string content) in before)
            Assert.Equal(content, after[path]);
        using FeatureStore features = FeatureStore.Open(store);
        Assert.Equal(15, features.Clips.DistinctBy(clip => clip.Audio).Count());
    }

    [Fact]
    public void Shares_of_the_work_join_to_the_whole()
    {
        Record(40);
        string whole = Extract(store: folder.At("whole")).Folder,
            shares = "";
        int extracted = 0;
        for (int i = 1; i <= 3; i++)
        {
            ExtractionResult result = Extract(share: new(i, 3));
            Assert.InRange(result.Extracted, 1, 39);
            extracted += result.Extracted;
            shares = result.Folder;
        }
        Assert.Equal(40, extracted);
        using FeatureStore one = FeatureStore.Open(whole),
            joined = FeatureStore.Open(shares);
        Assert.Equal(Sorted(one), Sorted(joined));
        Assert.Equal(0, Extract().Extracted);

        static IEnumerable<(string, int, float)> Sorted(FeatureStore store) =>
            store.Clips.Select((clip, i) => (clip.Audio, clip.Clip, store.Read(i).Values.Sum())).Order();
    }

    [Fact]
    public void A_share_that_was_given_up_hides_nothing_from_the_whole()
    {
        Record(9);
        string folder = Extract(share: new(1, 2)).Folder;
        File.Delete(Path.Combine(folder, "001-of-002", "00000.npy")); // planned, not made
        Extract();
        using FeatureStore store = FeatureStore.Open(folder);
        Assert.Equal(9, store.Clips.DistinctBy(clip => clip.Audio).Count());
    }

    [Fact]
    public void A_bad_file_is_named_and_the_others_are_done()
    {
        Record(6);
        File.WriteAllText(Path.Combine(Audio, "text.mp3"), "no audio at all");
        File.WriteAllBytes(Path.Combine(Audio, "empty.mp3"), []);
        Wav.Write(Path.Combine(Audio, "short.wav"), new float[100], 8000);
        Wav.Write(Path.Combine(Audio, "nan.wav"), [.. Enumerable.Repeat(float.NaN, 9000)], 8000);
        Enumerable
            .Range(0, 2)
            .ToList()
            .ForEach(_ =>
            {
                ExtractionResult result = Extract();
                Assert.Equal(10, result.Files);
                Assert.Equal(
                    ["empty.mp3", "nan.wav", "short.wav", "text.mp3"],
                    result.Failures.Select(failure => failure.Path).Order(StringComparer.Ordinal)
                );
                Assert.Contains("is too short", result.Failures.Single(failure => failure.Path == "short.wav").Reason);
                Assert.Contains("sample 0 is NaN", result.Failures.Single(failure => failure.Path == "nan.wav").Reason);
                using FeatureStore store = FeatureStore.Open(result.Folder);
                Assert.Equal(6, store.Clips.DistinctBy(clip => clip.Audio).Count());
            });
    }

    [Fact]
    public void Verifying_finds_every_damage_and_makes_the_same_bytes_again()
    {
        Record(70);
        string store = Extract().Folder;
        SortedDictionary<string, string> whole = Content(store);
        Assert.Equal(0, Extract(verify: true).Repaired);
        string[] names =
        [
            "all/00000.npy",
            "all/00001.npy",
            "all/00000.index.csv",
            "all/00001.sha256",
            "all/files-00000.csv",
            "all/files-00000.sha256",
            "settings.json",
        ];
        foreach (string name in names)
        {
            string path = Path.Combine(store, name);
            Spoil(path);
            ExtractionResult result = Extract(verify: true);
            Assert.True(
                result.Repaired
                    == (
                        name.Contains("files-") ? 2
                        : name == "settings.json" ? 0
                        : 1
                    ),
                name
            );
            Assert.Equal(whole, Content(store));
        }
        // Without its audio nothing is thrown away.
        File.Move(Path.Combine(Audio, "001.wav"), folder.At("elsewhere.wav"));
        Spoil(Path.Combine(store, "all", "00000.npy"));
        ExtractionResult partial = Extract(verify: true);
        Assert.Equal((0, 1), (partial.Repaired, partial.Damaged));
        Assert.True(File.Exists(Path.Combine(store, "all", "00000.npy")));
        File.Move(folder.At("elsewhere.wav"), Path.Combine(Audio, "001.wav"));
        Assert.Equal(1, Extract(verify: true).Repaired);
        Assert.Equal(whole, Content(store));

        File.Delete(Path.Combine(store, "all", "00001.index.csv"));
        Assert.Contains("--verify", Assert.Throws<HitSongException>(() => FeatureStore.Open(store)).Message);
        Extract(verify: true);
        Assert.Equal(whole, Content(store));

        static void Spoil(string path)
        {
            byte[] bytes = File.ReadAllBytes(path);
            bytes[bytes.Length / 2] ^= 4;
            File.WriteAllBytes(path, bytes);
        }
    }

    [Fact]
    public void A_file_that_is_replaced_while_the_work_rests_is_not_mistaken_for_another()
    {
        Record(3);
        // As if it had been killed just before the last step.
        File.Delete(Path.Combine(Extract().Folder, "all", "00000.npy"));
        string path = Path.Combine(Audio, "001.wav");
        byte[] old = File.ReadAllBytes(path);
        Wav.Write(path, [.. Enumerable.Range(0, 8000).Select(i => MathF.Sin(i))], 8000);
        string store = Extract().Folder;
        using (FeatureStore features = FeatureStore.Open(store))
            Assert.Equal(3, features.Clips.DistinctBy(clip => clip.Audio).Count());

        File.WriteAllBytes(path, old);
        Assert.Equal(1, Extract(verify: true).Repaired);
        using FeatureStore four = FeatureStore.Open(store);
        Assert.Equal(4, four.Clips.DistinctBy(clip => clip.Audio).Count());
    }

    [Fact]
    public void Settings_that_make_clips_unlike_are_refused() =>
        Assert.Contains(
            "Audio.SampleRate",
            Assert
                .Throws<HitSongException>(() => new FeatureExtractor(FeatureSettings.HipHop with { Audio = new(null) }))
                .Message
        );

    [Fact]
    public void Settings_come_back_from_their_file_and_have_a_folder_of_their_own()
    {
        FeatureSettings[] all =
        [
            FeatureSettings.HipHop,
            FeatureSettings.ViewsResNet,
            FeatureSettings.TikTok,
            Settings,
            Settings with
            {
                HalfPrecision = true,
            },
        ];
        foreach (FeatureSettings settings in all)
        {
            File.WriteAllText(folder.At("settings.json"), settings.ToJson());
            Assert.Equal(settings, FeatureSettings.Read(folder.At("settings.json")));
        }
        Assert.Equal(all.Length, all.Select(settings => settings.Key).Distinct().Count());
        Assert.Equal([(128, 1292), (128, 1292), (13, 44)], all.Take(3).Select(settings => settings.Shape));
    }

    private sealed class Each(Action<ExtractionProgress> report) : IProgress<ExtractionProgress>
    {
        void IProgress<ExtractionProgress>.Report(ExtractionProgress value) => report(value);
    }
}
