using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Type = Onnx.AttributeProto.Types.AttributeType;

namespace HitSong.Models;

/// <summary>
/// Feed-forward and convolutional networks as ONNX (opset 20), for other programs and languages: dense and
/// convolutional layers, batch normalization, pooling, activations and residual blocks as they are at test time, where
/// dropout does nothing. Recurrent networks are refused.
/// </summary>
/// <example><code>
/// using var network = new SpotifyMlp(inputs: 96, bins: 4);
/// OnnxFile.Save(network, shape: [96], "../artifacts/network.onnx");
/// </code></example>
public static class OnnxFile
{
    /// <summary>Name of the graph's input.</summary>
    public const string Input = "input";

    /// <summary>Name of the graph's output.</summary>
    public const string Output = "probabilities";

    private const long Opset = 20,
        IrVersion = 9; // the first that has this opset

    /// <summary>Writes a network; the file is whole or as it was.</summary>
    /// <param name="model">The network.</param>
    /// <param name="shape">
    /// Of one item before it is scaled: [bands, frames], or [columns] of a table; of <see cref="SpectrogramCnn"/> its
    /// picture, [3, height, width].
    /// </param>
    /// <param name="path">The file.</param>
    /// <param name="scaler">
    /// (input − offset) / scale comes first in the graph, by band or column or by one for all; null: nothing is scaled.
    /// </param>
    /// <param name="isProbability">
    /// Whether the network answers the probability of class 1, [N]; else logits, [N, classes], to which the graph
    /// applies softmax.
    /// </param>
    /// <param name="metadata">Texts by name, <c>metadata_props</c> of the file.</param>
    /// <exception cref="HitSongException">The network recurs, or has a layer that has no counterpart here.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Save(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> shape,
        string path,
        (float[] Offset, float[] Scale)? scaler = null,
        bool isProbability = false,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        Graph graph = new();
        string x = Input;
        if (scaler is var (offset, scale))
        {
            long[] each = shape.Count == 1 ? [offset.Length] : [offset.Length, 1];
            x = graph.Node("Sub", [x, graph.Constant("offset", offset, each)]);
            x = graph.Node("Div", [x, graph.Constant("scale", scale, each)]);
        }
        if (model is ResNet)
            x = graph.Channel(x);
        x = graph.Append(model, x);
        x = isProbability
            ? graph.Named(Output, "Identity", [x])
            : graph.Named(Output, "Softmax", [x], Graph.Int("axis", 1));
        graph.Proto.Input.Add(Graph.Described(Input, shape));
        graph.Proto.Output.Add(Graph.Described(x, isProbability ? [] : [-1]));

        ModelProto file = new()
        {
            IrVersion = IrVersion,
            ProducerName = "HitSong",
            Graph = graph.Proto,
        };
        file.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        foreach ((string name, string text) in metadata ?? new Dictionary<string, string>())
            file.MetadataProps.Add(new StringStringEntryProto { Key = name, Value = text });
        WholeFile.Write(
            path,
            beside =>
            {
                using FileStream stream = File.Create(beside);
                file.WriteTo(stream);
            }
        );
    }

    private sealed class Graph
    {
        public GraphProto Proto { get; } = new() { Name = "network" };

        /// <summary>The nodes of a module, after those that give its input; the name of what it gives.</summary>
        public string Append(nn.Module module, string x)
        {
            Dictionary<string, nn.Module> children = module.named_children().ToDictionary(c => c.name, c => c.module);
            return module switch
            {
                Sequential => children.Values.Aggregate(x, (at, layer) => Append(layer, at)),
                SpotifyMlp or HipHopMlp or DescriptorMlp or SpectrogramCnn => Append(children["layers"], x),
                HipHopCnn => Append(children["layers"], Channel(x)),
                ResNet => Residual(children, x),
                ResidualBlock => Block(children, x),
                Linear layer => Node("Gemm", [x, .. Weights(layer)], Int("transB", 1)),
                Conv2d { padding_mode: PaddingModes.Zeros } layer => Convolution(layer, x),
                BatchNorm2d layer => Normalization(layer, x),
                MaxPool2d { ceil_mode: false } layer => Pooling(layer, x),
                AdaptiveAvgPool2d { output_size: [1, 1] } => Node("GlobalAveragePool", [x]),
                Flatten { start_dim: 0, end_dim: -1 } => Node("Reshape", [x, Sizes("flat", -1)]),
                Flatten { start_dim: 1, end_dim: -1 } => Node("Flatten", [x], Int("axis", 1)),
                Dropout => x,
                ReLU => Node("Relu", [x]),
                Sigmoid => Node("Sigmoid", [x]),
                Tanh => Node("Tanh", [x]),
                GELU { approximate: GELU.Approximate.none } => Node("Gelu", [x]),
                SiLU => Node("Mul", [x, Node("Sigmoid", [x])]),
                ELU layer => Node("Elu", [x], Float("alpha", layer.alpha)),
                LeakyReLU layer => Node("LeakyRelu", [x], Float("alpha", layer.negative_slope)),
                _ => throw Refused(module),
            };
        }

        public string Channel(string x) => Node("Unsqueeze", [x, Sizes("channel", 1)]);

        public string Constant(string name, ReadOnlySpan<float> values, params IEnumerable<long> sizes)
        {
            TensorProto tensor = new()
            {
                Name = $"{name} {Proto.Initializer.Count}",
                DataType = (int)TensorProto.Types.DataType.Float,
                RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)),
            };
            tensor.Dims.AddRange(sizes);
            Proto.Initializer.Add(tensor);
            return tensor.Name;
        }

        public string Node(string operation, string[] inputs, params AttributeProto[] attributes) =>
            Named($"{operation} {Proto.Node.Count}", operation, inputs, attributes);

        public string Named(string name, string operation, string[] inputs, params AttributeProto[] attributes)
        {
            NodeProto node = new() { OpType = operation, Name = name };
            node.Input.AddRange(inputs);
            node.Output.Add(name);
            node.Attribute.AddRange(attributes);
            Proto.Node.Add(node);
            return name;
        }

        public static AttributeProto Int(string name, long value) =>
            new()
            {
                Name = name,
                Type = Type.Int,
                I = value,
            };

        public static ValueInfoProto Described(string name, IEnumerable<long> sizes)
        {
            TensorShapeProto shape = new();
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "N" });
            foreach (long size in sizes)
                shape.Dim.Add(
                    size < 0 ? new TensorShapeProto.Types.Dimension { DimParam = "classes" } : new() { DimValue = size }
                );
            int type = (int)TensorProto.Types.DataType.Float;
            return new()
            {
                Name = name,
                Type = new()
                {
                    TensorType = new() { ElemType = type, Shape = shape },
                },
            };
        }

        private static AttributeProto Float(string name, double value) =>
            new()
            {
                Name = name,
                Type = Type.Float,
                F = (float)value,
            };

        private static AttributeProto Ints(string name, params IEnumerable<long> values)
        {
            AttributeProto made = new() { Name = name, Type = Type.Ints };
            made.Ints.AddRange(values);
            return made;
        }

        // He et al. 2016, as ResNet's own forward has them.
        private string Residual(Dictionary<string, nn.Module> children, string x)
        {
            x = Node("Relu", [Append(children["bn1"], Append(children["conv1"], x))]);
            foreach (string stage in (string[])["maxpool", "layer1", "layer2", "layer3", "layer4", "avgpool"])
                x = Append(children[stage], x);
            return Append(children["fc"], Node("Flatten", [x], Int("axis", 1)));
        }

        private string Block(Dictionary<string, nn.Module> children, string x)
        {
            string inner = Node("Relu", [Append(children["bn1"], Append(children["conv1"], x))]);
            inner = Append(children["bn2"], Append(children["conv2"], inner));
            string shortcut = children.TryGetValue("downsample", out nn.Module? down) ? Append(down, x) : x;
            return Node("Relu", [Node("Add", [inner, shortcut])]);
        }

        private string Convolution(Conv2d layer, string x)
        {
            // PyTorch and Keras have the odd one of a padding that keeps the size at the end.
            (long Before, long After)[] pads =
            [
                .. Enumerable
                    .Range(0, 2)
                    .Select(d => (Around: layer.dilation![d] * (layer.kernel_size[d] - 1), d))
                    .Select(side =>
                        layer.padding_type switch
                        {
                            Padding.Same => (side.Around / 2, side.Around - side.Around / 2),
                            Padding.Valid => (0, 0),
                            _ => (layer.padding![side.d], layer.padding[side.d]),
                        }
                    ),
            ];
            return Node(
                "Conv",
                [x, .. Weights(layer)],
                Ints("strides", layer.stride!),
                Ints("dilations", layer.dilation!),
                Int("group", layer.groups),
                Ints("pads", pads[0].Before, pads[1].Before, pads[0].After, pads[1].After)
            );
        }

        private string Pooling(MaxPool2d layer, string x)
        {
            long[] pads = Pair(layer.padding ?? [0]);
            return Node(
                "MaxPool",
                [x],
                Ints("kernel_shape", Pair(layer.kernel_size)),
                Ints("strides", Pair(layer.stride ?? layer.kernel_size)),
                Ints("dilations", Pair(layer.dilation ?? [1])),
                Ints("pads", [.. pads, .. pads])
            );

            static long[] Pair(long[] sizes) => sizes.Length == 1 ? [sizes[0], sizes[0]] : sizes;
        }

        private string Normalization(BatchNorm2d layer, string x)
        {
            Tensor[] values = [layer.weight!, layer.bias!, layer.running_mean!, layer.running_var!];
            string[] names = [.. values.Select(value => Constant("norm", value))];
            return Node("BatchNormalization", [x, .. names], Float("epsilon", layer.eps));
        }

        private IEnumerable<string> Weights(nn.Module layer) =>
            layer
                .named_parameters(recurse: false)
                .OrderByDescending(p => p.name)
                .Select(p => Constant(p.name, p.parameter));

        private string Constant(string name, Tensor values)
        {
            using Tensor own = values.detach().cpu().to(float32).contiguous();
            return Constant(name, own.data<float>().ToArray(), own.shape);
        }

        private string Sizes(string name, long size)
        {
            TensorProto tensor = new()
            {
                Name = $"{name} {Proto.Initializer.Count}",
                DataType = (int)TensorProto.Types.DataType.Int64,
            };
            tensor.Dims.Add(1);
            tensor.Int64Data.Add(size);
            Proto.Initializer.Add(tensor);
            return tensor.Name;
        }

        private static HitSongException Refused(nn.Module module)
        {
            nn.Module? recurrent = module.modules().Prepend(module).FirstOrDefault(m => m is LSTM or GRU or RNN);
            return new(
                recurrent is not null
                    ? $"{module.GetName()} recurs ({recurrent.GetName()}): as ONNX networks of dense and convolutional "
                        + "layers alone are written. Take its checkpoint.pth or checkpoint.safetensors."
                    : $"{module.GetName()} is no layer that is written as ONNX: those are dense, convolution, batch "
                        + "normalization, pooling, dropout, flatten and activations, one after the other."
            );
        }
    }
}
