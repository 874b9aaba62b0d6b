using HitSong.Audio;
using HitSong.Charts;
using HitSong.Features;
using Tests;

namespace HitSong.Tests.Charts;

public sealed class SoundPictureTests : IDisposable
{
    private const int Rate = 22_050,
        Width = 500;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Fifteen seconds of A, then of noise, all in beats of half a second.
    private static float[] Song()
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, 30 * Rate).Select(Sample)];

        float Sample(int i)
        {
            double beat = Math.Exp(-(i % 11_025) / 4000.0);
            return (float)(
                0.4 * beat * (i < 15 * Rate ? Math.Sin(2 * Math.PI * 440 * i / Rate) : random.NextDouble() - 0.5)
            );
        }
    }

    private (byte[] Pixels, int Height) Read(SoundPicture picture)
    {
        picture.Save(folder.At("песня.png"));
        byte[] pixels = Audio.Ffmpeg.Run("-i", folder.At("песня.png"), "-f", "rawvideo", "-pix_fmt", "rgb24", "-");
        return (pixels, pixels.Length / 3 / Width);
    }

    [Fact]
    public void Panels_lie_above_one_another_along_one_time()
    {
        SoundPicture picture = new(new(Song(), Rate), Width, "A < B");
        (byte[] pixels, int height) = Read(picture);
        Assert.Equal(670, height);
        (int R, int G, int B) At(int x, int y) =>
            (pixels[3 * (y * Width + x)], pixels[3 * (y * Width + x) + 1], pixels[3 * (y * Width + x) + 2]);
        int Brightness(int x, int y) => At(x, y).R + At(x, y).G + At(x, y).B;
        int X(double seconds) => picture.Plot.Left + (int)(seconds / 30 * picture.Plot.Width);

        // The sections' bar changes its colour where the sound does.
        double boundary = Assert.Single(picture.Description.Structure.Boundaries);
        Assert.Equal(15, boundary, 0.6);
        const int bar = 635;
        Assert.Equal((31, 119, 180), At(X(boundary) - 4, bar));
        Assert.Equal((200, 200, 200), At(X(boundary) + 4, bar));
        // A line at it goes through all above.
        foreach (int y in (int[])[30, 200, 400, 550])
            Assert.Contains(Enumerable.Range(-2, 5), dx => At(X(boundary) + dx, y) == (0, 200, 255));

        // The tone's chroma is in the row of A, the ninth from below of twelve, of 320 to 476.
        int row = 476 - (int)(9.5 * 13);
        Assert.True(Brightness(X(7.1), row) > Brightness(X(7.1), row + 39) + 150);
        // Noise has high frequencies, the tone none.
        Assert.True(Brightness(X(20.1), 130) > Brightness(X(7.1), 130) + 100);
        // The tempogram is bright about 120 beats a minute, where the line of the tempo is, dark about 90 and 180.
        int Tempo(double tempo) => 606 - (int)(110 * Math.Log(tempo / 40) / Math.Log(6));
        int Brightest(double tempo) =>
            Enumerable
                .Range(Tempo(tempo) - 4, 9)
                .Where(y => At(X(7.1), y) != (0, 200, 255))
                .Max(y => Brightness(X(7.1), y));
        Assert.Contains(Enumerable.Range(-2, 5), dy => At(X(7.1), Tempo(120) + dy) == (0, 200, 255));
        Assert.True(Brightest(120) > Brightest(180) + 150, $"{Brightest(120)} at 120, {Brightest(180)} at 180");
        Assert.True(Brightest(120) > Brightest(90) + 150, $"{Brightest(120)} at 120, {Brightest(90)} at 90");

        var bundle = picture.ToMimeBundle();
        string html = (string)bundle["text/html"];
        Assert.Contains("<audio", html);
        Assert.Contains("A &lt; B", html);
        Assert.Contains("tempo_confidence", html);
        Assert.Contains("beats/min", (string)bundle["text/plain"]);
    }

    [Fact]
    public void A_file_has_the_picture_of_its_sound_and_what_browsers_do_not_play_is_played_too()
    {
        Waveform sound = new(Song()[..(4 * Rate)], Rate);
        string wav = folder.At("song.wav");
        Wav.Write(wav, sound.Samples, Rate);
        Assert.Equal(new SoundPicture(sound, Width).ToPng(), new SoundPicture(wav, Width).ToPng());
        string wma = folder.At("song.wma");
        Audio.Ffmpeg.Run("-i", wav, wma);
        Assert.Contains("data:audio/wav", (string)new SoundPicture(wma).ToMimeBundle()["text/html"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(400)]
    [InlineData(30_000)]
    public void Silence_and_moments_have_a_picture(int samples)
    {
        SoundPicture picture = new(new Waveform(new float[samples], Rate), Width);
        Assert.Equal(670, Read(picture).Height);
        Assert.Equal("no tempo, no key, no loudness", picture.ToString());
    }

    [Fact]
    public void What_has_no_picture_is_refused()
    {
        Assert.Contains(
            "no sound",
            Assert.Throws<FeatureException>(() => new SoundPicture(new Waveform([], Rate))).Message
        );
        Assert.Throws<FeatureException>(() => new SoundPicture(new Waveform(new float[100], Rate), width: 100));
        File.WriteAllText(folder.At("bad.mp3"), "no audio");
        Assert.Throws<AudioException>(() => new SoundPicture(folder.At("bad.mp3")));
    }

    [Fact]
    public void Read_in_parts_a_sound_has_the_frames_of_the_whole()
    {
        float[] song = Song();
        ReadOnlyMemory<float> left = song;
        SoundFrames frames = SoundFrames.Of(
            samples =>
            {
                int count = Math.Min(samples.Length, left.Length);
                left[..count].CopyTo(samples);
                left = left[count..];
                return count;
            },
            tuning: 0
        );
        FeatureMatrix mel = Decibel.FromPower(new MelSpectrogram(MelSettings.Librosa).Compute(song)),
            chroma = Chroma.Compute(new Stft(StftSettings.Librosa).Power(song), Rate);
        Assert.Equal((mel.Frames, mel.Frames), (frames.Mel.Frames, frames.Lows.Length));
        for (int i = 0; i < mel.Values.Length; i++)
            Assert.Equal(mel.Values[i], frames.Mel.Values[i], 1e-3);
        for (int i = 0; i < chroma.Values.Length; i++)
            Assert.Equal(chroma.Values[i], frames.Chroma.Values[i], 1e-3);
        Assert.Equal(song.Max(), frames.Highs.Max());
        Assert.Equal(song.Min(), frames.Lows.Min());
    }
}
