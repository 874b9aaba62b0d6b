using HitSong.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Attribution;

/// <summary>
/// Grad-CAM (Selvaraju et al. 2017): where in a spectrogram a convolutional network finds what speaks for a class. The
/// last convolution's channels are summed, each weighed by the mean gradient of the class's score by it; what is above
/// 0 speaks for the class.
/// </summary>
/// <remarks>
/// The map is as fine as the last convolution is, 4 × 3 for a short clip of a ResNet, and drawn larger. For a network
/// that ends in a sigmoid the probability's gradient stands for the logit's: the two differ by a factor, which the
/// scale of the map takes out.
/// </remarks>
/// <example><code>
/// using static TorchSharp.torch;
/// using var network = HipHopCnn.Cnn1();
/// network.eval();
/// GradCam.Maps(network, randn(2, 128, 1292), target: 1, bands: 128, frames: 1292).shape // [2, 128, 1292]
/// </code></example>
public static class GradCam
{
    /// <summary>The maps of some clips.</summary>
    /// <param name="network">The network, set to <c>eval()</c>.</param>
    /// <param name="input">[N, …] as the network takes it.</param>
    /// <param name="target">The class.</param>
    /// <param name="bands">Height of the maps.</param>
    /// <param name="frames">Width of the maps.</param>
    /// <returns>
    /// [N, bands, frames], each 0…1; all 0 where nothing speaks for the class, or where the network is so sure that no
    /// gradient is left.
    /// </returns>
    /// <exception cref="HitSongException">The network is training, or has no such class.</exception>
    public static Tensor Maps(ConvolutionalNetwork network, Tensor input, int target, int bands, int frames)
    {
        if (network.training)
            throw new HitSongException("Grad-CAM asks a network that is done with training: call its eval() first.");
        using DisposeScope scope = NewDisposeScope();
        Tensor activations;
        using (no_grad())
            activations = network.Activations(input).detach().requires_grad_();
        using IDisposable mode = enable_grad();
        Tensor answer = network.Answer(activations);
        int classes = answer.dim() == 1 ? 2 : (int)answer.shape[1];
        if (target < 0 || target >= classes)
            throw new HitSongException($"There is no class {target}: the network has the classes 0 to {classes - 1}.");
        Tensor score =
            answer.dim() == 2 ? answer.select(1, target)
            : target == 1 ? answer
            : -answer;
        Tensor gradient = autograd.grad([score.sum()], [activations])[0];
        Tensor maps = (gradient.mean([2L, 3L], keepdim: true) * activations).sum(1, keepdim: true).relu().detach();
        Tensor large = nn
            .functional.interpolate(maps, [bands, frames], mode: InterpolationMode.Bilinear, align_corners: false)
            .squeeze(1);
        return (large / large.amax([1L, 2L]).clamp_min(1e-30).reshape(-1, 1, 1)).MoveToOuterDisposeScope();
    }
}
