using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Pads the last two dimensions with zeros.</summary>
    public sealed class ZeroPad2d : PadBase
    {
        internal ZeroPad2d(long[] padding) : base(nameof(ZeroPad2d), PaddingModes.Constant, 0, padding) { }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.ZeroPad2d ZeroPad2d(long padding) => new([padding, padding, padding, padding]);
            public static Modules.ZeroPad2d ZeroPad2d((long, long, long, long) padding) => new([padding.Item1, padding.Item2, padding.Item3, padding.Item4]);
        }
    }
}
