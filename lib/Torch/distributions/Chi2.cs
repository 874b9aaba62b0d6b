using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The χ² distribution of degrees of freedom.</summary>
    public class Chi2 : Gamma
    {
        public Chi2(Tensor df, Generator? generator = null) : base(df * 0.5, tensor(0.5, dtype: df.dtype, device: df.device), generator) => this.df = Own(df.alias());

        public Tensor df { get; }

        public override distributions.Distribution expand(Size batch_shape, distributions.Distribution? instance = null)
        {
            Alone(instance);
            return new Chi2(df.expand(batch_shape), generator);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class distributions
        {
            public static Chi2 Chi2(Tensor df, Generator? generator = null) => new(df, generator);
        }
    }
}
