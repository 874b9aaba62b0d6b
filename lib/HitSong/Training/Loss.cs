using static TorchSharp.torch;

namespace HitSong.Training;

/// <summary>
/// Binary cross entropy of [N] probabilities, or cross entropy of [N, C] logits, with class weights and label
/// smoothing.
/// </summary>
internal sealed class Loss(int classes, double[]? weights, double smoothing, Device device) : IDisposable
{
    private readonly Tensor? classWeights = weights is null
        ? null
        : tensor(Array.ConvertAll(weights, w => (float)w), device: device);

    public Tensor Of(Tensor answer, Tensor labels)
    {
        if (classes > 0)
            return nn.functional.cross_entropy(answer, labels, classWeights, label_smoothing: smoothing);
        Tensor? weight = weights is null ? null : labels * (weights[1] - weights[0]) + weights[0];
        return nn.functional.binary_cross_entropy(
            answer,
            smoothing == 0 ? labels : labels * (1 - smoothing) + smoothing / 2,
            weight
        );
    }

    public void Dispose() => classWeights?.Dispose();
}
