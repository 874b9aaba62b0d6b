namespace HitSong.Models;

/// <summary>How a network's weights are drawn at first.</summary>
public enum Initialization
{
    /// <summary>
    /// PyTorch's defaults: kernels and biases uniform within ±1/√(fan in), of recurrent layers within ±1/√(units).
    /// </summary>
    PyTorch,

    /// <summary>
    /// Keras' defaults: kernels Glorot uniform, within ±√(6 / (fan in + fan out)) (Glorot and Bengio 2010), all gates
    /// of a recurrent layer being one kernel; recurrent kernels orthogonal (Saxe et al. 2014); biases 0.
    /// </summary>
    Keras,
}
