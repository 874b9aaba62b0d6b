using static TorchSharp.torch;

namespace HitSong.Training;

/// <summary>A batch as the network gets it.</summary>
/// <param name="Values">[batch, …].</param>
/// <param name="Labels">
/// [batch] classes, or [batch] or [batch, classes] shares of them; null where nothing is learnt.
/// </param>
/// <param name="Count">Items in it.</param>
internal sealed record Batch(Tensor Values, Tensor? Labels, int Count) : IDisposable
{
    public void Dispose()
    {
        Values.Dispose();
        Labels?.Dispose();
    }
}
