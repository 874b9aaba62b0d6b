using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// The recurrent network of the experiment <c>tiktok-lstm</c>: MFCC clips [N, 44, 13] → probability of being popular
/// [N]. LSTM 13→64 (2 layers, bidirectional), dropout 0.5, linear 128→1, ReLU, linear 44→1, sigmoid; 139,950 parameters
/// under the published names <c>lstm1.*</c>, <c>fc.*</c> and <c>fc2.*</c>.
/// </summary>
/// <remarks>
/// The published text lists the dropout without its place; between the LSTM and the first linear layer is our reading.
/// </remarks>
/// <example><code>
/// using static TorchSharp.torch;
/// // The probability of each clip.
/// using var network = new TikTokLstm(batchFirst: true);
/// network.call(randn(8, TikTokLstm.Frames, TikTokLstm.Coefficients)).shape // [8]
/// </code></example>
public sealed class TikTokLstm : nn.Module<Tensor, Tensor>
{
    /// <summary>Time frames in a clip.</summary>
    public const int Frames = 44;

    /// <summary>MFCC coefficients in a frame.</summary>
    public const int Coefficients = 13;

    private readonly LSTM lstm1;
    private readonly Dropout dropout;
    private readonly Linear fc;
    private readonly Linear fc2;

    /// <param name="batchFirst">
    /// False as published: the LSTM takes the first dimension for time, recurs over the clips of the batch, and one
    /// clip's prediction depends on its neighbours. True as audited: it recurs over the frames of each clip.
    /// </param>
    /// <param name="openRelu">
    /// Whether the bias before the ReLU starts at 1. Where it starts as usual, around 0, the ReLU can be shut for every
    /// clip and frame from the first batch on: no gradient passes, and the network answers with one constant for ever.
    /// </param>
    public TikTokLstm(bool batchFirst, bool openRelu = false)
        : this(new() { RecurOverTime = batchFirst, OpenRelu = openRelu }) { }

    /// <param name="settings">Its layers.</param>
    public TikTokLstm(TikTokLstmSettings settings)
        : base(nameof(TikTokLstm))
    {
        lstm1 = nn.LSTM(
            Coefficients,
            settings.HiddenUnits,
            settings.RecurrentLayers,
            batchFirst: settings.RecurOverTime,
            bidirectional: settings.Bidirectional
        );
        dropout = nn.Dropout(settings.Dropout);
        fc = nn.Linear(settings.HiddenUnits * (settings.Bidirectional ? 2 : 1), 1);
        fc2 = nn.Linear(Frames, 1);
        if (settings.OpenRelu)
            nn.init.ones_(fc.bias!);
        RegisterComponents();
    }

    /// <param name="input">[N, 44, 13].</param>
    /// <returns>Probabilities, [N].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor output, _, _) = lstm1.call(input);
        Tensor frames = nn.functional.relu(fc.call(dropout.call(output))).squeeze(2);
        return fc2.call(frames).sigmoid().squeeze(1).MoveToOuterDisposeScope();
    }
}
