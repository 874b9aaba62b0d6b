namespace TorchSharp;

public static partial class torch
{
    public static Device CPU { get; } = new(DeviceType.CPU);
    public static Device CUDA { get; } = new(DeviceType.CUDA);

    /// <summary>Apple's Metal.</summary>
    public static Device MPS { get; } = new(DeviceType.MPS);

    /// <summary>Tensors of shape and type, without elements.</summary>
    public static Device META { get; } = new(DeviceType.META);

    public static Device device(string description) => new(description);
    public static Device device(string deviceType, int index = -1) => new(deviceType, index);
    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);
    public static Device device(int index) => new(index);

    /// <summary>Where a tensor lies.</summary>
    public class Device
    {
        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index is >= -1 and < 128 ? index : throw new ArgumentOutOfRangeException(nameof(index), index, "A device's index lies from 0 to 127; -1 is the current device");
        }

        /// <param name="description"><c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>.</param>
        public Device(string description)
        {
            string[] parts = description.Split(':');
            type = Parse(parts[0], description);
            index = parts.Length == 1 ? -1
                : parts.Length == 2 && int.TryParse(parts[1], out int number) && number is >= 0 and < 128 ? number
                : throw new ArgumentException($"'{description}' names no device; examples are cpu, cuda, cuda:1");
        }

        public Device(string deviceType, int index = -1) : this(Parse(deviceType, deviceType), index) { }

        /// <summary>A GPU by its number.</summary>
        public Device(int index) : this(DeviceType.CUDA, index) { }

        public DeviceType type { get; }

        /// <summary>−1 means the current device of that type.</summary>
        public int index { get; }

        /// <summary>Type and index in one integer, as native code takes them.</summary>
        internal long Packed => ((long)type << 8) | (byte)index;

        public static implicit operator Device(string description) => new(description);

        public override string ToString() => index < 0 ? type.ToString().ToLowerInvariant() : $"{type.ToString().ToLowerInvariant()}:{index}";

        private static DeviceType Parse(string name, string description) =>
            Enum.TryParse(name, ignoreCase: true, out DeviceType type) && !char.IsDigit(name[0]) ? type
            : throw new ArgumentException($"'{description}' names no device; examples are cpu, cuda, cuda:1");
    }
}
