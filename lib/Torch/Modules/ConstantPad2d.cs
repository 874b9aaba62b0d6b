using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Pads the last two dimensions with a value.</summary>
    public sealed class ConstantPad2d : PadBase
    {
        internal ConstantPad2d(long[] padding, double value) : base(nameof(ConstantPad2d), PaddingModes.Constant, value, padding) { }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.ConstantPad2d ConstantPad2d(long padding, double value) => new([padding, padding, padding, padding], value);
            public static Modules.ConstantPad2d ConstantPad2d((long, long, long, long) padding, double value) => new([padding.Item1, padding.Item2, padding.Item3, padding.Item4], value);
        }
    }
}
