using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Moves a whole module, in place, and returns it.</summary>
public static class ModuleExtensionMethods
{
    public static T to<T>(this T module, Device device, bool non_blocking = false) where T : nn.Module => Move(module, device, null);
    public static T to<T>(this T module, string device, bool non_blocking = false) where T : nn.Module => Move(module, new Device(device), null);
    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false) where T : nn.Module => Move(module, new Device(deviceType, deviceIndex), null);
    public static T to<T>(this T module, ScalarType type, bool non_blocking = false) where T : nn.Module => Move(module, null, type);
    public static T to<T>(this T module, Device device, ScalarType type, bool non_blocking = false) where T : nn.Module => Move(module, device, type);
    public static T cpu<T>(this T module, bool non_blocking = false) where T : nn.Module => Move(module, CPU, null);
    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false) where T : nn.Module => Move(module, new Device(DeviceType.CUDA, deviceIndex), null);
    public static T half<T>(this T module, bool non_blocking = false) where T : nn.Module => Move(module, null, ScalarType.Float16);
    public static T bfloat16<T>(this T module, bool non_blocking = false) where T : nn.Module => Move(module, null, ScalarType.BFloat16);
    public static T @float<T>(this T module, bool non_blocking = false) where T : nn.Module => Move(module, null, ScalarType.Float32);
    public static T @double<T>(this T module, bool non_blocking = false) where T : nn.Module => Move(module, null, ScalarType.Float64);

    private static T Move<T>(T module, Device? device, ScalarType? type) where T : nn.Module
    {
        module.Move(device, type);
        return module;
    }
}
