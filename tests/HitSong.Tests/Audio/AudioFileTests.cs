using HitSong.Audio;
using Tests;

namespace HitSong.Tests.Audio;

public sealed class AudioFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("audio-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Real recordings: file, rate in Hz, channels, codec.</summary>
    public static TheoryData<string, int, int, string> Recordings =>
        new()
        {
            { "hungarian-dance-5.22k05.mono.wav", 22050, 1, "pcm_s16le" },
            { "hungarian-dance-5.mpeg2.22k05.mono.mp3", 22050, 1, "mp3" },
            { "hungarian-dance-5.ogg", 44100, 2, "vorbis" },
            { "lets-go-fishin.44k1.mono.f32.wav", 44100, 1, "pcm_f32le" },
            { "lets-go-fishin.cbr320.48k.stereo.mp3", 48000, 2, "mp3" },
            { "lets-go-fishin.ogg", 44100, 2, "vorbis" },
            { "sugar-plum-fairy.44k1.stereo.flac", 44100, 2, "flac" },
            { "sugar-plum-fairy.ogg", 44100, 2, "vorbis" },
            { "sugar-plum-fairy.vbr.44k1.stereo.mp3", 44100, 2, "mp3" },
            { "vibe-ace.44k1.stereo.m4a", 44100, 2, "aac" },
            { "vibe-ace.48k.stereo.opus", 48000, 2, "opus" },
            { "vibe-ace.cbr128.44k1.stereo.mp3", 44100, 2, "mp3" },
            { "vibe-ace.ogg", 44100, 2, "vorbis" },
        };

    /// <summary>Encodings made here: file name, FFmpeg's options.</summary>
    public static TheoryData<string, string> Encodings =>
        new()
        {
            { "low.mp3", "-c:a libmp3lame -b:a 8k -ar 11025 -ac 1" },
            { "vbr.mp3", "-c:a libmp3lame -q:a 5" },
            { "bare.mp3", "-c:a libmp3lame -b:a 128k -write_xing 0 -id3v2_version 0" },
            { "aac.m4a", "-c:a aac -b:a 96k" },
            { "adts.aac", "-c:a aac -b:a 96k" },
            { "vorbis.ogg", "-c:a libvorbis -q:a 3" },
            { "opus.opus", "-c:a libopus -b:a 64k" },
            { "lossless.flac", "-c:a flac" },
            { "alac.m4a", "-c:a alac" },
            { "u8.wav", "-c:a pcm_u8" },
            { "s24.wav", "-c:a pcm_s24le" },
            { "f64.wav", "-c:a pcm_f64le" },
            { "surround.flac", "-c:a flac -ac 6" },
            { "opus.mka", "-c:a libopus -b:a 64k" },
            { "big.aiff", "-c:a pcm_s16be" },
        };

    private string Encode(string name, string options, double seconds = 12)
    {
        const string Left = "0.3*sin(2*PI*(220+40*t)*t)+0.2*sin(2*PI*3000*t)*(0.5+0.5*sin(9*t))+0.1*(random(0)-0.5)";
        const string Right = "0.4*sin(2*PI*(880-30*t)*t)+0.2*(random(1)-0.5)";
        string path = Path.Combine(folder, name);
        string signal = FormattableString.Invariant($"aevalsrc='{Left}|{Right}':s=44100:d={seconds}");
        Ffmpeg.Run(["-f", "lavfi", "-i", signal, .. options.Split(' '), "-bitexact", path]);
        return path;
    }

    private static void AssertNear(
        ReadOnlySpan<float> expected,
        ReadOnlySpan<float> actual,
        float tolerance,
        string what
    )
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {actual.Length} samples instead of {expected.Length}");
        float worst = 0;
        int at = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            float difference = MathF.Abs(expected[i] - actual[i]);
            if (!(difference <= worst))
                (worst, at) = (difference, i);
        }
        Assert.True(worst <= tolerance, $"{what}: sample {at} of {expected.Length} is off by {worst}");
    }

    private static void DecodesAsFfmpeg(string path)
    {
        AudioInfo info = AudioFile.Info(path);
        float[][] channels = Ffmpeg.Decode(path, info.Channels);
        float[] mean = new float[channels[0].Length];
        for (int i = 0; i < mean.Length; i++)
            mean[i] = channels.Sum(channel => channel[i]) / channels.Length;

        Waveform mono = AudioFile.Read(path);
        Assert.Equal(info.SampleRate, mono.SampleRate);
        AssertNear(mean, mono.Samples, 1e-6f, "mono");
        AssertNear(
            channels[0],
            AudioFile.Read(path, new AudioSettings(Channels: ChannelMode.First)).Samples,
            0,
            "first channel"
        );
        Assert.Equal(mono.Duration, info.Duration, path.EndsWith(".mka") ? 1e-3 : 1e-6);
    }

    private static void ClipsEqualSlices(string path)
    {
        AudioInfo info = AudioFile.Info(path);
        foreach (int? rate in (int?[])[null, 22050, 48000])
        {
            AudioSettings settings = new(rate);
            Waveform whole = AudioFile.Read(path, settings);
            foreach (double start in (double[])[0, 0.01, 3.3, 5.00001, 9.25, 17])
            {
                foreach (double duration in (double[])[0.3, 15])
                {
                    if (start + duration > whole.Duration)
                        continue;
                    int from = Samples(start, whole),
                        count = Samples(duration, whole);
                    Waveform clip = AudioFile.Read(path, settings, start, duration);
                    AssertNear(
                        whole.Samples.AsSpan(from, count),
                        clip.Samples,
                        0,
                        $"{rate} Hz, {duration} s from {start} s"
                    );
                }
            }
            double late = Math.Floor(whole.Duration) - 1;
            Waveform tail = AudioFile.Read(path, settings, late);
            AssertNear(
                whole.Samples.AsSpan(Samples(late, whole)),
                tail.Samples,
                0,
                $"{rate} Hz, from {late} s to the end"
            );
            if (!path.EndsWith(".mka"))
                AudioFile.Read(path, settings, late, info.Duration - late);
        }
    }

    private static int Samples(double seconds, Waveform of) =>
        (int)Math.Round(seconds * of.SampleRate, MidpointRounding.AwayFromZero);

    [SkippableTheory, MemberData(nameof(Recordings))]
    public void A_recording_decodes_as_ffmpeg_decodes_it(string file, int rate, int channels, string codec)
    {
        string path = Repository.Shared("audio/" + file);
        AudioInfo info = AudioFile.Info(path);
        Assert.Equal((rate, channels, codec), (info.SampleRate, info.Channels, info.Codec));
        Assert.InRange(info.BitRate, 30_000, 1_500_000);
        DecodesAsFfmpeg(path);
    }

    [SkippableTheory, MemberData(nameof(Recordings))]
    public void A_clip_of_a_recording_equals_that_slice_of_the_whole(string file, int rate, int channels, string codec)
    {
        _ = (rate, channels, codec);
        ClipsEqualSlices(Repository.Shared("audio/" + file));
    }

    [Theory, MemberData(nameof(Encodings))]
    public void An_encoding_decodes_as_ffmpeg_decodes_it(string name, string options) =>
        DecodesAsFfmpeg(Encode(name, options));

    [Theory, MemberData(nameof(Encodings))]
    public void A_clip_of_an_encoding_equals_that_slice_of_the_whole(string name, string options) =>
        ClipsEqualSlices(Encode(name, options));

    [Fact]
    public void A_gapless_mp3_is_as_long_as_what_was_encoded() =>
        Assert.Equal(12 * 44100, AudioFile.Read(Encode("vbr.mp3", "-c:a libmp3lame -q:a 5")).Samples.Length);

    [Theory]
    [InlineData("t.mp3", "-c:a libmp3lame -b:a 96k")]
    [InlineData("t.m4a", "-c:a aac")]
    [InlineData("t.ogg", "-c:a libvorbis")]
    [InlineData("t.flac", "-c:a flac")]
    public void Tags_come_in_any_script(string name, string options)
    {
        AudioInfo info = AudioFile.Info(
            Encode(name, options + " -metadata title=夜に駆ける -metadata artist=Хтось -metadata date=2020", 1)
        );
        Assert.Equal(("夜に駆ける", "Хтось", "2020"), (info.Tags["title"], info.Tags["artist"], info.Tags["date"]));
        Assert.Contains(" s of ", (string)info.ToMimeBundle()["text/plain"]);
        Assert.Contains("44,100 Hz, 2 channels; ", (string)info.ToMimeBundle()["text/plain"]);
    }

    [Fact]
    public void Channels_are_mixed_as_the_named_setting_says()
    {
        string stereo = Encode("stereo.wav", "-c:a pcm_f32le", 1),
            surround = Encode("surround.wav", "-c:a pcm_f32le -ac 6", 1),
            mono = Encode("mono.wav", "-c:a pcm_s16le -ac 1", 1);
        AssertNear(Ffmpeg.Decode(stereo, 2)[1], Read(stereo, ChannelMode.Second), 0, "second");
        AssertNear(Read(stereo, ChannelMode.Mono), Read(stereo, ChannelMode.Downmix), 1e-6f, "stereo");
        Assert.Contains("no second", Assert.Throws<AudioException>(() => Read(mono, ChannelMode.Second)).Message);
        float[] mixed =
        [
            .. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(
                Ffmpeg.Run(
                    "-i",
                    surround,
                    "-af",
                    "pan=mono|c0<0.70711*FL+0.70711*FR+FC+0*LFE+0.5*BL+0.5*BR",
                    "-f",
                    "f32le",
                    "-"
                )
            ),
        ];
        AssertNear(mixed, Read(surround, ChannelMode.Downmix), 1e-5f, "downmix");

        static float[] Read(string path, ChannelMode channels) => AudioFile.Read(path, new(null, channels)).Samples;
    }

    /// <summary>What catalogues serve besides: file name, FFmpeg's options.</summary>
    public static TheoryData<string, string> Oddities =>
        new()
        {
            { "8k.mp3", "-c:a libmp3lame -b:a 8k -ar 8000 -ac 1" },
            { "24k.mp3", "-c:a libmp3lame -b:a 32k -ar 24000" },
            { "192k.flac", "-c:a flac -ar 192000" },
            { "7.1.flac", "-c:a flac -ac 8" },
            { "8k.wav", "-c:a pcm_mulaw -ar 8000 -ac 1" },
        };

    [Theory, MemberData(nameof(Oddities))]
    public void Rates_from_8_to_192_kHz_and_eight_channels_decode(string name, string options) =>
        DecodesAsFfmpeg(Encode(name, options, 4));

    [Fact]
    public void An_mp3_decodes_through_pictures_junk_and_ape_tags()
    {
        string plain = Encode("plain.mp3", "-c:a libmp3lame -q:a 5 -id3v2_version 0", 4),
            cover = Path.Combine(folder, "cover.png"),
            tagged = Path.Combine(folder, "tagged.mp3");
        float[] expected = AudioFile.Read(plain).Samples;
        Ffmpeg.Run("-f", "lavfi", "-i", "testsrc=size=1200x1200", "-frames:v", "1", cover);
        string[] both = ["-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic"];
        Ffmpeg.Run(["-i", plain, "-i", cover, .. both, tagged]);
        AssertNear(expected, AudioFile.Read(tagged).Samples, 0, "picture");

        byte[] bytes = File.ReadAllBytes(plain);
        string junk = Path.Combine(folder, "junk.mp3");
        File.WriteAllBytes(junk, [.. "not yet the music"u8, .. new byte[700], .. bytes]);
        DecodesAsFfmpeg(junk); // which then overlooks LAME's header, and plays the padding
        byte[] ape = [.. "TITLE"u8, 0, .. "la la"u8];
        byte[] size = BitConverter.GetBytes(8 + ape.Length + 32),
            footer = [.. "APETAGEX"u8, 0xd0, 7, 0, 0, .. size, 1, 0, 0, 0, 0, 0, 0, 0, .. new byte[8]];
        string aped = Path.Combine(folder, "ape.mp3");
        File.WriteAllBytes(aped, [.. bytes, 5, 0, 0, 0, 0, 0, 0, 0, .. ape, .. footer]);
        AssertNear(expected, AudioFile.Read(aped).Samples, 0, "ape");
    }

    [Fact]
    public void A_waveform_resamples_as_a_file_does()
    {
        string path = Encode("s16.wav", "-c:a pcm_s16le", 3);
        Waveform resampled = AudioFile.Read(path).Resample(16000);
        Assert.Equal(16000, resampled.SampleRate);
        AssertNear(AudioFile.Read(path, new AudioSettings(16000)).Samples, resampled.Samples, 0, "resampled");
        Assert.Empty(new Waveform([], 44100).Resample(16000).Samples);
        Assert.Throws<ArgumentOutOfRangeException>(() => resampled.Resample(0));
    }

    [Theory]
    [InlineData(44100, 22050)]
    [InlineData(48000, 22050)]
    [InlineData(44100, 16000)]
    [InlineData(48000, 44100)]
    [InlineData(22050, 44100)]
    [InlineData(44101, 22050)]
    [InlineData(192000, 8000)]
    public void Resampling_keeps_what_fits_and_removes_what_would_alias(int from, int to)
    {
        double nyquist = Math.Min(from, to) / 2.0;
        foreach (double share in (double[])[0.01, 0.1, 0.5, 0.8, 0.9])
            Assert.InRange(GainInDecibel(from, to, share * nyquist), -0.1, 0.1);
        foreach (double share in (double[])[1.001, 1.01, 1.05, 1.2, 1.6])
            if (share * nyquist < 0.49 * from)
                Assert.InRange(GainInDecibel(from, to, share * nyquist), double.NegativeInfinity, -90);
    }

    [Theory]
    [InlineData(44100, 22050)]
    [InlineData(44100, 22051)]
    public void A_sweep_through_what_would_alias_leaves_nothing_behind(int from, int to)
    {
        // From the new Nyquist frequency up to nine tenths of the old one, faded in and out so that the ends add no
        // other frequencies.
        double low = 1.002 * to / 2,
            high = 0.45 * from;
        float[] sweep =
        [
            .. Enumerable
                .Range(0, 2 * from)
                .Select(i =>
                {
                    double t = (double)i / from,
                        fade = Math.Pow(Math.Sin(Math.PI * i / (2.0 * from)), 2);
                    return (float)(fade * Math.Sin(2 * Math.PI * (low * t + (high - low) * t * t / 4)));
                }),
        ];
        float[] resampled = new Waveform(sweep, from).Resample(to).Samples;
        double loudest = resampled.Max(MathF.Abs);
        Assert.True(20 * Math.Log10(loudest) < -90, $"{20 * Math.Log10(loudest):F1} dB");
    }

    [Theory]
    [InlineData(44100, 22050)]
    [InlineData(48000, 22050)]
    [InlineData(22050, 48000)]
    [InlineData(44101, 22050)]
    public void Every_width_of_simd_resamples_to_the_bits_of_the_scalar_path(int from, int to)
    {
        Random random = new(5);
        float[] noise = [.. Enumerable.Range(0, 9000).Select(_ => random.NextSingle() - 0.5f)];
        float[] scalar = new float[3000],
            wide = new float[3000];
        new Resampler(from, to, lanes: 1).Run(noise, 0, scalar, 0);
        foreach (int lanes in (int[])[4, 8, 16])
        {
            new Resampler(from, to, lanes).Run(noise, 0, wide, 0);
            Assert.Equal(scalar, wide);
        }
    }

    // Power of a resampled sine against the sine's own, away from the ends.
    private static double GainInDecibel(int from, int to, double frequency)
    {
        float[] sine =
        [
            .. Enumerable.Range(0, from).Select(i => (float)(0.9 * Math.Sin(2 * Math.PI * frequency * i / from))),
        ];
        float[] resampled = new Waveform(sine, from).Resample(to).Samples;
        Assert.Equal(to, resampled.Length);
        double power = resampled.Skip(to / 4).Take(to / 2).Average(x => (double)x * x);
        return 10 * Math.Log10(power / (0.9 * 0.9 / 2));
    }

    [Fact]
    public void Names_in_other_scripts_with_spaces_colons_and_percent_signs_are_names()
    {
        string source = Encode("s16.wav", "-c:a pcm_s16le", 2);
        string[] names = ["пісня про весну.wav", "夜に駆ける.wav", "http: a song, 100%d?.wav", "-i.wav"];
        foreach (string name in names)
        {
            string path = Path.Combine(folder, name);
            File.Copy(source, path);
            Assert.Equal(2, AudioFile.Read(path).Duration);
        }
    }

    [Fact]
    public void A_bad_file_is_named_with_the_reason()
    {
        Reject("missing.mp3", null, "does not exist");
        Reject("empty.mp3", [], "is empty (0 bytes)");
        Reject(
            "text.mp3",
            System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("la la la, this is no song. ", 200))),
            "no audio"
        );
        Reject("zeros.wav", new byte[5000], "no audio");
        Reject(
            "playlist.m3u8",
            "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/a.mp3\n#EXT-X-ENDLIST\n"u8.ToArray(),
            "no audio"
        );
        string picture = Path.Combine(folder, "picture.png"),
            silent = Path.Combine(folder, "silent.mp4");
        Ffmpeg.Run("-f", "lavfi", "-i", "color=red:size=64x64", "-frames:v", "1", picture);
        Assert.Contains("is no audio file", Assert.Throws<AudioException>(() => AudioFile.Read(picture)).Message);
        Ffmpeg.Run("-f", "lavfi", "-i", "color=red:size=64x64", "-frames:v", "5", silent);
        Assert.Contains("has no audio stream", Assert.Throws<AudioException>(() => AudioFile.Read(silent)).Message);
        Assert.Contains("is a folder", Assert.Throws<AudioException>(() => AudioFile.Read(folder)).Message);
        Assert.Contains("is a folder", Assert.Throws<AudioException>(() => AudioFile.Info(folder)).Message);

        void Reject(string name, byte[]? content, string reason)
        {
            string path = Path.Combine(folder, name);
            if (content is not null)
                File.WriteAllBytes(path, content);
            AudioException error = Assert.Throws<AudioException>(() => AudioFile.Read(path));
            Assert.StartsWith(path, error.Message);
            Assert.Equal(path, error.Path);
            Assert.Contains(reason, error.Message);
            Assert.Throws<AudioException>(() => AudioFile.Info(path));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_free_format_mp3_decodes_as_the_same_frames_at_a_rate_of_the_standard(bool tagged)
    {
        string path = Encode("free.mp3", "-c:a libmp3lame -b:a 128k -ar 48000 -write_xing 0 -id3v2_version 0", 4);
        float[] expected = AudioFile.Read(path).Samples;
        byte[] bytes = File.ReadAllBytes(path);
        MakeFree(bytes);
        byte[] tag = [.. "ID3"u8, 4, 0, 0, 0, 0, 0, 20, .. "TIT2"u8, 0, 0, 0, 10, 0, 0, 3, .. "la la la "u8];
        File.WriteAllBytes(path, tagged ? [.. tag, .. bytes] : bytes);

        AssertNear(expected, AudioFile.Read(path).Samples, 3e-6f, "free format");
        ClipsEqualSlices(path);
        AudioInfo info = AudioFile.Info(path);
        Assert.Equal((48000, 2, "mp3", 128_000L), (info.SampleRate, info.Channels, info.Codec, info.BitRate));
        if (tagged)
            Assert.Equal("la la la ", info.Tags["title"]);
    }

    // The same frames, 128 kbit/s at 48 kHz, with headers that do not tell the bit rate.
    private static void MakeFree(byte[] mp3)
    {
        const int FrameBytes = 384; // 144 · 128,000 / 48,000
        for (int header = 0; header < mp3.Length; header += FrameBytes)
        {
            Assert.Equal((0xff, 9), (mp3[header], mp3[header + 2] >> 4));
            mp3[header + 2] &= 0x0f;
        }
    }

    [SkippableTheory]
    [InlineData(640, "s", "la")]
    [InlineData(640, "m", "")]
    [InlineData(320, "j", "")]
    [InlineData(100, "m", "")]
    public void What_lame_encodes_in_free_format_comes_back_sample_for_sample(int kilobits, string mode, string title)
    {
        Skip.IfNot(File.Exists("/usr/bin/lame"), "lame is not installed");
        string wav = Encode("source.wav", $"-c:a pcm_s16le -ac {(mode == "m" ? 1 : 2)}", 5),
            path = Path.Combine(folder, "lame.mp3");
        using (
            var lame = System.Diagnostics.Process.Start(
                "lame",
                ["--quiet", "--freeformat", "-b", $"{kilobits}", "-m", mode, "--tt", title, wav, path]
            )
        )
            lame.WaitForExit();
        float[] source = AudioFile.Read(wav).Samples,
            decoded = AudioFile.Read(path).Samples;
        Assert.Equal(source.Length, decoded.Length); // LAME's header tells what was padded
        double Power(Func<int, double> of) => Enumerable.Range(2000, source.Length - 4000).Average(i => of(i) * of(i));
        // Where a sample came too early or too late, the difference would be as loud as the sound.
        Assert.InRange(Power(i => source[i] - decoded[i]) / Power(i => source[i]), 0, 0.02);
        ClipsEqualSlices(path);
        AudioInfo info = AudioFile.Info(path);
        Assert.InRange(info.BitRate, 995 * kilobits, 1005 * kilobits);
        Assert.Equal(5, info.Duration, 1e-9);
        Assert.Equal(title, info.Tags.GetValueOrDefault("title", ""));

        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(whole.Length / 2)]);
        Assert.Contains(
            "of its 5.000 s could be decoded",
            Assert.Throws<AudioException>(() => AudioFile.Read(path)).Message
        );
        Assert.Equal(44100, AudioFile.Read(path, start: 1, duration: 1).Samples.Length);
    }

    [Fact]
    public void A_protected_file_is_refused_as_such()
    {
        string path = Encode("plain.m4a", "-c:a aac", 4);
        byte[] bytes = File.ReadAllBytes(path);
        "drms"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("mp4a"u8)));
        File.WriteAllBytes(path, bytes);
        Refused(path); // as Apple's shop sold them
        Refused(
            Encode(
                "common.mp4",
                "-c:a aac -encryption_scheme cenc-aes-ctr -encryption_key "
                    + "0123456789abcdef0123456789abcdef -encryption_kid 00112233445566778899aabbccddeeff",
                4
            )
        );

        static void Refused(string path)
        {
            Assert.Contains("is protected (DRM)", Assert.Throws<AudioException>(() => AudioFile.Read(path)).Message);
            Assert.Contains("is protected (DRM)", Assert.Throws<AudioException>(() => AudioFile.Info(path)).Message);
        }
    }

    [Fact]
    public void Absurd_headers_are_refused_or_bounded()
    {
        string path = Path.Combine(folder, "absurd.wav");
        Wav.Write(path, new float[1000], 1_000_000_000);
        Assert.Contains("sample rate", Assert.Throws<AudioException>(() => AudioFile.Read(path)).Message);
        Wav.Write(path, new float[30_000], 44100, channels: 10_000);
        Assert.Throws<AudioException>(() => AudioFile.Read(path));

        string longest = Encode("long.flac", "-c:a flac", 2);
        long before = GC.GetTotalAllocatedBytes();
        Assert.Contains(
            "has 2.000 s of audio",
            Assert.Throws<AudioException>(() => AudioFile.Read(longest, duration: 1e9)).Message
        );
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 10_000_000);
    }

    [Theory]
    [InlineData("cut.mp3", "-c:a libmp3lame -q:a 5")]
    [InlineData("cut.flac", "-c:a flac")]
    [InlineData("cut.m4a", "-c:a aac -movflags +faststart")]
    public void A_file_that_was_cut_off_says_how_much_is_there_and_gives_it(string name, string options)
    {
        string path = Encode(name, options);
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(whole.Length / 2)]);
        string message = Assert.Throws<AudioException>(() => AudioFile.Read(path)).Message;
        Assert.Contains("cut off", message);
        Assert.Contains("of its 12.0", message);
        Assert.Equal(3 * 44100, AudioFile.Read(path, start: 1, duration: 3).Samples.Length);
        Assert.Contains(
            "is not all there",
            Assert.Throws<AudioException>(() => AudioFile.Read(path, start: 3, duration: 8)).Message
        );
        string beyond = Assert.Throws<AudioException>(() => AudioFile.Read(path, start: 11)).Message;
        Assert.Contains("nothing is left", beyond);
        Assert.InRange(double.Parse(beyond.Split(" has ")[1].Split(' ')[0]), 4, 10);
    }

    [Fact]
    public void Many_threads_read_at_once()
    {
        string path = Encode("vbr.mp3", "-c:a libmp3lame -q:a 5");
        AudioSettings settings = new(22050);
        float[] expected = AudioFile.Read(path, settings, 2, 3).Samples;
        Parallel.For(0, 32, _ => Assert.Equal(expected, AudioFile.Read(path, settings, 2, 3).Samples));
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        string path = Encode("s16.wav", "-c:a pcm_s16le", 2);
        foreach (double wrong in (double[])[-1, double.NaN, double.PositiveInfinity])
        {
            Assert.Equal(
                "start",
                Assert.Throws<ArgumentOutOfRangeException>(() => AudioFile.Read(path, start: wrong)).ParamName
            );
            Assert.Equal(
                "duration",
                Assert.Throws<ArgumentOutOfRangeException>(() => AudioFile.Read(path, duration: wrong)).ParamName
            );
        }
        Assert.Equal(
            "duration",
            Assert.Throws<ArgumentOutOfRangeException>(() => AudioFile.Read(path, duration: 0)).ParamName
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => AudioFile.Read(path, new AudioSettings(0)));
    }

    [Theory]
    [InlineData("m.mp3", "-c:a libmp3lame -q:a 5")]
    [InlineData("m.m4a", "-c:a aac")]
    [InlineData("m.ogg", "-c:a libvorbis")]
    [InlineData("m.opus", "-c:a libopus")]
    [InlineData("m.flac", "-c:a flac")]
    [InlineData("m.wav", "-c:a pcm_s16le")]
    [InlineData("free.mp3", "-c:a libmp3lame -b:a 128k -ar 48000 -write_xing 0 -id3v2_version 0")]
    public void Mutated_files_give_samples_or_an_audio_exception(string name, string options)
    {
        byte[] original = File.ReadAllBytes(Encode(name, options, 3));
        if (name == "free.mp3")
            MakeFree(original);
        Random random = new(7);
        string path = Path.Combine(folder, "mutated-" + name);
        // HITSONG_MUTATIONS=20000, say, tries as many over the seven formats.
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("HITSONG_MUTATIONS"), out int all)
            ? all / 7 + 1
            : 150;
        for (int round = 0; round < rounds; round++)
        {
            File.WriteAllBytes(path, Mutate(original, random));
            try
            {
                float[] samples = AudioFile
                    .Read(
                        path,
                        new AudioSettings(22050),
                        start: round % 3 == 0 ? 1 : 0,
                        duration: round % 2 == 0 ? 1 : null
                    )
                    .Samples;
                Assert.InRange(samples.Length, 1, 22050 * 3600);
                AudioFile.Info(path);
            }
            catch (AudioException) { }
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        List<byte> bytes = [.. original];
        // Half of the damage goes to the header, where it does most.
        int Somewhere() => random.Next(random.Next(2) == 0 ? Math.Min(200, bytes.Count) : bytes.Count);
        switch (random.Next(4))
        {
            case 0:
                for (int i = random.Next(1, 30); i > 0; i--)
                    bytes[Somewhere()] = (byte)random.Next(256);
                break;
            case 1:
                bytes = bytes[..random.Next(1, bytes.Count)];
                break;
            case 2:
                int cut = Somewhere();
                bytes.RemoveRange(cut, random.Next(0, Math.Min(5000, bytes.Count - cut)));
                break;
            default:
                int from = random.Next(bytes.Count);
                bytes.InsertRange(Somewhere(), bytes.GetRange(from, Math.Min(3000, bytes.Count - from)));
                break;
        }
        return [.. bytes];
    }

    [Fact]
    public void A_player_carries_the_file_or_the_waveform()
    {
        string path = Encode("s16.wav", "-c:a pcm_s16le", 1);
        IReadOnlyDictionary<string, object> file = new AudioPlayer(path).ToMimeBundle();
        Assert.Contains(
            $"src=\"data:audio/wav;base64,{Convert.ToBase64String(File.ReadAllBytes(path))}\"",
            (string)file["text/html"]
        );
        Assert.Equal("Audio: s16.wav", file["text/plain"]);

        float[] samples = [0, 0.5f, -0.5f, 2, -2, float.NaN, .. new float[3000]];
        string html = (string)new Waveform(samples, 8000).ToMimeBundle()["text/html"];
        string encoded = html.Split("base64,")[1].Split('"')[0];
        string played = Path.Combine(folder, "played.wav");
        File.WriteAllBytes(played, Convert.FromBase64String(encoded));
        Waveform back = AudioFile.Read(played);
        Assert.Equal(8000, back.SampleRate);
        AssertNear([0, 0.5f, -0.5f, 1, -1, 0, .. new float[3000]], back.Samples, 1e-4f, "played back");
    }
}
