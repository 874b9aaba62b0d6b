using HitSong.Models;
using Microsoft.ML.OnnxRuntime;

namespace Tests;

/// <summary>What ONNX Runtime makes of a file.</summary>
internal static class OnnxPeer
{
    /// <summary>What the network answers, and the answer's shape.</summary>
    public static (float[] Values, long[] Shape) Ask(string path, float[] values, long[] shape)
    {
        using InferenceSession session = new(path);
        using RunOptions options = new();
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(values, shape);
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(
            options,
            new Dictionary<string, OrtValue> { [OnnxFile.Input] = input },
            [OnnxFile.Output]
        );
        return (outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[0].GetTensorTypeAndShape().Shape);
    }

    /// <summary>One of its metadata.</summary>
    public static string Metadata(string path, string name)
    {
        using InferenceSession session = new(path);
        return session.ModelMetadata.CustomMetadataMap[name];
    }
}
