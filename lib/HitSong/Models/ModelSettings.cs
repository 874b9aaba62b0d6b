using System.Text.Json.Serialization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// A network, and what of it can be chosen: a record for each, named after it, whose defaults are what was published.
/// One that is added here is found by its name (<see cref="Network"/>).
/// </summary>
[JsonConverter(typeof(ModelSettingsConverter))]
public abstract record ModelSettings
{
    /// <summary>The network's name, such as <c>HipHopMlp</c>: the record's without "Settings".</summary>
    [JsonPropertyOrder(-1)]
    public string Network => NameOf(GetType());

    /// <summary>How the weights are drawn at first; a network published in Keras starts as Keras has it.</summary>
    public Initialization Initialization { get; init; }

    /// <summary>
    /// A state dict (<c>.pth</c> or <c>.safetensors</c>) that the weights start from, such as torchvision's
    /// <c>resnet34</c>, whose first and last layer then start fresh.
    /// </summary>
    public string? Weights { get; init; }

    /// <summary>The settings of each network, by its name.</summary>
    internal static IReadOnlyDictionary<string, Type> Networks { get; } =
        typeof(ModelSettings)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(ModelSettings)) && !type.IsAbstract)
            .OrderBy(NameOf, StringComparer.Ordinal)
            .ToDictionary(NameOf, StringComparer.OrdinalIgnoreCase);

    /// <summary>The network, its weights drawn from libtorch's generator (<see cref="manual_seed"/>).</summary>
    /// <param name="bands">Bands or coefficients of a clip; columns of a table.</param>
    /// <param name="frames">Frames of a clip; 1 of a table.</param>
    /// <param name="classes">Classes to tell apart.</param>
    /// <returns>
    /// [N, …] as <see cref="Arrange"/> gives it → probabilities of class 1, [N], or logits, [N, classes].
    /// </returns>
    /// <exception cref="HitSongException">
    /// The network cannot take such clips, tell so many classes apart, or start as asked.
    /// </exception>
    public nn.Module<Tensor, Tensor> Create(int bands, int frames, int classes)
    {
        if (!Fits(bands, frames, classes))
            throw new HitSongException(
                $"{Network} {Takes}; these settings give clips of {bands} × {frames} and {classes} "
                    + "classes. Leave features, clips and label as the recipe has them, or take another "
                    + "network."
            );
        Check(bands, frames);
        nn.Module<Tensor, Tensor> model = Build(bands, frames, classes);
        if (Initialization == Initialization.Keras)
            DrawAsKeras(model);
        if (Weights is { } path)
            Checkpoint.Load(model, path, skip: FreshLayers);
        return model;
    }

    /// <summary>Refuses what no such network has.</summary>
    /// <param name="bands">Bands or coefficients of a clip; columns of a table.</param>
    /// <param name="frames">Frames of a clip; 1 of a table.</param>
    /// <exception cref="HitSongException">A layer cannot be so; the message names it.</exception>
    public void Check(int bands, int frames)
    {
        if (Fault(bands, frames) is { } fault)
            throw new HitSongException($"{Network} cannot be so: {fault}.");
    }

    /// <summary>Clips as the network takes them.</summary>
    /// <param name="clips">[N, bands, frames].</param>
    /// <returns>The same, where a network does not say otherwise.</returns>
    public virtual Tensor Arrange(Tensor clips) => clips.alias();

    /// <summary>The network in words.</summary>
    public sealed override string ToString() =>
        Initialization == Initialization.PyTorch
            ? InWords
            : $"{InWords}. At first kernels are Glorot uniform"
                + (IsRecurrent ? ", recurrent ones orthogonal" : "")
                + " and biases 0, as in Keras";

    /// <summary>Its layers in words.</summary>
    protected abstract string InWords { get; }

    /// <summary>What clips and classes it takes, in words.</summary>
    protected virtual string Takes => "tells two classes apart";

    /// <summary>Whether there is a recurrent layer.</summary>
    protected virtual bool IsRecurrent => false;

    /// <summary>Parameters that start fresh also where <see cref="Weights"/> are given.</summary>
    protected virtual string[] FreshLayers => [];

    /// <summary>Whether it takes such clips and tells so many classes apart.</summary>
    protected virtual bool Fits(int bands, int frames, int classes) => true;

    /// <summary>What forbids these settings, in words that name the layer; null: nothing.</summary>
    protected abstract string? Fault(int bands, int frames);

    /// <summary>Makes the network.</summary>
    protected abstract nn.Module<Tensor, Tensor> Build(int bands, int frames, int classes);

    private static string NameOf(Type type) => type.Name[..^"Settings".Length];

    private void DrawAsKeras(nn.Module model)
    {
        foreach (nn.Module layer in model.modules())
        {
            if (layer is LSTM)
                throw new HitSongException(
                    $"{Network} was published in PyTorch, and its LSTM does not start as in Keras: leave "
                        + "Model.Initialization at PyTorch."
                );
            // A batch norm starts the same in both.
            if (layer is not (Linear or Conv2d or GRU))
                continue;
            foreach ((string name, Parameter weights) in layer.named_parameters(recurse: false))
                if (name.StartsWith("bias", StringComparison.Ordinal))
                    nn.init.zeros_(weights);
                else if (name.StartsWith("weight_hh", StringComparison.Ordinal))
                    nn.init.orthogonal_(weights);
                else
                    nn.init.xavier_uniform_(weights);
        }
    }
}
