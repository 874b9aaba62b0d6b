namespace TorchSharp;

public static partial class torch
{
    private static Device? defaultDevice;

    /// <summary>The type of numbers of floating point that are made without one: Float32, until it is set.</summary>
    public static ScalarType get_default_dtype() => (ScalarType)Library.torch_get_default_dtype();

    /// <summary>Sets the type that factories and modules take which are given none. Arrays keep the type of their elements.</summary>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">It is no type of floating point.</exception>
    public static void set_default_dtype(ScalarType dtype) => Library.Check(Library.torch_set_default_dtype((int)dtype));

    /// <summary>Takes the type and the device of a tensor as the defaults.</summary>
    public static void set_default_tensor_type(Tensor t)
    {
        set_default_dtype(t.dtype);
        set_default_device(t.device);
    }

    /// <summary>Where tensors are made that no device is given for: the CPU, until it is set.</summary>
    public static Device get_default_device() => defaultDevice ?? CPU;

    /// <summary>Sets where factories and modules make tensors that are given no device. What is made like another tensor stays beside it.</summary>
    public static void set_default_device(Device device) => defaultDevice = device.type == DeviceType.CPU ? null : device;

    public static void set_default_device(string device) => set_default_device(new Device(device));

    /// <summary>The device itself, or the default one where there is none.</summary>
    public static Device InitializeDevice(Device? device) => device ?? defaultDevice ?? CPU;

    public static FInfo finfo() => new(get_default_dtype());

    /// <exception cref="ArgumentException">It is no type of floating point.</exception>
    public static FInfo finfo(ScalarType dtype) => new(dtype);

    /// <summary>What numbers of a type of floating point can tell apart, as torch.finfo gives it; of a complex type, what its parts can.</summary>
    public struct FInfo
    {
        public int bits;
        public double eps, max, min, resolution, smallest_normal, tiny;

        internal FInfo(ScalarType type)
        {
            // Bits of mantissa and of exponent, and the decimal digits that survive.
            (bits, int mantissa, int exponent, int digits) = type switch
            {
                ScalarType.Float16 => (16, 10, 5, 3),
                ScalarType.BFloat16 => (16, 7, 8, 2),
                ScalarType.Float32 or ScalarType.ComplexFloat32 => (32, 23, 8, 6),
                ScalarType.Float64 or ScalarType.ComplexFloat64 => (64, 52, 11, 15),
                _ => throw new ArgumentException($"finfo is of types of floating point; {type} is none"),
            };
            eps = Math.ScaleB(1, -mantissa);
            int greatest = (1 << (exponent - 1)) - 1;
            max = Math.ScaleB(2 - eps, greatest);
            min = -max;
            smallest_normal = tiny = Math.ScaleB(1, 1 - greatest);
            resolution = double.Parse($"1e-{digits}", System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
