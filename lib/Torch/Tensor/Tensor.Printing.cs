namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>As PyTorch prints it.</summary>
        public override string ToString() => IsInvalid ? "<Tensor, disposed>" : this.str();
    }
}
