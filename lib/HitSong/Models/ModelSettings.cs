using System.Reflection;
using System.Text.Json.Serialization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// A network, and what of it can be chosen: a record for each, named after it, whose defaults are what was published.
/// One of your own is such a record as well, in a library or in a notebook's cell: it is trained, kept, asked, tuned
/// and compared like these, and found by its name (<see cref="Network"/>).
/// </summary>
/// <example><code>
/// using TorchSharp;
/// using static TorchSharp.torch;
/// record TwoLayersSettings : ModelSettings
/// {
///     public int Units { get; init; } = 32;
///
///     protected override nn.Module&lt;Tensor, Tensor> Build(int bands, int frames, int classes) =>
///         nn.Sequential(nn.Flatten(), nn.Linear(bands * frames, Units), nn.ReLU(), nn.Linear(Units, classes));
/// }
/// using var network = new TwoLayersSettings { Units = 64 }.Create(bands: 13, frames: 44, classes: 2);
/// network.parameters().Sum(values => values.numel()) // 36802
/// </code></example>
[JsonConverter(typeof(ModelSettingsConverter))]
public abstract record ModelSettings
{
    /// <summary>The network's name, such as <c>HipHopMlp</c>: the record's without "Settings".</summary>
    [JsonPropertyOrder(-1)]
    public virtual string Network => NameOf(GetType());

    /// <summary>How the weights are drawn at first; a network published in Keras starts as Keras has it.</summary>
    public Initialization Initialization { get; init; }

    /// <summary>
    /// A state dict (<c>.pth</c> or <c>.safetensors</c>) that the weights start from, such as torchvision's
    /// <c>resnet34</c>, whose first and last layer then start fresh.
    /// </summary>
    public string? Weights { get; init; }

    /// <summary>
    /// Parameters that training leaves as they are, by their names in the state dict: one (<c>fc.weight</c>), all of a
    /// module (<c>layer1</c>), or, with * and ?, all that match; null: none. As in PyTorch a batch norm whose
    /// parameters are frozen still takes the mean and variance of what it sees in training.
    /// </summary>
    public IReadOnlyList<string>? Freeze { get; init; }

    /// <summary>
    /// The code of a network that is no part of this library, as the cell has it that defined the record; null where it
    /// is part of it, or where nobody tells.
    /// </summary>
    [JsonIgnore]
    public virtual string? Source => IsOwn ? SourceOf(GetType()) : null;

    /// <summary>The settings of each network of this library, by its name.</summary>
    internal static IReadOnlyDictionary<string, Type> Networks { get; } =
        SettingsIn(typeof(ModelSettings).Assembly).ToDictionary(NameOf, StringComparer.OrdinalIgnoreCase);

    /// <summary>The settings of a network of that name, of this library or of one's own; null: none.</summary>
    internal static Type? Find(string network) =>
        Networks.GetValueOrDefault(network)
        // A cell that was executed again has made another record of the same name.
        ?? AppDomain
            .CurrentDomain.GetAssemblies()
            .Where(MayHaveSettings)
            .SelectMany(SettingsIn)
            .LastOrDefault(type => NameOf(type).Equals(network, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether it is no part of this library.</summary>
    private bool IsOwn => GetType().Assembly != typeof(ModelSettings).Assembly;

    /// <summary>The network, its weights drawn from libtorch's generator (<see cref="manual_seed"/>).</summary>
    /// <param name="bands">Bands or coefficients of a clip; columns of a table.</param>
    /// <param name="frames">Frames of a clip; 1 of a table.</param>
    /// <param name="classes">Classes to tell apart.</param>
    /// <returns>
    /// [N, …] as <see cref="Arrange"/> gives it → probabilities of class 1, [N], or logits, [N, classes].
    /// </returns>
    /// <exception cref="HitSongException">
    /// The network cannot take such clips, tell so many classes apart, or start as asked, or has no parameter that
    /// <see cref="Freeze"/> names.
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
        foreach (string pattern in Freeze ?? [])
        foreach (Parameter frozen in NamedParameters.Of(model, pattern, "Model.Freeze"))
            frozen.requires_grad = false;
        return model;
    }

    /// <summary>Refuses what no such network has.</summary>
    /// <param name="bands">Bands or coefficients of a clip; columns of a table.</param>
    /// <param name="frames">Frames of a clip; 1 of a table.</param>
    /// <exception cref="HitSongException">A layer cannot be so; the message names it.</exception>
    public void Check(int bands, int frames)
    {
        if (IsOwn && Networks.ContainsKey(Network))
            throw new HitSongException($"There is a network {Network} already: give {GetType().Name} another name.");
        if (Fault(bands, frames) is { } fault)
            throw new HitSongException($"{Network} cannot be so: {fault}.");
    }

    /// <summary>Clips as the network takes them.</summary>
    /// <param name="clips">[N, bands, frames].</param>
    /// <returns>The same, where a network does not say otherwise.</returns>
    public virtual Tensor Arrange(Tensor clips) => clips.alias();

    /// <summary>The network in words.</summary>
    public sealed override string ToString() =>
        InWords
        + (
            Initialization == Initialization.PyTorch
                ? ""
                : ". At first kernels are Glorot uniform"
                    + (IsRecurrent ? ", recurrent ones orthogonal" : "")
                    + " and biases 0, as in Keras"
        )
        + (Freeze is null ? "" : $"; not trained: {string.Join(", ", Freeze)}");

    /// <summary>Its layers in words.</summary>
    protected virtual string InWords => $"{Network}, of one's own";

    /// <summary>What clips and classes it takes, in words.</summary>
    protected virtual string Takes => "tells two classes apart";

    /// <summary>Whether there is a recurrent layer.</summary>
    protected virtual bool IsRecurrent => false;

    /// <summary>Parameters that start fresh also where <see cref="Weights"/> are given.</summary>
    protected virtual string[] FreshLayers => [];

    /// <summary>Whether it takes such clips and tells so many classes apart.</summary>
    protected virtual bool Fits(int bands, int frames, int classes) => true;

    /// <summary>What forbids these settings, in words that name the layer; null: nothing.</summary>
    protected virtual string? Fault(int bands, int frames) => null;

    /// <summary>Makes the network.</summary>
    /// <param name="bands">Bands or coefficients of a clip; columns of a table.</param>
    /// <param name="frames">Frames of a clip; 1 of a table.</param>
    /// <param name="classes">Classes to tell apart.</param>
    /// <returns>[N, bands, frames] → probabilities of class 1, [N], or logits, [N, classes].</returns>
    protected abstract nn.Module<Tensor, Tensor> Build(int bands, int frames, int classes);

    private static string NameOf(Type type)
    {
        const string ending = "Settings";
        return type.Name.EndsWith(ending, StringComparison.Ordinal) ? type.Name[..^ending.Length] : type.Name;
    }

    private static bool MayHaveSettings(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Any(r => r.Name == typeof(ModelSettings).Assembly.GetName().Name);

    private static IEnumerable<Type> SettingsIn(Assembly assembly)
    {
        Type?[] types;
        try
        {
            types = assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            types = e.Types;
        }
        return types
            .OfType<Type>()
            .Where(type => type.IsSubclassOf(typeof(ModelSettings)) && !type.IsAbstract)
            .Where(type => type != typeof(MissingNetworkSettings))
            .OrderBy(NameOf, StringComparer.Ordinal);
    }

    // The notebook's engine leaves it there.
    private static string? SourceOf(Type type) =>
        AppContext.GetData($"source of {type.Assembly.GetName().Name}") as string;

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
