using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Alpha dropout of whole channels.</summary>
    public sealed class FeatureAlphaDropout : nn.Module<Tensor, Tensor>
    {
        internal FeatureAlphaDropout(double p, bool inplace) : base(nameof(FeatureAlphaDropout))
        {
            this.p = p;
            this.inplace = inplace;
        }

        public double p { get; set; }
        public bool inplace { get; set; }

        public override Tensor forward(Tensor input) => nn.functional.feature_alpha_dropout(input, p, training, inplace);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.FeatureAlphaDropout FeatureAlphaDropout(double p = 0.5) => new(p, false);
            public static Modules.FeatureAlphaDropout FeatureAlphaDropout(double p, bool inplace) => new(p, inplace);
        }
    }
}
