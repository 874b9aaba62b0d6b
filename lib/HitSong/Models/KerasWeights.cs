using System.Globalization;
using PureHDF;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// The dense layers of a Keras file (HDF5), as <c>model.save</c> and <c>model.save_weights</c> write it: in Keras 2 and
/// Keras' legacy form by <c>layer_names</c> and <c>weight_names</c>, in Keras 3 as <c>layers/dense/vars</c>. A layer
/// is a kernel [inputs, units] and a bias [units].
/// </summary>
internal static class KerasWeights
{
    // A network of dense layers has some tens of names, of some tens of letters.
    private const int MostNames = 1000,
        LongestName = 1000;

    private sealed record Dense(string Name, IH5Dataset Kernel, IH5Dataset Bias)
    {
        public ulong[] Shape => Kernel.Space.Dimensions;
    }

    /// <summary>The layers of a file, one after the other, under the names of a network's linear layers.</summary>
    /// <param name="path">The file.</param>
    /// <param name="own">The network's weights and biases by name, in its order.</param>
    /// <exception cref="HitSongException">
    /// The network is not one of dense layers alone, or the file is of another.
    /// </exception>
    /// <exception cref="Exception">It is damaged; of many types.</exception>
    public static Dictionary<string, Tensor> Read(string path, Dictionary<string, Tensor> own)
    {
        (string Weight, string Bias)[] linear = [.. own.Keys.Chunk(2).Select(pair => (pair[0], pair[^1]))];
        if (!linear.All(IsLinear))
            throw new HitSongException(
                $"{path}: of Keras' files those of dense layers alone can be taken, and this network has others. Save "
                    + "its weights by PyTorch, as .pth or .safetensors."
            );
        if (Path.GetExtension(path).Equals(".keras", StringComparison.OrdinalIgnoreCase))
            throw new HitSongException(
                $"{path} is an archive of Keras 3: take model.weights.h5 out of it (unzip, by its name) and give that."
            );
        using BoundedStream bytes = new(path);
        using var file = H5File.Open(bytes, leaveOpen: true);
        Dense[] layers = [.. LayersOf(path, file)];
        string theirs = Chain(layers.Select(layer => (layer.Shape[0], layer.Shape[1]))),
            ours = Chain(
                linear.Select(layer => ((ulong)own[layer.Weight].shape[1], (ulong)own[layer.Weight].shape[0]))
            );
        if (theirs != ours)
            throw new HitSongException(
                $"{path} has the dense layers {theirs}, and this network has {ours}. Make the model of the same size."
            );
        return linear
            .Zip(layers)
            .SelectMany(pair =>
                new[]
                {
                    (pair.First.Weight, Values(pair.Second.Kernel).t()),
                    (pair.First.Bias, Values(pair.Second.Bias)),
                }
            )
            .ToDictionary();

        bool IsLinear((string Weight, string Bias) layer) =>
            layer.Weight.EndsWith("weight", StringComparison.Ordinal)
            && layer.Bias.EndsWith("bias", StringComparison.Ordinal)
            && own[layer.Weight].dim() == 2
            && own[layer.Bias].dim() == 1;
    }

    private static IEnumerable<Dense> LayersOf(string path, IH5Group file)
    {
        IH5Group root = file.LinkExists("model_weights") ? file.Group("model_weights") : file;
        if (root.AttributeExists("layer_names"))
            return Names(root, "layer_names").SelectMany(ByNames);
        if (root.LinkExists("layers"))
            return root.Group("layers").Children().OfType<IH5Group>().SelectMany(ByVariables).OrderBy(PlaceOf);
        throw new HitSongException(
            $"{path} is HDF5, but no weights of Keras: it has neither layer_names nor layers. Take what model.save or "
                + "model.save_weights wrote."
        );

        IEnumerable<Dense> ByNames(string name)
        {
            IH5Group layer = root.Group(name);
            return Made(name, [.. Names(layer, "weight_names").Select(layer.Dataset)]);
        }

        IEnumerable<Dense> ByVariables(IH5Group layer) =>
            layer.LinkExists("vars")
                ? Made(layer.Name, [.. layer.Group("vars").Children().OfType<IH5Dataset>().OrderBy(v => v.Name)])
                : [];

        // Layers without weights, such as dropout, are passed over.
        IEnumerable<Dense> Made(string name, IH5Dataset[] weights) =>
            weights switch
            {
                [] => [],
                [{ Space.Rank: 2 } kernel, { Space.Rank: 1 } bias]
                    when bias.Space.Dimensions[0] == kernel.Space.Dimensions[1] => [new(name, kernel, bias)],
                _ => throw new HitSongException(
                    $"{path} has the layer {name}, which is not dense (a kernel and a bias), but of the shapes "
                        + $"{string.Join(", ", weights.Select(w => $"[{string.Join(", ", w.Space.Dimensions)}]"))}. "
                        + "Take a file of dense layers alone, or save the weights by PyTorch."
                ),
            };

        // dense, dense_1, …, dense_10, in the order in which the model has them.
        int PlaceOf(Dense layer)
        {
            if (layer.Name == "dense")
                return 0;
            const string more = "dense_";
            return
                layer.Name.StartsWith(more, StringComparison.Ordinal)
                && int.TryParse(layer.Name[more.Length..], CultureInfo.InvariantCulture, out int place)
                ? place
                : throw new HitSongException(
                    $"{path} has the layer {layer.Name}, whose place among the others is not known: dense layers are "
                        + "named dense, dense_1, …"
                );
        }
    }

    private static string[] Names(IH5Object of, string attribute)
    {
        IH5Attribute names = of.Attribute(attribute);
        // Where there are none, Keras writes numbers.
        if (names.Space.Dimensions is [0])
            return [];
        if (names.Space.Dimensions is not [<= MostNames] || names.Type.Size > LongestName)
            throw new InvalidDataException($"its {attribute} are no list of names");
        return names.Read<string[]>();
    }

    private static Tensor Values(IH5Dataset dataset)
    {
        if (
            dataset.Layout.Class != H5DataLayoutClass.Contiguous
            || dataset.Type is not { Class: H5DataTypeClass.FloatingPoint, Size: 4 }
        )
            throw new InvalidDataException($"{dataset.Name} is not written as Keras does, as float32 in one piece");
        long[] shape = [.. dataset.Space.Dimensions.Select(size => checked((long)size))];
        return tensor(dataset.Read<float[]>(), shape);
    }

    private static string Chain(IEnumerable<(ulong Inputs, ulong Units)> layers) =>
        string.Join(", ", layers.Select(layer => $"{layer.Inputs}→{layer.Units}"));

    // PureHDF goes where a file sends it, also in a circle: nobody needs to read more than some times the file.
    private sealed class BoundedStream(string path) : Stream
    {
        private readonly FileStream file = File.OpenRead(path);
        private long left = 4 * new FileInfo(path).Length + (1 << 20);

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => file.Length;

        public override long Position
        {
            get => file.Position;
            set => file.Position = value;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if ((left -= Math.Max(1, buffer.Length)) < 0)
                throw new InvalidDataException("it leads in a circle");
            return file.Read(buffer);
        }

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

        public override void Flush() { }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            file.Dispose();
            base.Dispose(disposing);
        }
    }
}
