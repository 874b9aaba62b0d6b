using System.Runtime.InteropServices;
using HitSong.Audio;
using Tests;

namespace HitSong.Tests.Audio;

/// <summary>
/// Files whose rate, channels or samples' form change on the way, and those whose header tells no length or a wrong
/// one, against FFmpeg's own command.
/// </summary>
public sealed class UnevenFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Encode(string name, string options, double seconds)
    {
        const string Signal = "0.3*sin(2*PI*(220+40*t)*t)+0.2*sin(2*PI*3000*t)";
        string signal = FormattableString.Invariant($"aevalsrc='{Signal}|0.5*({Signal})':s=44100:d={seconds}");
        string path = folder.At(name);
        Ffmpeg.Run(["-f", "lavfi", "-i", signal, .. options.Split(' '), "-bitexact", path]);
        return path;
    }

    // Encodings of three seconds each, one behind the other.
    private string Join(string name, params string[] options)
    {
        string path = folder.At(name);
        using FileStream whole = File.Create(path);
        foreach (var (i, one) in options.Index())
            whole.Write(File.ReadAllBytes(Encode($"{i}{Path.GetExtension(name)}", one, i == 1 ? 12 : 3)));
        return path;
    }

    // By default FFmpeg's mix of two channels of float samples is 3 dB louder than the mean.
    private static ReadOnlySpan<float> Peer(string path, int rate) =>
        MemoryMarshal.Cast<byte, float>(
            Ffmpeg.Run(
                "-i",
                path,
                "-map",
                "0:a:0",
                "-af",
                "aresample=rematrix_maxval=1",
                "-ac",
                "1",
                "-ar",
                $"{rate}",
                "-f",
                "f32le",
                "-"
            )
        );

    // The mean difference's power against the sound's, over the places that both have.
    private static double Difference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double power = 0,
            difference = 0;
        for (int i = 0; i < Math.Min(expected.Length, actual.Length); i++)
        {
            power += expected[i] * expected[i];
            difference += Math.Pow(expected[i] - actual[i], 2);
        }
        return difference / power;
    }

    private const string Low = "-ar 22050",
        Mono = "-ac 1";

    /// <summary>File name, FFmpeg's options, what is joined.</summary>
    public static TheoryData<string, string, string[]> Changes =>
        new()
        {
            { "rate.mp3", "-c:a libmp3lame -b:a 64k -write_xing 0 -id3v2_version 0", [Low, "", Low] },
            { "tagged.mp3", "-c:a libmp3lame -b:a 64k", [Low, ""] },
            { "channels.mp3", "-c:a libmp3lame -b:a 64k", [Mono, "", Mono, ""] },
            { "alike.mp3", "-c:a libmp3lame -b:a 64k", ["", "", ""] },
            { "rate.mp2", "-c:a mp2", [Low, ""] },
            { "rate.aac", "-c:a aac", [Low, "", Mono, Low] },
            { "channels.aac", "-c:a aac", ["", Mono, ""] },
            { "rate.ac3", "-c:a ac3", ["-ar 32000", ""] },
            { "rate.ogg", "-c:a libvorbis", [Low, "", Mono] },
            { "alike.ogg", "-c:a libvorbis", ["", ""] },
            { "channels.opus", "-c:a libopus", ["", Mono, ""] },
            { "alike.opus", "-c:a libopus", ["", ""] },
            { "channels.oga", "-c:a flac", ["", Mono, ""] },
            { "depth.oga", "-c:a flac", ["", "-sample_fmt s32", ""] },
            { "rate.ts", "-c:a aac", [Low, "", Mono] },
        };

    [Theory, MemberData(nameof(Changes))]
    public void All_samples_come_at_the_wanted_rate_as_ffmpeg_gives_them(string name, string coding, string[] parts)
    {
        string path = Join(name, [.. parts.Select(part => $"{coding} {part}".Trim())]);
        AudioInfo info = AudioFile.Info(path);
        foreach (int rate in (int[])[22050, 44100])
        {
            ReadOnlySpan<float> expected = Peer(path, rate);
            float[] actual = AudioFile.Read(path, new(rate)).Samples;
            // FFmpeg's resampler keeps some 20 samples to itself where it is changed for another.
            int lost = 40 * parts.Length;
            Assert.InRange(actual.Length, expected.Length - 2, expected.Length + lost);
            Assert.Equal(actual.Length, Math.Round(info.Duration * rate), 1.0);
            if (actual.Length <= expected.Length + 2)
                Assert.InRange(Difference(expected, actual), 0, 1e-3);
        }
        Assert.Equal(info.Duration, AudioFile.Read(path).Duration, 1e-4);
    }

    [Theory]
    [InlineData("rate.flac", "-c:a flac", Low, "")]
    [InlineData("down.flac", "-c:a flac", "", Low)]
    [InlineData("channels.flac", "-c:a flac", "", Mono)]
    [InlineData("rate.oga", "-c:a flac", Low, "")]
    public void Flac_comes_whole_where_ffmpegs_command_drops_a_part(
        string name,
        string coding,
        string one,
        string other
    )
    {
        string path = Join(name, $"{coding} {one}".Trim(), $"{coding} {other}".Trim());
        Assert.Equal(15, AudioFile.Info(path).Duration, 1e-9);
        Assert.Equal(15 * 22050, AudioFile.Read(path, new(22050)).Samples.Length);
        float[] parts =

            [
                .. AudioFile.Read(folder.At($"0{Path.GetExtension(name)}"), new(22050)).Samples,
                .. AudioFile.Read(folder.At($"1{Path.GetExtension(name)}"), new(22050)).Samples,
            ],
            whole = AudioFile.Read(path, new(22050)).Samples;
        // Where the rate stays, the resampler looks over the join.
        int join = 3 * 22050;
        Assert.Equal(parts[..(join - 150)], whole[..(join - 150)]);
        Assert.Equal(parts[(join + 150)..], whole[(join + 150)..]);
    }

    [Theory]
    [InlineData("rate.mp3", "-c:a libmp3lame -b:a 64k")]
    [InlineData("rate.ogg", "-c:a libvorbis")]
    [InlineData("rate.flac", "-c:a flac")]
    public void A_part_equals_that_slice_of_the_whole(string name, string coding)
    {
        string path = Join(name, $"{coding} {Low}", coding, $"{coding} {Low} {Mono}");
        foreach (int? rate in (int?[])[null, 22050, 48000])
        {
            Waveform whole = AudioFile.Read(path, new(rate));
            foreach (double start in (double[])[0, 2.5, 2.99, 3.2, 9.1, 14.7, 16])
            {
                int from = (int)Math.Round(start * whole.SampleRate, MidpointRounding.AwayFromZero);
                float[] part = AudioFile.Read(path, new(rate), start, 1.5).Samples;
                Assert.Equal(whole.Samples[from..(from + part.Length)], part);
                Assert.Equal((int)Math.Round(1.5 * whole.SampleRate), part.Length);
            }
        }
        Assert.Contains(
            "is not all there",
            Assert.Throws<AudioException>(() => AudioFile.Read(path, new(22050), 10, 9)).Message
        );
    }

    [Fact]
    public void The_channel_that_is_missing_from_some_place_on_is_told()
    {
        string path = Join("channels.mp3", "-c:a libmp3lame", "-c:a libmp3lame -ac 1");
        AudioSettings second = new(null, ChannelMode.Second);
        Assert.Matches(
            @"has one channel at 3\.\d+ s; there is no second",
            Assert.Throws<AudioException>(() => AudioFile.Read(path, second)).Message
        );
        Assert.Equal(2 * 44100, AudioFile.Read(path, second, 0, 2).Samples.Length);
    }

    [Theory]
    [InlineData("bare.mp3", "-c:a libmp3lame -q:a 5 -write_xing 0")]
    [InlineData("adts.aac", "-c:a aac")]
    [InlineData("surround.ac3", "-c:a ac3")]
    [InlineData("layer2.mp2", "-c:a mp2")]
    [InlineData("stream.ts", "-c:a aac")]
    [InlineData("vorbis.ogg", "-c:a libvorbis")]
    [InlineData("opus.opus", "-c:a libopus")]
    [InlineData("whole.wav", "-c:a pcm_s16le")]
    [InlineData("mp3.mka", "-c:a libmp3lame")]
    [InlineData("flac.flac", "-c:a flac")]
    [InlineData("media.wma", "-c:a wmav2")]
    public void The_duration_is_that_of_what_is_there(string name, string options)
    {
        string path = Encode(name, options, 4);
        byte[] bytes = File.ReadAllBytes(path);
        foreach (int cut in (int[])[0, 1000, 3333])
        {
            File.WriteAllBytes(path, bytes[..^cut]);
            AudioInfo info = AudioFile.Info(path);
            Assert.Equal((double)Peer(path, info.SampleRate).Length / info.SampleRate, info.Duration, 1e-6);
            Assert.Equal(info.Duration, AudioFile.Read(path, duration: info.Duration).Duration, 1e-6);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(uint.MaxValue)]
    public void A_wav_with_a_wrong_length_of_its_data_is_as_long_as_ffmpeg_says(uint length)
    {
        string path = Encode("wrong.wav", "-c:a pcm_s16le", 4);
        byte[] bytes = File.ReadAllBytes(path);
        int data = bytes.AsSpan().IndexOf("data"u8) + 4;
        BitConverter.TryWriteBytes(bytes.AsSpan(data), length);
        File.WriteAllBytes(path, bytes);
        Assert.Equal(Peer(path, 44100).Length, AudioFile.Read(path).Samples.Length);
        Assert.Equal(Peer(path, 44100).Length, AudioFile.Info(path).Duration * 44100, 0.5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(0xf_ffff_ffff)]
    public void Flac_whose_header_tells_another_number_of_samples_is_measured(long total)
    {
        string path = Encode("told.flac", "-c:a flac", 4);
        byte[] bytes = File.ReadAllBytes(path);
        // STREAMINFO's 36 bits, from the middle of its byte 13 on; the block begins at 8.
        bytes[8 + 13] = (byte)(bytes[8 + 13] & 0xf0 | (int)(total >> 32));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8 + 14), (uint)total);
        File.WriteAllBytes(path, bytes);
        long before = GC.GetTotalAllocatedBytes();
        Assert.Equal(4, AudioFile.Info(path).Duration, 1e-9);
        Assert.Equal(4 * 44100, AudioFile.Read(path, duration: 4).Samples.Length);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 10_000_000);
    }

    [Fact]
    public void Where_a_long_piece_cannot_be_decoded_the_place_is_told()
    {
        string path = Encode("broken.aac", "-c:a aac -b:a 96k", 8);
        byte[] bytes = File.ReadAllBytes(path);
        // Headers stay, so that the packets are found; what they hold is gone.
        for (int at = bytes.Length / 2; at + 7 < bytes.Length; )
        {
            int length = (bytes[at + 3] & 3) << 11 | bytes[at + 4] << 3 | bytes[at + 5] >> 5;
            if (bytes[at] != 0xff || (bytes[at + 1] & 0xf6) != 0xf0 || length < 7)
            {
                at++;
                continue;
            }
            bytes.AsSpan(at + 7, Math.Min(length, bytes.Length - at) - 7).Fill(0xff);
            at += length;
        }
        File.WriteAllBytes(path, bytes);
        Assert.Matches(
            @"turns into audio that FFmpeg cannot decode after [34]\.\d+ s",
            Assert.Throws<AudioException>(() => AudioFile.Read(path)).Message
        );
        Assert.Equal(3 * 44100, AudioFile.Read(path, duration: 3).Samples.Length);
    }
}
