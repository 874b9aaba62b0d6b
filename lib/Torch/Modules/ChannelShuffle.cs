using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The channels in another order: the first of each group, then the second of each, and so on.</summary>
    public sealed class ChannelShuffle : nn.Module<Tensor, Tensor>
    {
        internal ChannelShuffle(long groups) : base(nameof(ChannelShuffle)) => this.groups = groups;

        public long groups { get; set; }

        public override Tensor forward(Tensor tensor) => tensor.channel_shuffle(groups);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.ChannelShuffle ChannelShuffle(long groups) => new(groups);
        }
    }
}
