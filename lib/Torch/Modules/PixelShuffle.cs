using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>[…, channels × r², height, width] → […, channels, height × r, width × r].</summary>
    public sealed class PixelShuffle : nn.Module<Tensor, Tensor>
    {
        internal PixelShuffle(long upscale_factor) : base(nameof(PixelShuffle)) => this.upscale_factor = upscale_factor;

        public long upscale_factor { get; set; }

        public override Tensor forward(Tensor input) => nn.functional.pixel_shuffle(input, upscale_factor);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.PixelShuffle PixelShuffle(long upscale_factor) => new(upscale_factor);
        }
    }
}
