using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Corpus;

/// <summary>Pictures as networks look at them: red, green and blue, one after the other.</summary>
internal static class PictureFile
{
    // A side of what is decoded: a file of some bytes can claim any size.
    private const int LongestSide = 8192;

    // What makes neighbours alike, and a level beyond which files shrink by 1% only.
    private static readonly SKPngEncoderOptions encoding = new(SKPngEncoderFilterFlags.Sub, zLibLevel: 3);

    /// <summary>A picture's height and width, pixels, of which nothing is decoded yet.</summary>
    /// <param name="path">A PNG, JPEG, WebP, GIF or BMP.</param>
    /// <exception cref="CorpusException">It is missing, no picture, or too large.</exception>
    public static (int Height, int Width) SizeOf(string path)
    {
        using SKCodec codec = Open(path);
        return (codec.Info.Height, codec.Info.Width);
    }

    /// <summary>
    /// A picture of a side, averaged down to it or its pixels repeated up to it; what lets light through counts as it
    /// is.
    /// </summary>
    /// <param name="path">A PNG, JPEG, WebP, GIF or BMP.</param>
    /// <param name="side">Height and width, pixels.</param>
    /// <returns>[3 · side · side] red, then green, then blue, row by row from the top.</returns>
    /// <exception cref="CorpusException">It is missing, damaged, cut off, no picture, or too large.</exception>
    public static byte[] Read(string path, int side)
    {
        using SKCodec codec = Open(path);
        SKImageInfo info = new(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        byte[] pixels = new byte[info.BytesSize];
        SKCodecResult result;
        unsafe
        {
            fixed (byte* first = pixels)
                result = codec.GetPixels(info, (nint)first);
        }
        if (result != SKCodecResult.Success)
            throw new CorpusException(
                $"is damaged{(result == SKCodecResult.IncompleteInput ? ": it is cut off" : "")}; make or get it again"
            );
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        Tensor rgb = tensor(pixels, [info.Height, info.Width, 4]).permute(2, 0, 1)[..3];
        if ((info.Height, info.Width) != (side, side))
            rgb = nn.functional.adaptive_avg_pool2d(rgb.to(float32), [side, side]).round().to(uint8);
        return rgb.contiguous().data<byte>().ToArray();
    }

    /// <summary>The PNG of a picture.</summary>
    /// <param name="picture">[3, height, width], 0…1.</param>
    public static byte[] ToPng(Tensor picture)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor opaque = ones(1, picture.shape[1], picture.shape[2]);
        byte[] pixels = (cat([picture, opaque]) * 255)
            .round()
            .to(uint8)
            .permute(1, 2, 0)
            .contiguous()
            .data<byte>()
            .ToArray();
        SKImageInfo info = new((int)picture.shape[2], (int)picture.shape[1], SKColorType.Rgba8888, SKAlphaType.Opaque);
        unsafe
        {
            fixed (byte* first = pixels)
            {
                using SKPixmap pixmap = new(info, (nint)first);
                using SKData encoded = pixmap.Encode(encoding)!;
                return encoded.ToArray();
            }
        }
    }

    private static SKCodec Open(string path)
    {
        SKCodec? codec = SKCodec.Create(path, out SKCodecResult result);
        if (codec is null)
            throw new CorpusException(
                File.Exists(path) ? "is no picture that can be read; PNG, JPEG, WebP, GIF and BMP can" : "is missing"
            );
        if (codec.Info is { Width: <= LongestSide, Height: <= LongestSide })
            return codec;
        using (codec)
            throw new CorpusException($"is {codec.Info.Width} × {codec.Info.Height} pixels, of {LongestSide} a side");
    }
}
