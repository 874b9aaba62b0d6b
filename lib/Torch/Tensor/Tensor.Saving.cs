using System.Text;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Writes one tensor in TorchSharp's own format, beside <paramref name="location"/> first and then in its place.</summary>
    public static void save(Tensor t, string location) => t.Save(location);

    /// <summary>Reads what <see cref="save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is no such file, or a damaged one.</exception>
    public static Tensor load(string location) => Tensor.Load(location);

    public partial class Tensor
    {
        /// <inheritdoc cref="torch.save"/>
        public void save(string location) => this.Save(location);

        /// <inheritdoc cref="torch.load"/>
        public static Tensor load(string location) => Load(location);

        /// <inheritdoc cref="torch.load"/>
        public static Tensor Load(string location)
        {
            using FileStream stream = File.OpenRead(location);
            return Load(stream);
        }

        /// <inheritdoc cref="torch.load"/>
        public static Tensor Load(Stream stream)
        {
            using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
            return Load(reader);
        }

        /// <inheritdoc cref="torch.load"/>
        public static Tensor Load(BinaryReader reader)
        {
            try
            {
                return TensorExtensionMethods.Load(reader);
            }
            catch (Exception e) when (e is EndOfStreamException or FormatException)
            {
                throw new InvalidDataException($"Not a sound file of a tensor: {e.Message}", e);
            }
        }
    }
}
