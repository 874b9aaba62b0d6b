namespace HitSong.Models;

/// <summary>What stands between a network's layers.</summary>
public enum Activation
{
    /// <summary>max(0, x).</summary>
    ReLU,

    /// <summary>x above 0, below it eˣ − 1 (Clevert et al. 2016).</summary>
    ELU,

    /// <summary>x · Φ(x), Φ being the normal distribution (Hendrycks and Gimpel 2016).</summary>
    GELU,

    /// <summary>x above 0, below it 0.01 · x (Maas et al. 2013).</summary>
    LeakyReLU,

    /// <summary>x · sigmoid(x) (Elfwing et al. 2018).</summary>
    SiLU,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,
}
