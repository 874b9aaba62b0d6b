using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// What was kept of a network of one's own where this program does not have it: its run can be looked at and compared,
/// but not asked or trained.
/// </summary>
/// <param name="Kept">Its settings, as JSON.</param>
internal sealed record MissingNetworkSettings(JsonObject Kept) : ModelSettings
{
    /// <inheritdoc/>
    public override string Network => Kept[nameof(Network)]!.ToString();

    /// <inheritdoc/>
    protected override nn.Module<Tensor, Tensor> Build(int bands, int frames, int classes) =>
        throw new HitSongException(
            $"This program has no network {Network}: run the cell first that defines {Network}Settings (network.cs "
                + "beside the run's weights holds it, where it was a cell)."
        );
}
