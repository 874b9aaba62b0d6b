using System.Text.Json.Serialization;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>What of <see cref="SpectrogramCnn"/> can be chosen.</summary>
public sealed record SpectrogramCnnSettings : ModelSettings
{
    /// <summary>Height and width of its pictures.</summary>
    public int Pixels { get; init; } = SpectrogramCnn.Pixels;

    /// <summary>
    /// Whether clips are pictures already, [N, 3 · pixels, pixels], 0…1; else spectrograms, of which they are drawn.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool LooksAtPictures { get; init; }

    /// <summary>Filters of each convolution.</summary>
    public IReadOnlyList<int> Filters { get; init; } = [32];

    /// <summary>Height and width of each convolution's kernel; beyond the edges lies nothing.</summary>
    public IReadOnlyList<int[]> Kernels { get; init; } =
    [
        [3, 3],
    ];

    /// <summary>Height and width of the max pooling after each convolution.</summary>
    public IReadOnlyList<int[]> Pools { get; init; } =
    [
        [2, 2],
    ];

    /// <summary>Units of the dense layers between the convolutions and the last.</summary>
    public IReadOnlyList<int> Units { get; init; } = [64];

    /// <summary>After each convolution and each dense layer.</summary>
    public Activation Activation { get; init; } = Activation.ReLU;

    /// <summary>Share that is dropped after each dense layer in training.</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>Clips as coloured pictures.</summary>
    /// <param name="clips">[N, bands, frames] dB, or pictures.</param>
    /// <returns>[N, 3, pixels, pixels].</returns>
    public override Tensor Arrange(Tensor clips) =>
        LooksAtPictures ? clips.reshape(-1, 3, Pixels, Pixels) : SpectrogramCnn.Picture(clips, Pixels);

    /// <inheritdoc/>
    protected override string InWords =>
        $"{Layers.InWords(Filters, Kernels)}, {Activation}, max pooling "
        + $"{string.Join(", ", Pools.Select(Layers.InWords))}; "
        + $"{Layers.InWords(Units, Activation, Dropout)}; 3";

    /// <inheritdoc/>
    protected override string Takes => "tells three classes apart";

    /// <inheritdoc/>
    protected override bool Fits(int bands, int frames, int classes) => classes == 3;

    /// <inheritdoc/>
    protected override string? Fault(int bands, int frames) =>
        (Pixels is >= 8 and <= 1024 ? null : $"Pixels is {Pixels}, of 8 to 1,024")
        ?? Layers.FaultOfConvolutions(Filters, Kernels, Pools, Pixels, Pixels, same: false)
        ?? Layers.FaultOfDense(Units, Dropout);

    /// <inheritdoc/>
    protected override nn.Module<Tensor, Tensor> Build(int bands, int frames, int classes) =>
        new SpectrogramCnn(this, 3, Pixels, Pixels);
}
