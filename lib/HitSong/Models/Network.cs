namespace HitSong.Models;

/// <summary>The networks that a recipe can name.</summary>
public enum Network
{
    /// <summary><see cref="ResNet.ResNet34"/>, of <c>views-resnet</c>.</summary>
    ResNet34,

    /// <summary><see cref="ResNet.ResNet18"/>, the smaller one.</summary>
    ResNet18,

    /// <summary><see cref="Models.HipHopMlp"/>.</summary>
    HipHopMlp,

    /// <summary><see cref="HipHopCnn.Cnn1"/>.</summary>
    HipHopCnn1,

    /// <summary><see cref="HipHopCnn.Cnn2"/>.</summary>
    HipHopCnn2,

    /// <summary><see cref="Models.HipHopCrnn"/>.</summary>
    HipHopCrnn,

    /// <summary><see cref="Models.TikTokLstm"/>.</summary>
    TikTokLstm,

    /// <summary><see cref="Models.SpectrogramCnn"/>.</summary>
    SpectrogramCnn,

    /// <summary><see cref="Models.SpotifyMlp"/>.</summary>
    SpotifyMlp,

    /// <summary><see cref="Models.DescriptorMlp"/>, our own.</summary>
    DescriptorMlp,
}
