using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>A network, and what of it can be chosen.</summary>
/// <param name="Network">Which.</param>
public sealed record ModelSettings(Network Network)
{
    /// <summary>
    /// <c>tiktok-lstm</c>: whether it recurs over a clip's frames, or, as published, over the clips of a batch.
    /// </summary>
    public bool RecurOverTime { get; init; } = true;

    /// <summary>
    /// <c>tiktok-lstm</c>: whether the bias before its ReLU starts at 1, which keeps it from being shut from the start.
    /// </summary>
    public bool OpenRelu { get; init; }

    /// <summary>
    /// A state dict (<c>.pth</c> or <c>.safetensors</c>) that the weights start from, such as torchvision's
    /// <c>resnet34</c>, whose first and last layer then start fresh.
    /// </summary>
    public string? Weights { get; init; }

    /// <summary>The network, its weights drawn from libtorch's generator (<see cref="manual_seed"/>).</summary>
    /// <param name="bands">Bands or coefficients of a clip; columns of a table.</param>
    /// <param name="frames">Frames of a clip; 1 of a table.</param>
    /// <param name="classes">Classes to tell apart.</param>
    /// <returns>
    /// [N, …] as <see cref="Arrange"/> gives it → probabilities of class 1, [N], or logits, [N, classes].
    /// </returns>
    /// <exception cref="HitSongException">
    /// The network cannot take such clips, or tell so many classes apart.
    /// </exception>
    public nn.Module<Tensor, Tensor> Create(int bands, int frames, int classes)
    {
        bool fits = Network switch
        {
            Network.TikTokLstm => (bands, frames, classes) == (TikTokLstm.Coefficients, TikTokLstm.Frames, 2),
            Network.HipHopMlp or Network.HipHopCnn1 or Network.HipHopCnn2 => classes == 2,
            Network.HipHopCrnn => (bands, classes) == (128, 2) && frames >= 16,
            Network.SpectrogramCnn => classes == 3,
            Network.SpotifyMlp => frames == 1,
            Network.DescriptorMlp => bands >= 6 && frames >= 2,
            _ => true,
        };
        if (!fits)
            throw new HitSongException(
                $"{Network} {Takes()}; these settings give clips of {bands} × {frames} and {classes} "
                    + "classes. Leave features, clips and label as the recipe has them, or take another "
                    + "network."
            );
        nn.Module<Tensor, Tensor> model = Network switch
        {
            Network.ResNet34 => ResNet.ResNet34(1, classes),
            Network.ResNet18 => ResNet.ResNet18(1, classes),
            Network.HipHopMlp => new HipHopMlp(bands, frames),
            Network.HipHopCnn1 => HipHopCnn.Cnn1(bands, frames),
            Network.HipHopCnn2 => HipHopCnn.Cnn2(bands, frames),
            Network.HipHopCrnn => new HipHopCrnn(),
            Network.TikTokLstm => new TikTokLstm(RecurOverTime, OpenRelu),
            Network.SpectrogramCnn => new SpectrogramCnn(3, SpectrogramCnn.Pixels, SpectrogramCnn.Pixels),
            Network.DescriptorMlp => new DescriptorMlp(classes),
            _ => new SpotifyMlp(bands, classes),
        };
        // The layers that a recipe replaces have other shapes than torchvision's.
        if (Weights is { } path)
            Checkpoint.Load(model, path, skip: model is ResNet ? ["conv1.weight", "fc.weight", "fc.bias"] : []);
        return model;
    }

    /// <summary>Clips as the network takes them.</summary>
    /// <param name="clips">[N, bands, frames].</param>
    /// <returns>
    /// <c>tiktok-lstm</c>: [N, frames, bands]; ResNet: [N, 1, bands, frames]; <c>spectrogram-cnn</c>: a coloured
    /// picture, [N, 3, 128, 128]; <c>spotify-mlp</c>: [N, columns]; else as they are.
    /// </returns>
    public Tensor Arrange(Tensor clips) =>
        Network switch
        {
            Network.TikTokLstm => clips.transpose(1, 2).contiguous(),
            Network.ResNet34 or Network.ResNet18 => clips.unsqueeze(1),
            Network.SpectrogramCnn => SpectrogramCnn.Picture(clips),
            Network.SpotifyMlp => clips.flatten(1),
            _ => clips.alias(),
        };

    /// <summary>The network in words.</summary>
    public override string ToString() =>
        Network switch
        {
            Network.ResNet34 or Network.ResNet18 => $"{Network}, one channel"
                + (Weights is null ? ", fresh weights" : $", weights from {Path.GetFileName(Weights)}"),
            Network.HipHopMlp => "flatten → 128 → 64 → 1, ReLU; sigmoid",
            Network.HipHopCnn1 =>
                "convolutions 3×3 with 16, 32, 64, 128 filters, ReLU, max pooling; 128, dropout 0.3; 1, sigmoid",
            Network.HipHopCnn2 =>
                "convolutions 2×3 with 32, 64, 128 filters and 3×3 with 128, ReLU, max pooling; 128; 1, sigmoid",
            Network.HipHopCrnn =>
                "convolutions 3×3 with 64, 128, 128, 128 filters, ELU, max pooling, dropout 0.1; GRU 32, "
                    + "GRU 32, dropout 0.3; 1, sigmoid",
            Network.TikTokLstm => "LSTM 13→64, 2 layers, bidirectional, over "
                + $"{(RecurOverTime ? "the frames of a clip" : "the clips of a batch")}; dropout 0.5; "
                + $"128→1, ReLU{(OpenRelu ? " with a bias of 1 at first" : "")}; 44→1, sigmoid",
            Network.SpectrogramCnn =>
                "convolution 3×3 with 32 filters, ReLU, max pooling 2×2; 64, ReLU, dropout 0.5; 3",
            Network.DescriptorMlp =>
                "nine descriptors (loudness, centroids, onset strengths), batch norm; 16, GELU, dropout "
                    + "0.2; a logit for each class",
            _ => "80, 80, 80, ReLU; a logit for each class",
        };

    private string Takes() =>
        Network switch
        {
            Network.TikTokLstm => "takes 13 coefficients of 44 frames and tells two classes apart",
            Network.HipHopCrnn => "takes 128 bands of 16 frames and more and tells two classes apart",
            Network.SpectrogramCnn => "tells three classes apart",
            Network.SpotifyMlp => "takes the columns of a table",
            Network.DescriptorMlp => "takes a mel spectrogram of six bands and two frames and more",
            _ => "tells two classes apart",
        };
}
