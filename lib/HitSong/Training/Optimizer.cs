namespace HitSong.Training;

/// <summary>What turns gradients into steps.</summary>
public enum Optimizer
{
    /// <summary>Stochastic gradient descent.</summary>
    Sgd,

    /// <summary>Adam (Kingma and Ba 2015) with its usual betas.</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
    AdamW,

    /// <summary>RMSprop (Hinton 2012), α = 0.99.</summary>
    RmsProp,
}
