using static TorchSharp.torch;

namespace TorchSharp.PyBridge;

/// <summary>Python's names for a storage's element type.</summary>
internal static class StorageTypes
{
    private static readonly Dictionary<ScalarType, string> names = new()
    {
        [ScalarType.Float64] = "Double", [ScalarType.Float32] = "Float", [ScalarType.Float16] = "Half", [ScalarType.BFloat16] = "BFloat16",
        [ScalarType.Int64] = "Long", [ScalarType.Int32] = "Int", [ScalarType.Int16] = "Short", [ScalarType.Int8] = "Char", [ScalarType.Byte] = "Byte",
        [ScalarType.Bool] = "Bool", [ScalarType.ComplexFloat32] = "ComplexFloat", [ScalarType.ComplexFloat64] = "ComplexDouble",
    };

    /// <summary>Such as "FloatStorage", of the module torch.</summary>
    public static string Name(ScalarType type) => names.TryGetValue(type, out string? name) ? name + "Storage" : throw new NotSupportedException($"Python has no storage of {type}");

    public static bool TryParse(string global, out ScalarType type)
    {
        foreach ((ScalarType candidate, string name) in names)
        {
            type = candidate;
            if (global == $"torch.{name}Storage" || global == $"torch.cuda.{name}Storage") return true;
        }
        type = default;
        return false;
    }
}
